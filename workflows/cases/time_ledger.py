"""中止 and 延长 of a case as two lists: each with its ground, who ordered it, and what it made of the clocks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from matters.catalogue.definition import Definition, Limit

from .clocks import STRETCHES, Pause, Reading, days_left_out
from .colours import CLOCK_NAMES
from .declarations import PROMISE, STATUTORY
from .models import Event, Suspension
from .places import office_name
from .timekeeping import as_pauses, reading_of, suspensions_of

if TYPE_CHECKING:
    from .flow import Flow

COUNTED_IN = {"G": "个工作日", "Z": "天"}


@dataclass(frozen=True)
class Suspended:
    """A stretch that does not count. left_out: (which clock, how much of it), one for each that it stopped."""

    kind: str
    reason: str
    basis: str
    by: str
    started_at: dt.datetime
    ended_at: dt.datetime | None
    left_out: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Extension:
    """A limit made longer: which clocks, by how much, who asked and who approved, on which ground."""

    clocks: tuple[str, ...]
    amount: str
    office: str
    by: str
    approved_by: str
    reason: str
    basis: str
    at: dt.datetime


@dataclass(frozen=True)
class TimeLedger:
    suspensions: tuple[Suspended, ...]
    extensions: tuple[Extension, ...]
    pauses: tuple[Pause, ...]

    def __bool__(self) -> bool:
        return bool(self.suspensions or self.extensions)


def time_ledger(
    case: Flow, definition: Definition, events: Sequence[Event], now: dt.datetime
) -> TimeLedger:
    """events: all of the case, in order. One statement where the case was ever suspended."""
    rows = suspensions_of(case) if case.clocks.get("pauses") else []
    pauses = as_pauses(rows)
    by_seq = {event.seq: event for event in events}
    readings = {
        clock: reading_of(case, clock, pauses, definition)
        for clock in (PROMISE, STATUTORY)
        if clock in case.clocks
    }
    return TimeLedger(
        tuple(
            _suspended(case, row, pause, by_seq.get(row.seq), readings, now)
            for row, pause in zip(rows, pauses, strict=True)
        ),
        tuple(_extensions(case, events)),
        tuple(pauses),
    )


def _suspended(
    case: Flow,
    row: Suspension,
    pause: Pause,
    event: Event | None,
    readings: dict[str, Reading],
    now: dt.datetime,
) -> Suspended:
    left_out = []
    for clock, reading in readings.items():
        stopped = case.clocks[clock].get("stopped_at")
        until = min(dt.datetime.fromisoformat(stopped), now) if stopped else now
        if pause.started_at < until and (pause.ended_at or until) > reading.started_at:
            left_out.append((CLOCK_NAMES[clock], _amount(reading, pause, until)))
    return Suspended(
        kind=row.get_kind_display(),
        reason=row.reason,
        basis=row.basis,
        by=office_name(event.office_id) if event and event.office_id else "",
        started_at=row.started_at,
        ended_at=row.ended_at,
        left_out=tuple(left_out),
    )


def _amount(reading: Reading, pause: Pause, until: dt.datetime) -> str:
    """How much of the clock's own unit did not count, by now or by the end of the pause."""
    if reading.unit not in STRETCHES:
        return f"{days_left_out(reading, pause, until)} {COUNTED_IN[reading.unit]}"
    begun, ended = max(pause.started_at, reading.started_at), min(pause.ended_at or until, until)
    amount = int((ended - begun) / STRETCHES[reading.unit])
    return f"{amount} {Limit.UNITS[reading.unit]}"


def _extensions(case: Flow, events: Iterable[Event]) -> Iterable[Extension]:
    for event in events:
        granted: dict[str, Any] | None = event.data.get("extension")
        if not granted:
            continue
        clocks = granted.get("clocks") or [granted["clock"]]
        step = case.STEPS.get(event.step)
        # Only the head may take such a step: who took it approved it.
        approved = granted.get("approved_by") or (
            event.actor_name if step is not None and step.head_only else ""
        )
        yield Extension(
            clocks=tuple(CLOCK_NAMES[clock] for clock in clocks if clock in CLOCK_NAMES),
            amount=Limit.parse(granted["limit"]).text,
            office=office_name(event.office_id) if event.office_id else "",
            by=granted.get("asked_by") or event.actor_name,
            approved_by=approved,
            reason=granted["reason"],
            basis=event.data.get("basis", ""),
            at=event.at,
        )
