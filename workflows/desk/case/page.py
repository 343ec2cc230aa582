"""All that the page of a case shows, gathered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.forms import Form, ModelChoiceField
from django.http import QueryDict

from matters.catalogue.elsewhere import Elsewhere
from matters.catalogue.situations import asked_in, in_words
from tongban.accounts.actors import Actor
from workflows.cases.access import visible_to
from workflows.cases.act import Situation
from workflows.cases.claims import stands_in
from workflows.cases.declarations import Step
from workflows.cases.family import part_rows
from workflows.cases.feeding_back import elsewhere_now
from workflows.cases.models import Case, Enquiry, Event
from workflows.cases.numbers import numbers_of
from workflows.cases.places import office_cards
from workflows.cases.rated import rated
from workflows.cases.rating_steps import RATING_STEPS

from ..office.phrases import boxes_of, phrases_for
from ..time_left import last_day, next_due, time_left
from ..words import MODE_NAMES, OUTCOMES, direction, light_shown
from .applied import answers_of, party_cards
from .choices import Choices, choices_of
from .ledger_lines import ledger_of
from .papers import issued_in, papers_of
from .reckoning import reckoning_of
from .seats import seat_cards


@dataclass(frozen=True)
class Opened:
    """The step whose form stands open on the page; asked_for: somebody went to it."""

    step: Step
    form: Form
    asked_for: bool


@dataclass(frozen=True)
class Trouble:
    """Why what somebody just did had no effect, and what they had typed."""

    title: str
    text: str
    kept: Sequence[tuple[str, str]] = ()


def case_context(
    situation: Situation,
    *,
    asked: Step | None = None,
    form: Form | None = None,
    query: QueryDict | None = None,
    trouble: Trouble | None = None,
) -> dict[str, Any]:
    """Everything but the frame. form: as it was sent, with its errors; query: chooses in a blank one.

    Ten statements, a few more where there is more to show; and those of the one form that is open.
    """
    case = situation.case
    choices = choices_of(situation)
    events = list(Event.objects.filter(case_id=case.pk).order_by("seq"))
    opened = (
        Opened(asked, form, True)
        if asked is not None and form is not None
        else _opened(situation, choices, asked, query)
    )
    offices = office_cards({*case.office_ids, *(e.office_id for e in events if e.office_id)})
    return {
        "case": case,
        "definition": situation.definition,
        "token": case.seq,
        "choices": choices,
        "can_answer": choices.allowed("answer"),
        "opened": opened,
        **_phrases(situation, opened),
        "not_now": _not_now(choices, asked),
        "trouble": trouble,
        "now_at": _now_at(situation),
        "answers": answers_of(situation),
        "situation": _situation(situation),
        "numbers": numbers_of(case),
        "elsewhere": _elsewhere(situation),
        "parties": party_cards(situation),
        "papers": papers_of(case),
        "sees_answers": case.office_of(case.OWNER_SEAT) in situation.actor.desks,
        "may_ask": case.is_open and office_here(case, situation.actor) is not None,
        "issued": issued_in(case),
        "reckoning": reckoning_of(situation, events),
        "ledger": ledger_of(case, events, offices),
        "rated": rated(case, situation.at),
        "rating_steps": [
            (c.step.code, c.step.label) for c in choices.asides if c.step.code in RATING_STEPS
        ],
        "enquiries": list(Enquiry.objects.filter(case_id=case.pk).order_by("-id")),
        "seats": seat_cards(case, offices, situation.today),
        "family": _family(situation),
        "parts": part_rows(case),
        "panel": case.panel(situation),
    }


def _phrases(situation: Situation, opened: Opened | None) -> dict[str, Any]:
    """What may be put into the open form's opinions. One statement where it has any."""
    boxes = boxes_of(opened.form) if opened is not None else []
    return {"boxes": boxes, "phrases": phrases_for(situation.actor) if boxes else []}


def _situation(situation: Situation) -> list[tuple[str, str]]:
    """What was answered before any form, in words."""
    asked, answers = situation.definition.precheck, situation.case.facts.get("situation", {})
    if asked is None:
        return []
    return [
        (question.label, in_words(question, answers[question.code]))
        for question in asked_in(asked, answers)
        if question.code in answers
    ]


def _elsewhere(situation: Situation) -> Elsewhere | None:
    """The system in which this person's next step is taken, for the sheet to copy into it."""
    actor = situation.actor
    if situation.case.holder_office_id not in actor.desks | actor.heads:
        return None
    return elsewhere_now(situation)


def office_here(case: Case, actor: Actor) -> int | None:
    """The office at which this actor has to do with the case; None for a supervisor."""
    return next((i for i in case.office_ids if i in actor.desks), None)


def _now_at(situation: Situation) -> dict[str, Any]:
    """Where the case is, how long it has, and whose it is."""
    case, actor = situation.case, situation.actor
    clock = next_due(case)
    outcome, kind = OUTCOMES.get(case.outcome, ("已结束", ""))
    return {
        "state": case.state_label(situation.definition),
        "hint": case.current.hint,
        "unplaced": _why_unplaced(case),
        "mode": MODE_NAMES.get(case.mode, case.mode),
        "direction": direction(case),
        "light": light_shown(case, case.light(situation.at)),
        "due_on": last_day(case.due_at) if case.due_at else None,
        "left": time_left(case, clock, case.due_at, situation.at) if clock and case.due_at else "",
        "holder": _holder(situation),
        "claimed_by": _claimer(situation),
        "is_mine": case.claimed_by_id == actor.user_id,
        "outcome": outcome if case.closed_at else "",
        "outcome_kind": kind,
    }


def _why_unplaced(case: Case) -> str:
    """Why the case lies at the 待分办 desk, '' where it doesn't."""
    if not case.is_unplaced:
        return ""
    names = "、".join(case.facts.get("unclaimed", {}).values())
    if names:
        return f"{names}尚未认领这个事项，请联系认领，或转办到能办的机构。"
    return "按申请表所填地区没有找到主管机构，请核对后转办。"


def _claimer(situation: Situation) -> str:
    case, actor = situation.case, situation.actor
    name = case.claimed_by.name if case.claimed_by else ""
    return f"{name}（不在岗，由您替班）" if stands_in(actor, case) else name


def _holder(situation: Situation) -> str:
    case = situation.case
    if not case.holder:
        return ""
    return "申请人" if case.holder_office_id is None else case.seat_named(case.holder).name


def _opened(
    situation: Situation, choices: Choices, asked: Step | None, query: QueryDict | None
) -> Opened | None:
    """The asked step with its form, else the expected one: only one form is made, for its SQL."""
    step = asked or choices.expected
    if step is None or step.form is None or not choices.allowed(step.code):
        return None
    fields = step.form.base_fields
    # The address may choose a row in the form; it ticks nothing and writes nothing.
    rows = [name for name in query or () if isinstance(fields.get(name), ModelChoiceField)]
    form = step.form(situation=situation, initial={name: query[name] for name in rows})  # type: ignore[call-arg,index]
    return Opened(step, form, asked is not None)


def _not_now(choices: Choices, asked: Step | None) -> Mapping[str, str] | None:
    """Why a step that somebody went to isn't open."""
    if asked is None or choices.allowed(asked.code):
        return None
    verdict = choices.verdicts[asked.code]
    return {
        "label": asked.label,
        "why": "；".join(reason.text for reason in verdict.reasons),
        "who": verdict.who,
    }


def _family(situation: Situation) -> list[tuple[str, str]]:
    """The number of the whole that this case is a part of, where the one who looks may open it.

    A statement only where there is a whole; its parts have a table of their own.
    """
    case = situation.case
    if case.parent_id is None:
        return []
    whole = visible_to(situation.actor).filter(pk=case.parent_id)
    return [("上级办件", number) for number in whole.values_list("number", flat=True)]
