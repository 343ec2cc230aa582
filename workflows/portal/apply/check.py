"""Check your answers, promise, and hand in once, however often the button is pressed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from matters.catalogue.answers import NOT_ANSWERED
from matters.catalogue.forms import masked_rows, shown_fields
from matters.catalogue.pauses import Paused
from matters.catalogue.regions import region_name
from tongban.offices.directory import NoDesk, UnknownRegion
from workflows.cases.certificates import CertificatesFail, refresh
from workflows.cases.drafts import application_of, typed_again, window_seat
from workflows.cases.flow import Foretold
from workflows.cases.models import Draft
from workflows.cases.opening import NotInForce, NotTheWay, open_case
from workflows.cases.perform import InvalidData
from workflows.cases.registry import flow_class
from workflows.cases.routing import NoRegion

from .asked_files import files_of
from .certificate import take_back
from .certificates import WAY as CERTIFICATE
from .paper_list import paper_states
from .people import Role, kind_of, party_rows, people_of
from .situation import situation_rows
from .tasks import sections_of
from .where import window_of
from .work import CitizenRequest, Work, on_draft, posted

# Of errors that only handing in brings to light, in one message.
MOST_SAID = 10


class PromiseForm(forms.Form):
    """告知承诺: without it nothing is handed in."""

    promise = forms.BooleanField(
        label=(
            "我承诺所填内容和提交的材料真实、完整，愿意承担相应责任；"
            "同意办理机构为办理本件核验我的身份，并查询上面选择免交的共享数据。"
        ),
        error_messages={"required": "请先阅读并勾选承诺"},
    )


@require_http_methods(["GET", "POST"])
@on_draft
def check(request: CitizenRequest, work: Work) -> HttpResponse:
    """All answers with a way to change each; POST hands in."""
    sections = sections_of(work, request.user)
    open_sections = [section for section in sections if section.problems]
    form = PromiseForm(posted(request))
    if request.method == "POST" and not open_sections and form.is_valid():
        return _hand_in(request, work)
    context = {
        "work": work,
        "form": form,
        "open_sections": open_sections,
        "groups": _groups(request, work),
        "foretold": _foretold(request, work),
    }
    return render(request, "portal/apply/check.html", context)


def _foretold(request: CitizenRequest, work: Work) -> Foretold | None:
    """What the registers say of these answers; of whom it is for, once that is told."""
    people = people_of(work.draft, request.user).all if kind_of(work.draft) else []
    answers = typed_again(work.definition, work.draft.data)
    return flow_class(work.version.flow).told_before(people, answers, timezone.localdate())


def _hand_in(request: CitizenRequest, work: Work) -> HttpResponse:
    if CERTIFICATE in work.draft.answers.get("papers", {}).values():
        refresh(work.draft, by=request.user, item=work.matter.name, now=timezone.now())
    application = application_of(work.draft, version=work.version, definition=work.definition)
    try:
        done = open_case(application, actor=request.actor)
    except NotInForce:
        messages.warning(request, "这个事项刚刚更新，请再核对一次后提交。")
        return redirect("portal:tasks", work.draft.pk)
    except Paused as paused:
        messages.warning(request, f"暂停办理：{paused}。申请还没有提交，草稿已保留，恢复后再提交。")
        return redirect("portal:tasks", work.draft.pk)
    except NotTheWay:
        messages.warning(request, "按您前面的回答现在不能提交，申请还没有提交，草稿已保留。")
        return redirect("portal:situation", work.draft.pk)
    except CertificatesFail as failed:
        messages.error(
            request, f"{failed}。申请还没有提交，填写的内容都在，请换一种方式提交这份材料。"
        )
        take_back(request, work, failed.problems)
        return redirect("portal:papers", work.draft.pk)
    except InvalidData as wrong:
        said = [str(text) for texts in wrong.form.errors.values() for text in texts]
        messages.error(request, f"申请还没有提交，请改正：{'；'.join(said[:MOST_SAID])}")
        return redirect("portal:asked", work.draft.pk)
    except NoRegion:
        messages.error(request, "申请内容有一项需要改正，申请还没有提交。")
        return redirect("portal:asked", work.draft.pk)
    except (NoDesk, UnknownRegion):
        messages.error(request, "暂时找不到受理机构，申请还没有提交，草稿已保留，请稍后再试。")
        return redirect("portal:check", work.draft.pk)
    # The case has the draft's id: should this line not be reached, the draft still leads to it.
    Draft.objects.filter(pk=work.draft.pk).delete()
    return redirect("portal:receipt", done.case.number)


def _groups(request: CitizenRequest, work: Work) -> list[dict[str, Any]]:
    """(title, rows) of every section, masked."""
    groups = [
        *(
            [{"title": "办理情形", "rows": situation_rows(work)}]
            if work.definition.precheck
            else []
        ),
        {"title": "申请人与代办", "rows": _people(request, work)},
        {"title": "在哪里办", "rows": _place(work)},
    ]
    if work.definition.fields:
        href = reverse("portal:asked", args=[work.draft.pk])
        answers = masked_rows(work.definition, work.draft.data)
        rows = [{"key": row.label, "value": row.shown, "href": href} for row in answers]
        rows += _files(work, href)
        groups.append({"title": "申请内容", "rows": rows})
    if work.definition.materials:
        groups.append({"title": "提交材料", "rows": _papers(work)})
    return groups


def _files(work: Work, href: str) -> list[dict[str, Any]]:
    """The files that the form asks for, by name."""
    kept = files_of(work)
    return [
        {
            "key": field.label,
            "value": "\n".join(file.name for file in kept[field.code]) or NOT_ANSWERED,
            "href": href,
        }
        for field in shown_fields(work.definition, work.draft.data)
        if field.kind == "file"
    ]


def _people(request: CitizenRequest, work: Work) -> list[dict[str, Any]]:
    key, kind, names = work.draft.pk, kind_of(work.draft), dict(Role.choices)
    people = people_of(work.draft, request.user)
    rows: list[dict[str, Any]] = [
        {
            "key": "为谁办",
            "value": kind.label if kind else "",
            "href": reverse("portal:who", args=[key]),
        }
    ]
    if people.person is not None:
        rows += party_rows(people.person, reverse("portal:person", args=[key]), "申请人")
    rows.append({"key": "我的身份", "value": names[people.me.role]})
    rows += party_rows(people.me, reverse("portal:me", args=[key]), "我的")
    for other in people.others:
        rows += party_rows(other, reverse("portal:others", args=[key]), names[other.role])
    return rows


def _place(work: Work) -> list[dict[str, Any]]:
    key, region = work.draft.pk, work.draft.origin_region_id
    name = region_name(region) if region else ""
    rows: list[dict[str, Any]] = [
        {"key": "我在", "value": name, "href": reverse("portal:where", args=[key])}
    ]
    if window_seat(work.version, work.definition):
        office = window_of(work, timezone.localdate())
        rows.append(
            {
                "key": "收件窗口",
                "value": office.name if office else "",
                "hint": office.address if office else "",
                "href": reverse("portal:window", args=[key]),
            }
        )
    return rows


def _papers(work: Work) -> list[dict[str, Any]]:
    return [
        {
            "key": state.asked.name,
            "value": "\n".join(file.name for file in state.files) or state.status,
            "href": reverse("portal:paper", args=[work.draft.pk, state.asked.code]),
        }
        for state in paper_states(work)
    ]
