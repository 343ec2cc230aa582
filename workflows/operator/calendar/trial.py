"""What a notice would do to the open clocks, worked out on the real cases and without writing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import structlog
from django.db.models import Q

from matters.catalogue.pinned import definition_of
from tongban.offices.calendar import calendars_on_trial
from tongban.offices.notice_import import Proposed
from tongban.running.budget import IsOver
from workflows.cases.clocks import midnight
from workflows.cases.declarations import TIMER
from workflows.cases.models import Case
from workflows.cases.recounting import pauses_of_many
from workflows.cases.timekeeping import Moved, rederive

if TYPE_CHECKING:
    from workflows.cases.flow import Flow

log = structlog.get_logger(__name__)
BATCH = 500
EXAMPLES = 20


@dataclass(frozen=True)
class Example:
    """A clock that would move."""

    number: str
    moved: Moved


@dataclass
class Trial:
    """cases: looked at; moved: clocks with another date; surer: with the same date, no longer provisional.

    is_whole: every open case that the days can touch was looked at.
    """

    cases: int = 0
    moved: int = 0
    surer: int = 0
    is_whole: bool = False
    examples: list[Example] = field(default_factory=list)


def tried_on_clocks(proposed: Proposed, *, is_over: IsOver) -> Trial:
    """As many open cases as the time allows. Two statements for 500 of them."""
    trial = Trial()
    first_day = proposed.outcome.first_day
    if first_day is None:
        trial.is_whole = True
        return trial
    with calendars_on_trial(proposed.rows):
        for case, moved in _touched(first_day, trial, is_over):
            dated = [each for each in moved if each.has_moved]
            trial.moved += len(dated)
            trial.surer += len(moved) - len(dated)
            room = EXAMPLES - len(trial.examples)
            trial.examples += [Example(case.number, each) for each in dated[:room]]
    return trial


def _touched(
    first_day: dt.date, trial: Trial, is_over: IsOver
) -> Iterator[tuple[Flow, list[Moved]]]:
    """Open cases and what would move in each; those that end before the first day can't be touched."""
    since, last_id = midnight(first_day), 0
    reaches = Q(clocks__has_key=TIMER)
    for clock in ("hop", "promise", "statutory"):
        reaches |= Q(**{f"{clock}_due_at__gte": since})
    while not is_over():
        rows = Case.objects.filter(reaches, closed_at=None, pk__gt=last_id).order_by("pk")
        batch = cast("list[Flow]", list(rows.defer("data", "facts", "applicant_name")[:BATCH]))
        pauses = pauses_of_many([case.pk for case in batch if case.clocks.get("pauses")])
        for case in batch:
            try:
                yield case, rederive(case, pauses.get(case.pk, ()), definition_of(case.version_id))
            except Exception:
                log.exception("case not tried", case=case.pk)
        trial.cases += len(batch)
        if len(batch) < BATCH:
            trial.is_whole = True
            return
        last_id = batch[-1].pk
