"""One step that a person takes in their case: its form, a confirmation where it cannot be undone."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from workflows.cases.common_steps import answer_owed
from workflows.cases.declarations import Step
from workflows.cases.models import Enquiry
from workflows.cases.parties import SUPPLEMENT
from workflows.cases.perform import Done
from workflows.cases.places import office_cards
from workflows.cases.verdicts import verdict

from .own.attempt import Again, Refused, attempt, token_in
from .own.door import Visit, for_party
from .own.people import is_for_people, who_instead
from .own.supplement import supplement
from .own.time_kept import last_day

CRUMBS = [("/", "首页"), ("/my/", "我的办件")]
# What cannot be undone says so before it is done.
CONSEQUENCES = {
    "withdraw": "撤回后，这个办件就此结束，不再办理；仍要办理的，须重新申请，申请日重新计算。",
    "cancel_filing": "取消后，从今天起不能再按这项备案直接结算；以后需要时可以重新备案。",
}


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@for_party
def step(visit: Visit, step: str) -> HttpResponse:
    """GET shows the form, POST takes the step. 404 for a step that is no step of the people."""
    declared = visit.case.STEPS.get(step)
    if declared is None or not is_for_people(declared):
        raise Http404
    if not verdict(visit.situation, declared).allowed and visit.request.method == "GET":
        return forbidden(visit, declared)
    try:
        done = _work(visit, declared)
    except Again:
        messages.info(visit.request, "已经提交过了，不用再次提交。")
        return redirect("portal:case", number=visit.case.number)
    if isinstance(done, Done):
        messages.success(visit.request, _thanks(visit, declared, done))
        return redirect("portal:case", number=visit.case.number)
    return done


def _work(visit: Visit, declared: Step) -> Done | HttpResponse:
    if declared.right == SUPPLEMENT:
        done = supplement(visit, declared)
    elif visit.request.method == "GET":
        return page(visit, declared, form_of(visit, declared, None))
    else:
        done = _posted(visit, declared)
    if isinstance(done, Refused):
        return _refused(done, declared)
    return done


def _posted(visit: Visit, declared: Step) -> Done | Refused | HttpResponse:
    typed = visit.request.POST
    if declared.tone == "warning" and "confirmed" not in typed:
        form = form_of(visit, declared, typed)
        if "edit" in typed or (form is not None and not form.is_valid()):
            return page(visit, declared, form, token=token_in(visit))
        return _confirm(visit, declared, form)
    return attempt(visit, declared, typed, token_in(visit))


def form_of(visit: Visit, declared: Step, typed: Any) -> Form | None:
    if declared.form is None:
        return None
    return declared.form(typed, situation=visit.situation)  # type: ignore[call-arg]


def page(
    visit: Visit,
    declared: Step,
    form: Form | None,
    *,
    news: str = "",
    token: int | None = None,
) -> HttpResponse:
    context = frame(visit, declared) | {
        "form": form,
        "news": news,
        "token": visit.case.seq if token is None else token,
        "consequence": CONSEQUENCES.get(declared.code, ""),
        "owed": _answers_owed(visit) if declared.code == "ask" else None,
    }
    return render(visit.request, "portal/my/step.html", context, status=409 if news else 200)


def frame(visit: Visit, declared: Step) -> dict[str, Any]:
    """What every page of a step shows."""
    case = visit.case
    return {
        "crumbs": [*CRUMBS, (f"/my/{case.number}/", case.matter.name)],
        "case": case,
        "step": declared,
    }


def forbidden(visit: Visit, declared: Step) -> HttpResponse:
    """Which rule stands in the way, who could take the step, and what had been typed."""
    refused = verdict(visit.situation, declared)
    form = form_of(visit, declared, visit.request.POST) if visit.request.POST else None
    context = frame(visit, declared) | {
        "verdict": refused,
        "who": who_instead(refused),
        "typed": [row for row in typed_in(form) if row["value"]],
    }
    return render(visit.request, "portal/my/forbidden.html", context, status=403)


def _refused(refused: Refused, declared: Step) -> HttpResponse:
    visit = refused.visit
    if refused.is_forbidden or not verdict(visit.situation, declared).allowed:
        return forbidden(visit, declared)
    if refused.form is not None:
        return page(visit, declared, refused.form, token=token_in(visit))
    form = form_of(visit, declared, visit.request.POST)
    return page(visit, declared, form, news=refused.news)


def _confirm(visit: Visit, declared: Step, form: Form | None) -> HttpResponse:
    context = frame(visit, declared) | {
        "form": form,
        "rows": typed_in(form),
        "token": token_in(visit),
        "consequence": CONSEQUENCES.get(declared.code, ""),
    }
    return render(visit.request, "portal/my/confirm.html", context)


def typed_in(form: Form | None) -> list[dict[str, Any]]:
    """What was typed, as rows of a summary; a choice by its words. What was ticked is left out."""
    rows = []
    for field in form or ():
        value = field.value()
        if isinstance(value, str):
            words = dict(getattr(field.field, "choices", ()))
            rows.append({"key": field.label, "value": words.get(value, value)})
    return rows


def _answers_owed(visit: Visit) -> list[dict[str, Any]]:
    """Who answers which kind of enquiry, and by when."""
    kinds = [kind for kind in Enquiry.Kind if kind != Enquiry.Kind.SUPERVISION]
    owed = [(kind, *answer_owed(visit.case, kind, visit.now)) for kind in kinds]
    offices = office_cards(office_id for _, office_id, _ in owed)
    return [
        {"kind": kind.label, "office": offices[office_id], "until": due.due_on}
        for kind, office_id, due in owed
    ]


def _thanks(visit: Visit, declared: Step, done: Done) -> str:
    if declared.code == "ask":
        kind = Enquiry.Kind(done.event.data["kind"])
        office_id, due = answer_owed(visit.case, kind, done.event.at)
        until, office = last_day(due.due_at), office_cards([office_id])[office_id].name
        return f"{kind.label}已提交，由{office}答复，最迟 {until.month}月{until.day}日。"
    if declared.code == "rate":
        return "谢谢您的评价。"
    return f"{declared.done}。"
