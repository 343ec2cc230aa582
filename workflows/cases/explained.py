"""Why a clock ends on the day it does: every day from the start, counted or not, and the reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from matters.catalogue.definition import Definition, Limit

from .clocks import DayLine, Due, Pause, Reading, due, explain, local_day
from .event_words import step_of
from .timekeeping import CLOCKS, pauses_of, reading_of

if TYPE_CHECKING:
    from .flow import Flow


@dataclass(frozen=True)
class Extended:
    """A limit made longer: by how much, for which written reason, on which day."""

    limit: Limit
    reason: str
    on: dt.date


@dataclass(frozen=True)
class Explanation:
    """A clock laid open. lines: one a day, none where the limit is in hours.

    begun_with: what happened when it began ('已受理'), '' if no step of the case did it. derived:
    what the lines lead to now; kept: the moment that the case has. The two differ only between the
    loading of a calendar and the next derivation.
    """

    reading: Reading
    begun_with: str
    limit: Limit
    extended: tuple[Extended, ...]
    lines: tuple[DayLine, ...]
    derived: Due | None
    kept: dt.datetime | None
    stopped_at: dt.datetime | None

    @property
    def open_pause(self) -> Pause | None:
        return next((p for p in self.reading.pauses if p.ended_at is None), None)

    @property
    def agrees(self) -> bool:
        return (self.derived.due_at if self.derived else None) == self.kept


def explained(case: Flow, clock: str, definition: Definition) -> Explanation:
    """Raises KeyError where the case has no such clock. Two statements at most."""
    kept = case.clocks[clock]
    pauses = pauses_of(case) if case.clocks.get("pauses") else []
    reading = reading_of(case, clock, pauses, definition)
    begun_with, extended = _from_ledger(case, clock, reading)
    return Explanation(
        reading=reading,
        begun_with=begun_with,
        limit=reading.limits[0],
        extended=extended,
        lines=tuple(explain(reading)),
        derived=due(reading),
        kept=_moment(kept.get("due_at")),
        stopped_at=_moment(kept.get("stopped_at")),
    )


def days_left(reading: Reading, today: dt.date) -> int:
    """Counted days of the clock that are still to come after `today`, none being open-ended."""
    return sum(line.counts for line in explain(reading) if line.day > today)


def _from_ledger(case: Flow, clock: str, reading: Reading) -> tuple[str, tuple[Extended, ...]]:
    """What began the clock, and the grounds of its extensions, which the events keep in order."""
    begun_with, granted = "", []
    asked = Q(at=reading.started_at) | Q(data__has_key="extension")
    for event in case.events.filter(asked).order_by("seq"):
        if event.at == reading.started_at:
            step = step_of(case.flow, event.step)
            begun_with = step.done if step else ""
        if clock in _clocks_extended(event.data):
            granted.append(event)
    extended = tuple(
        Extended(limit, event.data["extension"]["reason"], local_day(event.at))
        for limit, event in zip(reading.limits[1:], granted, strict=False)
    )
    return begun_with, extended


def _clocks_extended(record: dict[str, Any]) -> Sequence[str]:
    """Which clocks an event made longer; one that names a single clock is of before, and meant all."""
    granted = record.get("extension")
    if granted is None:
        return ()
    clocks: Sequence[str] = granted.get("clocks", CLOCKS)
    return clocks


def _moment(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None
