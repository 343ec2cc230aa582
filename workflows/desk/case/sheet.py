"""抄录单: what another system asks for, ready to be copied there, personal values for one reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from matters.catalogue.elsewhere import Elsewhere
from tongban.accounts.actors import Actor
from tongban.accounts.looks import look
from tongban.accounts.models import User
from workflows.cases.act import Situation
from workflows.cases.feeding_back import elsewhere_now
from workflows.cases.models import CaseNumber
from workflows.cases.numbers import numbers_of
from workflows.cases.situations import situation_for

from ..door import case_seen, for_staff
from .applied import Answer, answers_of, party_cards, personal_value
from .looking import LookForm
from .page import office_here


@dataclass(frozen=True)
class Line:
    """A value to copy. `look`: it is masked, and this is what it is asked for by."""

    label: str
    value: str
    look: str = ""


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables("lines")
def sheet(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """For the office that has the case, while the next step is another system's. 404 otherwise.

    With a reason every masked value is shown, each look written down before.
    """
    seen = case_seen(actor, number)
    situation = situation_for(seen, actor)
    elsewhere = elsewhere_now(situation)
    if elsewhere is None or seen.holder_office_id not in actor.desks | actor.heads:
        raise Http404
    lines = lines_of(situation, elsewhere, numbers_of(seen))
    form: forms.Form = LookForm(request.POST or None)
    is_shown = request.method == "POST" and form.is_valid()
    if is_shown:
        reason, viewer = form.cleaned_data["reason"], cast(User, request.user)
        lines = [_in_full(line, situation, viewer, reason) if line.look else line for line in lines]
    context = {
        "case": seen,
        "elsewhere": elsewhere,
        "lines": lines,
        "form": form,
        "is_shown": is_shown,
        "has_masked": any(line.look for line in lines),
    }
    return render(request, "desk/sheet.html", context)


def lines_of(
    situation: Situation, elsewhere: Elsewhere, numbers: Sequence[CaseNumber]
) -> list[Line]:
    """The case's numbers, the applicant, and of the form what the other system asks for. No SQL."""
    case = situation.case
    lines = [Line("办件编号", case.number)]
    lines += [Line(each.name, each.number) for each in numbers]
    lines += [Line("事项", case.matter.name), Line("申请日", case.handed_in_on.isoformat())]
    for card in party_cards(situation)[:1]:
        lines += [Line(card.role, card.name), *map(_line, card.lines)]
    wanted = elsewhere.sheet
    return lines + [
        _line(answer) for answer in answers_of(situation) if not wanted or answer.field in wanted
    ]


def _line(answer: Answer) -> Line:
    return Line(answer.label, answer.shown, answer.look)


def _in_full(line: Line, situation: Situation, viewer: User, reason: str) -> Line:
    personal = personal_value(situation, line.look)
    if personal is None:
        return line
    value = look(
        viewer=viewer,
        subject_kind="case",
        subject_key=situation.case.number,
        field=line.look,
        reason=reason,
        value=personal.reveal,
        office_id=office_here(situation.case, situation.actor),
    )
    return Line(line.label, value)
