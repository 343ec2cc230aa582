"""The clocks of a case, each with its due day explained line by line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matters.catalogue.definition import Limit
from workflows.cases.act import Situation
from workflows.cases.clocks import DayLine, Pause, explain
from workflows.cases.models import Event
from workflows.cases.time_ledger import TimeLedger, time_ledger
from workflows.cases.timekeeping import CLOCKS, reading_of, red_since

from ..time_left import CLOCK_NAMES, last_day, time_left


@dataclass(frozen=True)
class ClockCard:
    """One clock. due_on: None while a pause holds it. verdict: of a clock that has stopped."""

    name: str
    limit: str
    started_at: dt.datetime
    due_on: dt.date | None
    light: str
    left: str
    is_provisional: bool
    verdict: str
    days: Sequence[DayLine]

    @property
    def question(self) -> str:
        """What the days answer."""
        return "为什么是这一天？" if self.due_on else "已经计了哪些天？"


@dataclass(frozen=True)
class Reckoning:
    clocks: Sequence[ClockCard]
    time: TimeLedger


def reckoning_of(situation: Situation, events: Sequence[Event]) -> Reckoning:
    """events: all of the case, in order. No SQL; one statement where it has ever been paused."""
    case = situation.case
    time = time_ledger(case, situation.definition, events, situation.at)
    cards = [_card(situation, clock, time.pauses) for clock in CLOCKS if clock in case.clocks]
    return Reckoning(cards, time)


def _card(situation: Situation, clock: str, pauses: Sequence[Pause]) -> ClockCard:
    case, now = situation.case, situation.at
    kept = case.clocks[clock]
    reading = reading_of(case, clock, pauses, situation.definition)
    due_at, yellow_at, stopped_at, red_at = (
        dt.datetime.fromisoformat(text) if text else None
        for text in (
            kept.get("due_at"), kept.get("yellow_at"), kept.get("stopped_at"), red_since(kept),
        )
    )  # fmt: skip
    light, left = "none", ""
    if stopped_at is None and due_at is not None and red_at is not None:
        light = "red" if now >= red_at else "yellow" if yellow_at and now >= yellow_at else "green"
        left = time_left(case, clock, due_at, now)
    elif stopped_at is None:
        light = "paused"
    return ClockCard(
        name=CLOCK_NAMES[clock],
        limit=_limit(kept),
        started_at=reading.started_at,
        due_on=last_day(due_at) if due_at else None,
        light=light,
        left=left,
        is_provisional=bool(kept.get("is_provisional")),
        verdict=_verdict(stopped_at, due_at),
        days=list(explain(reading)),
    )


def _limit(kept: dict[str, Any]) -> str:
    more = "".join(f"，延长 {Limit.parse(text).text}" for text in kept["extra"])
    return Limit.parse(kept["limit"]).text + more


def _verdict(stopped_at: dt.datetime | None, due_at: dt.datetime | None) -> str:
    if stopped_at is None:
        return ""
    if due_at is None or stopped_at < due_at:
        return "已按时完成"
    return "完成时已超期"
