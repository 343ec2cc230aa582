"""Moving cases, page by page: plan and trial, begin, go on, results, take back."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from workflows.cases.models import MovedCase, Moving
from workflows.cases.move_fit import Road
from workflows.cases.move_plan import problems_of_plan
from workflows.cases.moving import (
    NotMoved,
    begin_moving,
    carry_on,
    day_words,
    dry_run,
    revert,
    running,
    waiting_count,
)

from ..door import actor_of_request, for_operators
from ..versions.pages import LONGEST_ID, version_or_404
from .plan_form import PlanForm

# As many as one request tries, moves or takes back; the rest is for the next, or for the command.
AT_ONCE = 200
PAGE_SIZE = 100
Result = MovedCase.Result


@require_http_methods(["GET", "HEAD", "POST"])
@for_operators
def move(request: HttpRequest, version_id: int, other_id: int) -> HttpResponse:
    """The plan; with `try` its trial on the cases, one page of them; by POST the moving begins."""
    old, new = version_or_404(version_id), version_or_404(other_id)
    if old.matter_id != new.matter_id or old.pk == new.pk or "draft" in (old.status, new.status):
        raise Http404
    if request.method == "POST":
        form = PlanForm(old, new, request.POST)
        if form.is_valid() and (begun := _begun(request, form)):
            return begun
        return render(request, "operator/move.html", _planned(form))
    wants = "try" in request.GET
    form = PlanForm(old, new, request.GET) if wants else PlanForm(old, new)
    context = _planned(form)
    if wants and form.is_valid():
        context |= _tried(request, form)
    return render(request, "operator/move.html", context)


def _planned(form: PlanForm) -> dict[str, Any]:
    return {
        "form": form,
        "old": form.old,
        "new": form.new,
        "open_cases": running(form.old.pk).count(),
    }


def _tried(request: HttpRequest, form: PlanForm) -> dict[str, Any]:
    if problems := problems_of_plan(form.plan, form.old, form.new):
        return {"problems": problems}
    road = Road(form.old, form.new, form.plan)
    fits = list(dry_run(road, after=_number(request.GET.get("after")), limit=AT_ONCE))
    more = len(fits) == AT_ONCE and running(form.old.pk).filter(pk__gt=fits[-1].case.pk).exists()
    asked = {name: value for name, value in request.GET.items() if name != "after"}
    return {
        "tried": True,
        "fits": [
            {"fit": fit, "state": fit.case.current.name, "days": "，".join(day_words(fit))}
            for fit in fits
        ],
        "fitting": sum(fit.fits for fit in fits),
        "not_fitting": sum(not fit.fits for fit in fits),
        "next": f"?{urlencode(asked | {'after': fits[-1].case.pk})}" if more else None,
        "chosen": [(name, form.cleaned_data[name]) for name in form.fields],
    }


def _begun(request: HttpRequest, form: PlanForm) -> HttpResponseRedirect | None:
    actor = actor_of_request(request)
    try:
        moving = begin_moving(old=form.old, new=form.new, plan=form.plan, actor=actor)
    except NotMoved as refused:
        messages.error(request, f"没有开始：{refused}")
        return None
    carry_on(moving, actor=actor, limit=AT_ONCE)
    return redirect("operator:moving", moving.pk)


@require_safe
@for_operators
def movings(request: HttpRequest) -> HttpResponse:
    """All movings, the newest first. Two statements."""
    rows = Moving.objects.select_related("from_version__matter", "to_version").annotate(
        moved=Count("results", Q(results__result=Result.MOVED)),
        left=Count("results", Q(results__result=Result.LEFT)),
        reverted=Count("results", Q(results__result=Result.REVERTED)),
    )
    after = _number(request.GET.get("after"))
    page = list((rows.filter(pk__lt=after) if after else rows)[: PAGE_SIZE + 1])
    later = f"?after={page[PAGE_SIZE - 1].pk}" if len(page) > PAGE_SIZE else None
    return render(request, "operator/movings.html", {"rows": page[:PAGE_SIZE], "next": later})


@require_http_methods(["GET", "HEAD", "POST"])
@for_operators
def moving(request: HttpRequest, moving_id: int) -> HttpResponse:
    """One moving: how far it is, what became of each case, and what can still be done."""
    if moving_id >= LONGEST_ID:
        raise Http404
    shown = get_object_or_404(
        Moving.objects.select_related("from_version__matter", "to_version"), pk=moving_id
    )
    if request.method == "POST":
        _act(request, shown)
        return redirect("operator:moving", moving_id)
    wanted = request.GET.get("result", "")
    rows = MovedCase.objects.filter(moving=shown).select_related("case__matter").order_by("pk")
    counts = dict(rows.order_by().values_list("result").annotate(Count("pk")))
    if wanted in Result.values:
        rows = rows.filter(result=wanted)
    after = _number(request.GET.get("after"))
    page = list(rows.filter(pk__gt=after)[: PAGE_SIZE + 1])
    asked = {"result": wanted} if wanted in Result.values else {}
    later = urlencode(asked | {"after": page[PAGE_SIZE - 1].pk}) if len(page) > PAGE_SIZE else ""
    context = {
        "moving": shown,
        "rows": page[:PAGE_SIZE],
        "next": f"?{later}" if later else None,
        "waiting": 0 if shown.finished_at else waiting_count(shown),
        "counts": counts,
        "tabs": [
            {
                "href": f"?result={value}" if value else "?",
                "text": label,
                "count": counts.get(value, 0) if value else sum(counts.values()),
                "current": value == asked.get("result", ""),
            }
            for value, label in (("", "全部"), *Result.choices)
        ],
    }
    return render(request, "operator/moving.html", context)


def _act(request: HttpRequest, moving: Moving) -> None:
    actor = actor_of_request(request)
    match request.POST.get("do"):
        case "continue":
            tally = carry_on(moving, actor=actor, limit=AT_ONCE)
            messages.success(request, f"又搬了 {tally.moved} 件，留下 {tally.left} 件。")
        case "revert":
            chosen = [_number(text) for text in request.POST.getlist("case")][:PAGE_SIZE]
            if not chosen:
                messages.error(request, "请先勾选要恢复的办件。")
                return
            _said(request, revert(moving, actor=actor, case_ids=chosen))
        case "revert_all":
            _said(request, revert(moving, actor=actor, limit=AT_ONCE))


def _said(request: HttpRequest, tally: Any) -> None:
    words = f"已恢复 {tally.reverted} 件"
    if tally.left:
        messages.warning(request, f"{words}；{tally.left} 件搬迁后已有新的办理记录，没有恢复。")
    else:
        messages.success(request, f"{words}。")


def _number(text: str | None) -> int:
    """A row's id out of an address; 0 for anything else."""
    given = text or ""
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 19 else 0
