"""The sheet: everything about one matter of one visit on one screen, and its one button."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from matters.catalogue.claims import claims_of
from matters.catalogue.models import MatterVersion
from matters.catalogue.pauses import Paused
from matters.catalogue.scope import problem_with_place, scope_of_version
from workflows.cases.draft_versions import bring_up_to_date
from workflows.cases.models import Draft
from workflows.cases.opening import NotInForce, NotTheWay
from workflows.cases.perform import InvalidData
from workflows.cases.routing import NoRegion

from .forms import AUTHORITIES, PAPER_FORMS, RELATIONS, may_follow
from .intake import handed_in, saved, saved_by_other
from .matters import version_named
from .scans import box_of, brought, taken
from .sheets import Sheet, collects, draft_for, sheet_of
from .situations import refusal
from .visit_pages import about, choosing, office_of, visit_or_away
from .visits import Role, Visit, keep
from .windows import Window, at_window


@at_window
@require_http_methods(["GET", "POST"])
def visit(request: HttpRequest, window: Window, key: uuid.UUID) -> HttpResponse:
    """Choose a matter, or fill in its sheet (`?matter=`, or the draft's). At most 20 statements."""
    found = visit_or_away(request, window, key)
    if not isinstance(found, Visit):
        return found
    slug = request.POST.get("c-matter") or request.GET.get("matter", "")
    if not slug and found.draft is not None and "choose" not in request.GET:
        slug = found.draft.matter.slug
    if not slug:
        return choosing(request, window, found)
    version = version_named(slug)
    if version is None:
        messages.error(request, "这个事项现在不能申请，请另选事项。")
        return redirect(f"{reverse('desk:visit', args=[key])}?choose=1")
    here = office_of(window, found).region_id
    if outside := problem_with_place(scope_of_version(version), here):
        messages.error(request, outside)
        return redirect(f"{reverse('desk:visit', args=[key])}?choose=1")
    if not _is_offered(window, found, version):
        messages.error(
            request, "本窗口还没有认领这个事项，不能收件。可以先到“本单位事项”认领，或另选事项。"
        )
        return redirect(f"{reverse('desk:visit', args=[key])}?choose=1")
    try:
        _bring_up_to_date(request, found, version)
        if request.method == "GET":
            return shown(request, window, sheet_of(found, version, office_of(window, found)))
        return _sent(request, window, found, version)
    except Draft.DoesNotExist:
        # A colleague handed it in, or threw it away, between two clicks.
        away = visit_or_away(request, window, key)
        if not isinstance(away, Visit):
            return away
        messages.warning(request, "草稿刚刚被删除，请核对后再次提交。")
        return shown(
            request, window, sheet_of(away, version, office_of(window, away), request.POST)
        )


def _sent(
    request: HttpRequest, window: Window, visit: Visit, version: MatterVersion
) -> HttpResponse:
    """A sheet came back: hand it in, or keep it as a draft (and go on to 代办)."""
    to_hand_in = request.POST.get("do") not in ("save", "for", "away")
    sheet = sheet_of(
        visit, version, office_of(window, visit), request.POST, is_draft=not to_hand_in
    )
    if sheet.matter.asks_again:
        return shown(request, window, sheet)
    if request.POST.get("c-version") != str(version.pk):
        messages.warning(request, "事项刚刚更新为新版本，请核对后再提交。")
        return shown(request, window, sheet)
    if other := saved_by_other(sheet, user=window.user, seen=request.POST.get("c-seen", "")):
        messages.warning(
            request, f"{other}刚刚保存过这份草稿，您的内容没有存入。核对后可再次提交。"
        )
        return shown(request, window, sheet)
    return (_hand_in if to_hand_in else _keep)(request, window, sheet)


def _hand_in(request: HttpRequest, window: Window, sheet: Sheet) -> HttpResponse:
    draft, problems = None, []
    if sheet.is_right or brought(request):
        draft = saved(sheet, by=window.user)
        problems = taken(request, sheet, by=window.user)
    for problem in problems:
        sheet.papers.add_error("papers", problem)
    if sheet.matter.newly_asked:
        messages.warning(request, "根据所填内容，还有几个问题要填，已显示在“申请内容”里。")
        return shown(request, window, sheet, draft)
    if draft is None or not sheet.is_right:
        return shown(request, window, sheet, draft)
    try:
        done, problem = handed_in(sheet, draft, actor=window.actor)
    except InvalidData as wrong:
        for code, texts in wrong.form.errors.items():
            sheet.matter.add_error(code, list(texts))
        return shown(request, window, sheet, draft)
    except Paused as paused:
        sheet.matter.add_error(None, f"暂停办理：{paused}。草稿已保存，恢复后再收件。")
        return shown(request, window, sheet, draft)
    except NotTheWay as other:
        sheet.situation.add_error(None, refusal(other.finding))
        return shown(request, window, sheet, draft)
    except (NoRegion, NotInForce):
        sheet.matter.add_error(None, "按填写的地区找不到办理机构，请核对地区。")
        return shown(request, window, sheet, draft)
    keep(request.session, sheet.visit)
    for doubt in sheet.doubts:
        messages.warning(request, doubt)
    if problem:
        messages.error(
            request,
            f"办件 {done.case.number} 已登记，但“收件”没有完成：{problem}。请打开办件补办收件。",
        )
    return redirect("desk:handed_in", sheet.visit.key)


def _keep(request: HttpRequest, window: Window, sheet: Sheet) -> HttpResponse:
    """Keep the draft and stay, or go on: to the applicant's card, or to 不予收件."""
    matter = urlencode({"matter": sheet.version.matter.slug})
    away = f"{reverse('desk:turn_away')}?visit={sheet.visit.key}&{matter}"
    if request.POST["do"] == "away" and sheet.is_untouched:
        return redirect(away)
    draft = saved(sheet, by=window.user)
    for problem in taken(request, sheet, by=window.user):
        sheet.papers.add_error("papers", problem)
    if not sheet.is_right:
        messages.warning(request, "草稿已保存；下面标出的内容有误，没有存入。")
        return shown(request, window, sheet, draft)
    if request.POST["do"] == "away":
        return redirect(away)
    if request.POST["do"] == "for":
        return redirect(f"{reverse('desk:behalf', args=[draft.pk])}?{matter}")
    for doubt in sheet.doubts:
        messages.warning(request, doubt)
    messages.success(request, "草稿已保存，本单位同事都可以接着办。")
    return redirect("desk:visit", draft.pk)


def shown(
    request: HttpRequest, window: Window, sheet: Sheet, draft: Draft | None = None
) -> HttpResponse:
    """The sheet as a page."""
    visit, version = sheet.visit, sheet.version
    last = draft or visit.draft
    ticked = set(sheet.papers["papers"].value() or [])
    context = about(window, visit, (sheet.present, sheet.applicant)) | {
        "sheet": sheet,
        "matter": version.matter,
        "version": version,
        "collects": collects(version),
        "points": [*sheet.definition.checklist, *_points(sheet)],
        "seen": last.saved_at.isoformat() if last else "",
        "is_draft": draft_for(visit, version) is not None or draft is not None,
        "relations": RELATIONS.get(Role(visit.role), []),
        "authorities": AUTHORITIES.get(Role(visit.role), []),
        "papers": [
            {
                "code": paper.code,
                "name": paper.name,
                "copies": paper.copies,
                "form": PAPER_FORMS[paper.form],
                "may_follow": may_follow(paper),
                "is_shared": bool(paper.shared),
                "is_optional": not paper.required,
                "is_ticked": paper.code in ticked,
                "box": box_of(paper.code),
                "scans": sheet.scans.get(paper.code, []),
            }
            for paper in sheet.papers.asked
        ],
    }
    return render(request, "desk/counter/sheet.html", context)


def _points(sheet: Sheet) -> list[str]:
    """收件要点 that this window gave when it claimed the matter. One statement."""
    claim = claims_of([sheet.office.pk], sheet.version.matter_id).get(sheet.office.pk)
    points = claim.checklist if claim else []
    return [point for point in points if point not in sheet.definition.checklist]


def _is_offered(window: Window, found: Visit, version: MatterVersion) -> bool:
    """Whether this window may take the matter in: it has claimed it, or only helps with it (帮办)."""
    if not collects(version):
        return True
    office = office_of(window, found)
    return office.pk in claims_of([office.pk], version.matter_id)


def _bring_up_to_date(request: HttpRequest, visit: Visit, version: MatterVersion) -> None:
    draft = draft_for(visit, version)
    if draft is None or draft.version_id == version.pk:
        return
    lost = bring_up_to_date(draft, version)
    text = "这个事项有了新版本，草稿已转到新版。"
    if lost.answers or lost.papers:
        text += f"需要重填或不再需要：{'、'.join([*lost.answers, *lost.papers])}。"
    messages.warning(request, text)
