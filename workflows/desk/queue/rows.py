"""A case as a line of a list: what a clerk sees of it before opening it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from django.db.models import QuerySet

from matters.catalogue.pinned import definitions_of
from tongban.accounts.actors import Actor
from tongban.accounts.personal import mask_name
from workflows.cases.claims import is_claimed_for, stands_in
from workflows.cases.declarations import APPLICANT
from workflows.cases.models import Case, Enquiry
from workflows.cases.places import office_cards

from ..door import cases_at_desk
from ..time_left import last_day, next_due, time_left
from ..words import OUTCOMES, direction, light_shown
from .batch import offered_in

if TYPE_CHECKING:
    from workflows.cases.flow import Flow


@dataclass(frozen=True)
class Row:
    """One line. `token`: the case as it was shown; `who`: whose turn it is, in words."""

    number: str
    token: int
    matter: str
    applicant: str
    state: str
    light: str
    due_on: dt.date | None
    left: str
    direction: str
    who: str
    can_claim: bool
    is_mine: bool
    # What may be done with it among many, by code.
    steps: dict[str, str]

    @property
    def can_tick(self) -> bool:
        """It may be among those that a step is taken in at once."""
        return bool(self.steps)


@dataclass(frozen=True)
class EnquiryRow:
    """An enquiry that waits for its answer."""

    id: int
    number: str
    kind: str
    text: str
    asker: str
    matter: str
    asked_at: dt.datetime
    due_on: dt.date
    is_late: bool


def rows_of(ids: Sequence[int], actor: Actor, now: dt.datetime) -> list[Row]:
    """The lines of these cases, in this order; who may not see one gets no line of it.

    One statement, and one each where definitions or offices have not been read before.
    """
    seen = cases_at_desk(actor).filter(pk__in=ids).select_related("matter", "claimed_by")
    by_id = {case.pk: case for case in _light(seen)}
    return _rows([by_id[i] for i in ids if i in by_id], actor, now)


def found_rows(cases: QuerySet[Case], actor: Actor, now: dt.datetime) -> list[Row]:
    """The lines of cases that have been found in another way, in their order."""
    return _rows(_light(cases.select_related("matter", "claimed_by")), actor, now)


def enquiry_rows(enquiries: Iterable[Enquiry], now: dt.datetime) -> list[EnquiryRow]:
    """enquiries: with their case and its matter."""
    return [
        EnquiryRow(
            id=e.pk,
            number=e.case.number,
            kind=e.get_kind_display(),
            text=e.text,
            asker=mask_name(e.asker_name),
            matter=e.case.matter.name,
            asked_at=e.asked_at,
            due_on=last_day(e.due_at),
            is_late=now >= e.due_at,
        )
        for e in enquiries
    ]


def _light(cases: QuerySet[Case]) -> list[Case]:
    """Without the answers, and of the rows beside them no more than names."""
    theirs = ("password", "id_number", "phone", "email")
    claimed_by = (f"claimed_by__{name}" for name in theirs)
    return list(cases.defer("data", "head", "matter__search_text", "matter__note", *claimed_by))


def _rows(cases: Sequence[Case], actor: Actor, now: dt.datetime) -> list[Row]:
    definitions = definitions_of({case.version_id for case in cases})
    # The actor's own offices stand in the head of the page: asked for here, they cost nothing there.
    holders = {case.holder_office_id for case in cases if case.holder_office_id}
    offices = office_cards(holders | actor.desks)
    names = {card.id: card.name for card in offices.values()}
    return [
        Row(
            number=case.number,
            token=case.seq,
            matter=case.matter.name,
            applicant=mask_name(case.applicant_name),
            state=cast("Flow", case).state_label(definitions[case.version_id]),
            light=light_shown(case, case.light(now)),
            due_on=last_day(case.deadline_at) if case.deadline_at else None,
            left=_left(cast("Flow", case), now),
            direction=direction(case),
            who=_who(case, actor, names),
            can_claim=case.claimed_by_id is None and case.holder_office_id in actor.desks,
            is_mine=is_claimed_for(actor, case),
            steps=offered_in([case], actor),
        )
        for case in cases
    ]


def _left(case: Flow, now: dt.datetime) -> str:
    if case.due_at is None:
        return ""
    clock = next_due(case)
    return time_left(case, clock, case.due_at, now) if clock else ""


def _who(case: Case, actor: Actor, offices: dict[int, str]) -> str:
    if case.closed_at is not None:
        return OUTCOMES.get(case.outcome, ("已结束", ""))[0]
    if case.holder == APPLICANT:
        return "申请人"
    if case.holder_office_id not in actor.desks:
        return offices.get(case.holder_office_id or 0, "")
    if case.claimed_by_id is None:
        return "未领取"
    if case.claimed_by_id == actor.user_id:
        return "我"
    name = case.claimed_by.name  # type: ignore[union-attr]
    return f"代{name}" if stands_in(actor, case) else name
