"""先问几句: one question a page, before any form; the answers stand in the page's address.

They say "可以办" with the papers of this situation, "某日起可以办" with a reminder, or where else to go.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from matters.catalogue.definition import Definition, FormField
from matters.catalogue.form_fields import form_field
from matters.catalogue.models import Matter, MatterVersion
from matters.catalogue.papers import papers_for
from matters.catalogue.pauses import told_of
from matters.catalogue.pinned import definition_of
from matters.catalogue.situations import (
    LATER,
    Finding,
    Precheck,
    Question,
    asked_in,
    finding,
    in_words,
    open_question,
    said_in,
    understood,
)
from tongban.accounts.models import User
from workflows.cases.flow import Foretold
from workflows.cases.models import Party
from workflows.cases.opening import PartyInput
from workflows.cases.registry import flow_class

from .guide import paper_row, version_in_force
from .near import county_of_visitor, offices_of_kind
from .reminders import forget, is_asked_for, remind

DRAFT, ASKING, CHANGE = "draft", "asking", "change"


class QuestionForm(forms.Form):
    """One question; a day in three boxes, anything else as radio buttons."""

    def __init__(self, question: Question, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        spec = FormField(
            code=question.code,
            label=question.label,
            kind=question.kind,
            help=question.help,
            choices=question.choices,
        )
        self.fields[question.code] = form_field(spec)


@require_safe
def precheck(request: HttpRequest, slug: str) -> HttpResponse:
    """The next question, or what the answers mean. Five statements at most."""
    matter, version, definition = _asked_of(slug)
    asked = _precheck_of(definition)
    answers = understood(asked, request.GET.dict())
    question = _meant(asked, answers, request.GET.get(ASKING, ""))
    if question is not None:
        form = QuestionForm(question, request.GET)
        if form.is_valid():
            return redirect(_address(request, matter, asked, answers | _typed(form)))
        return _question(request, matter, asked, answers, question, form)
    question = _meant(asked, answers, request.GET.get(CHANGE, "")) or open_question(asked, answers)
    if question is not None:
        form = QuestionForm(question, initial=answers)
        return _question(request, matter, asked, answers, question, form)
    return _outcome(request, matter, version, definition, answers)


@require_POST
@login_required
def remind_me(request: HttpRequest, slug: str) -> HttpResponse:
    """到时提醒我, or not any more (`do=forget`); the answers stand in the address as before."""
    matter, _, definition = _asked_of(slug)
    asked = _precheck_of(definition)
    answers = understood(asked, request.GET.dict())
    found = finding(asked, answers, timezone.localdate())
    back = HttpResponseRedirect(_address(request, matter, asked, answers))
    user = request.user
    if open_question(asked, answers) or found.from_on is None or not isinstance(user, User):
        return back
    if request.POST.get("do") == "forget":
        forget(user=user, matter=matter, on=found.from_on)
        messages.success(request, "已取消提醒。")
    else:
        remind(user=user, matter=matter, on=found.from_on)
        messages.success(request, "已设置提醒，到那天会在收件箱里通知您。")
    return back


def situation_of(request: HttpRequest, definition: Definition) -> dict[str, str]:
    """The answers that a page's address carries, as far as they are right."""
    return understood(definition.precheck, request.GET.dict()) if definition.precheck else {}


def may_begin(definition: Definition, situation: dict[str, str], on: dt.date) -> bool:
    """Whether the answers are all there and say 可以办; a matter without questions asks none."""
    asked = definition.precheck
    if asked is None:
        return True
    return open_question(asked, situation) is None and finding(asked, situation, on).kind == "can"


def answered_rows(asked: Precheck, answers: dict[str, str], base: str) -> list[dict[str, str]]:
    """What was answered, each with a way to change it. base: the address with all answers."""
    return [
        {
            "key": question.label,
            "value": in_words(question, answers[question.code]),
            "href": f"{base}&{urlencode({CHANGE: question.code})}",
        }
        for question in asked_in(asked, answers)
        if question.code in answers
    ]


def address(slug: str, answers: dict[str, str], **more: str) -> str:
    """The page with these answers given."""
    return f"{reverse('portal:precheck', args=[slug])}?{urlencode({**answers, **more})}"


def _asked_of(slug: str) -> tuple[Matter, MatterVersion, Definition]:
    matter = get_object_or_404(Matter.objects.select_related("department"), slug=slug)
    version = version_in_force(matter, timezone.localdate())
    if version is None:
        raise Http404
    return matter, version, definition_of(version.pk)


def _precheck_of(definition: Definition) -> Precheck:
    if definition.precheck is None:
        raise Http404
    return definition.precheck


def _meant(asked: Precheck, answers: dict[str, str], code: str) -> Question | None:
    return next((q for q in asked_in(asked, answers) if q.code == code), None)


def _typed(form: QuestionForm) -> dict[str, str]:
    texts = {True: "yes", False: "no"}
    return {
        code: texts[value] if isinstance(value, bool) else str(value)
        for code, value in form.cleaned_data.items()
    }


def _address(request: HttpRequest, matter: Matter, asked: Precheck, answers: dict[str, str]) -> str:
    key = _draft_key(request)
    more = {DRAFT: str(key)} if key else {}
    return address(matter.slug, understood(asked, answers), **more)


def _draft_key(request: HttpRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.GET.get(DRAFT, ""))
    except ValueError:
        return None


def _question(
    request: HttpRequest,
    matter: Matter,
    asked: Precheck,
    answers: dict[str, str],
    question: Question,
    form: QuestionForm,
) -> HttpResponse:
    others = {code: answer for code, answer in answers.items() if code != question.code}
    listed = asked_in(asked, answers)
    key = _draft_key(request)
    context = {
        "matter": matter,
        "question": question,
        "form": form,
        "kept": {**others, ASKING: question.code, **({DRAFT: key} if key else {})},
        "place": listed.index(question) + 1,
        "back": _back(matter, listed, question, others, key),
    }
    return render(request, "portal/precheck/question.html", context)


def _back(
    matter: Matter,
    listed: list[Question],
    question: Question,
    answers: dict[str, str],
    key: uuid.UUID | None,
) -> str:
    place = listed.index(question)
    if place == 0:
        return (
            reverse("portal:tasks", args=[key])
            if key
            else reverse("portal:guide", args=[matter.slug])
        )
    more = {CHANGE: listed[place - 1].code} | ({DRAFT: str(key)} if key else {})
    return address(matter.slug, answers, **more)


def _outcome(
    request: HttpRequest,
    matter: Matter,
    version: MatterVersion,
    definition: Definition,
    answers: dict[str, str],
) -> HttpResponse:
    asked = _precheck_of(definition)
    found = finding(asked, answers, timezone.localdate())
    here = _address(request, matter, asked, answers)
    now = timezone.now()
    context = {
        "matter": matter,
        "found": found,
        "rows": answered_rows(asked, answers, here),
        "answers": answers,
        "query": urlencode(answers),
        "here": here,
        "draft_key": _draft_key(request),
        "papers": [paper_row(paper) for paper in papers_for(definition, answers)],
        "conditions": said_in(definition.conditions, answers),
        "pauses": told_of([matter.pk], now)[matter.pk],
        "foretold": _foretold(request, version),
        "is_asked_for": _is_asked_for(request, matter, found),
        **_other_way(request, found),
    }
    return render(request, "portal/precheck/outcome.html", context)


def _foretold(request: HttpRequest, version: MatterVersion) -> Foretold | None:
    """What the registers know of whoever is signed in: they need not remember it."""
    user = request.user
    if not isinstance(user, User) or user.is_staff_member:
        return None
    me = PartyInput(role=Party.Role.APPLICANT, name=user.name, user=user)
    return flow_class(version.flow).told_before([me], {}, timezone.localdate())


def _is_asked_for(request: HttpRequest, matter: Matter, found: Finding) -> bool:
    if found.kind != LATER or found.from_on is None or not isinstance(request.user, User):
        return False
    return is_asked_for(user=request.user, matter=matter, on=found.from_on)


def _other_way(request: HttpRequest, found: Finding) -> dict[str, Any]:
    """The matter, the offices and the phone that an outcome leads to. Two statements at most."""
    outcome = found.outcome
    if outcome is None:
        return {}
    way: dict[str, Any] = {"phone": outcome.phone}
    if outcome.matter:
        way["other_name"] = outcome.matter
        way["other"] = Matter.objects.filter(name=outcome.matter).order_by("id").first()
    if outcome.office_kind and (at := county_of_visitor(request)):
        way["offices"] = offices_of_kind(at, outcome.office_kind)
    return way
