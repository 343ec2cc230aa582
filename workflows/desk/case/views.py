"""The page of a case, the steps taken from it, and the looks at what is masked."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from tongban.accounts.actors import Actor
from tongban.accounts.looks import look
from tongban.accounts.models import User
from workflows.cases.declarations import Step
from workflows.cases.flow import Flow
from workflows.cases.happening import moved_by
from workflows.cases.perform import CaseGone, InvalidData, NotAllowed, Stale, perform
from workflows.cases.situations import situation_for
from workflows.cases.verdicts import verdict

from ..door import case_seen, for_staff
from ..office.phrases import with_phrases
from .applied import personal_value
from .certificates import failed_before_deciding
from .looking import LookForm
from .page import Trouble, case_context, office_here
from .typed import typed_in

NO_TOKEN = -1


@for_staff
@require_safe
def case(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    return shown(request, actor, case_seen(actor, number))


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, actor: Actor, number: str, step: str) -> HttpResponse:
    """GET opens the case with that step's form; POST takes the step. One way for every flow."""
    seen = case_seen(actor, number)
    declared = seen.STEPS.get(step)
    if declared is None:
        raise Http404
    if request.method == "POST":
        return _taken(request, actor, seen, declared)
    return shown(request, actor, seen, asked=declared)


def shown(
    request: HttpRequest,
    actor: Actor,
    seen: Flow,
    *,
    status: int = 200,
    asked: Step | None = None,
    form: forms.Form | None = None,
    trouble: Trouble | None = None,
) -> HttpResponse:
    situation = situation_for(seen, actor)
    context = case_context(situation, asked=asked, form=form, query=request.GET, trouble=trouble)
    if form is not None:
        # The title says 错误, and the summary on top leads to the fields.
        context["form"] = form
    return render(request, "desk/case.html", context, status=status)


def _taken(request: HttpRequest, actor: Actor, seen: Flow, declared: Step) -> HttpResponse:
    posted = with_phrases(request.POST, actor)
    if declared.decides and (failing := failed_before_deciding(seen, actor)):
        return _not_as_seen(request, actor, seen, declared, failing)
    try:
        done = perform(seen.pk, declared.code, actor=actor, data=posted, token=_token(request.POST))
    except CaseGone:
        raise Http404 from None
    except Stale as stale:
        return _too_late(request, actor, seen, declared, stale)
    except NotAllowed as refused:
        text = f"{refused}。可以办理的是：{refused.verdict.who}。没有任何改动。"
        trouble = Trouble(f"没有{declared.label}", text, typed_in(declared, request.POST))
        return shown(request, actor, seen, status=403, trouble=trouble)
    except InvalidData as invalid:
        return shown(request, actor, seen, asked=declared, form=invalid.form)
    messages.success(request, f"{declared.done}。")
    return HttpResponseRedirect(reverse("desk:case", args=[done.case.number]))


def _not_as_seen(
    request: HttpRequest, actor: Actor, seen: Flow, declared: Step, failing: list[str]
) -> HttpResponse:
    """A certificate stopped counting while the page was open: nothing is decided on what it showed."""
    situation = situation_for(seen, actor)
    allowed = declared.form is not None and verdict(situation, declared).allowed
    form = declared.form(request.POST, situation=situation) if allowed else None  # type: ignore[call-arg,misc]
    text = (
        f"刚才向签发机关核验：{'；'.join(failing)}。没有作出决定。请看过后再办；您填写的内容还在。"
    )
    trouble = Trouble("电子证照情况有变化", text)
    return shown(request, actor, seen, status=409, asked=declared, form=form, trouble=trouble)


def _too_late(
    request: HttpRequest, actor: Actor, seen: Flow, declared: Step, stale: Stale
) -> HttpResponse:
    """The fresh case, who moved it, and the form as it was typed: one more press sends it again."""
    fresh = case_seen(actor, seen.number)
    situation = situation_for(fresh, actor)
    text = f"{moved_by(stale.last)}，您的“{declared.label}”没有生效，没有任何内容被覆盖。"
    if declared.form is None or not verdict(situation, declared).allowed:
        trouble = Trouble(
            "办件已有新进展", text + "请先看最新情况。", typed_in(declared, request.POST)
        )
        return shown(request, actor, fresh, status=409, trouble=trouble)
    form = declared.form(request.POST, situation=situation)  # type: ignore[call-arg]
    trouble = Trouble("办件已有新进展", text + "您填写的内容还在，请看过最新情况后再提交。")
    return shown(request, actor, fresh, status=409, asked=declared, form=form, trouble=trouble)


def _token(posted: QueryDict) -> int:
    """The state of the case that the page showed; without a readable one nothing is taken."""
    text = posted.get("token", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else NO_TOKEN


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables("value")
def look_at(request: HttpRequest, actor: Actor, number: str, what: str) -> HttpResponse:
    """A masked value in full, once, for a reason that is written down first."""
    seen = case_seen(actor, number)
    personal = personal_value(situation_for(seen, actor), what)
    if personal is None:
        raise Http404
    # Ids of its own: several may stand on one page, beside a step that asks for a reason too.
    form = LookForm(request.POST or None, auto_id=f"look-{what.replace('.', '-')}-%s")
    context: dict[str, Any] = {"case": seen, "what": what, "personal": personal, "form": form}
    if request.method == "POST" and form.is_valid():
        context["value"] = look(
            viewer=cast(User, request.user),
            subject_kind="case",
            subject_key=seen.number,
            field=what,
            reason=form.cleaned_data["reason"],
            value=personal.reveal,
            office_id=office_here(seen, actor),
        )
    return render(request, "desk/look.html", context)
