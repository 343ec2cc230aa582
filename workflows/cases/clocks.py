"""Clocks 时限: when something is due, as a pure function, and why that day.

Rules: the day on which a limit begins is not counted (民法典 201); "days" of an administrative
limit are working days (行政许可法 82). A day counts if it is a working day (unit G) or any day (Z),
after the start and outside every pause; a pause from day S to day E swallows S < day <= E. A limit
of n days ends with the end of the n-th counted day, whatever the hour at which it began.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from zoneinfo import ZoneInfo

from matters.catalogue.definition import Limit
from tongban.offices.calendar import WorkingCalendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
# No limit of any matter comes near this; it stops a search over a calendar without working days.
LONGEST_SEARCH = 4000
# Units that are stretches of time, not days.
STRETCHES = {"H": dt.timedelta(hours=1), "M": dt.timedelta(minutes=1)}


@dataclass(frozen=True)
class Pause:
    """A stretch that does not count; `ended_at` None while it is still open."""

    started_at: dt.datetime
    ended_at: dt.datetime | None
    why: str = "中止"


@dataclass(frozen=True)
class Reading:
    """One clock with all that its due moment rests on."""

    started_at: dt.datetime
    limits: tuple[Limit, ...]
    pauses: tuple[Pause, ...]
    calendar: WorkingCalendar
    yellow_percent: int = 90
    red_percent: int = 100

    @property
    def amount(self) -> int:
        """The limit and its extensions, in the clock's one unit."""
        return sum(limit.amount for limit in self.limits)

    @property
    def unit(self) -> str:
        return self.limits[0].unit


@dataclass(frozen=True)
class Due:
    """The moments of a clock: yellow from `yellow_at`, red from `red_at`, late from `due_at`.

    `red_at` is `due_at` unless the matter wants its red light sooner.
    """

    due_at: dt.datetime
    yellow_at: dt.datetime
    red_at: dt.datetime
    is_provisional: bool

    @property
    def due_on(self) -> dt.date:
        """The last day on which it is still in time."""
        return (self.due_at - dt.timedelta(microseconds=1)).astimezone(SHANGHAI).date()


@dataclass(frozen=True)
class DayLine:
    """One day of the explanation: counted or not, and why."""

    day: dt.date
    counts: bool
    nth: int
    why: str
    is_provisional: bool


def due(reading: Reading) -> Due | None:
    """The due moments; None while an open pause stops the clock before its end."""
    if reading.unit in STRETCHES:
        return _due_after(reading, STRETCHES[reading.unit] * reading.amount)
    # Days do not ask for the hour: what begins on one day under one limit is counted once.
    return _due_in_days(replace(reading, started_at=midnight(local_day(reading.started_at))))


@lru_cache(maxsize=1024)
def _due_in_days(reading: Reading) -> Due | None:
    counted: list[dt.date] = []
    last_worked: dt.date | None = None
    provisional = False
    for line in explain(reading):
        provisional = provisional or line.is_provisional
        if line.counts:
            counted.append(line.day)
            if reading.unit == "G" or reading.calendar.is_working(line.day):
                last_worked = line.day
    if len(counted) < reading.amount:
        return None
    due_at = midnight(counted[-1] + dt.timedelta(days=1))
    red_at = _from_share(counted, reading.red_percent) or due_at
    yellow_at = _from_share(counted, reading.yellow_percent) or midnight(counted[-1])
    # A limit of natural days that ends with a weekend is yellow while somebody is there to see it.
    working = (midnight(last_worked),) if last_worked else ()
    return Due(due_at, min(yellow_at, red_at, *working), red_at, provisional)


def _from_share(counted: Sequence[dt.date], percent: int) -> dt.datetime | None:
    """The beginning of the first day before which so much is used up; None after the last day."""
    nth = len(counted) * percent // 100
    return midnight(counted[nth]) if nth < len(counted) else None


def explain(reading: Reading) -> Iterator[DayLine]:
    """Every day from the start to the due day, each with its reason. Empty for hours and minutes."""
    if reading.unit in STRETCHES:
        return
    start, seen = local_day(reading.started_at), 0
    for offset in range(1, LONGEST_SEARCH):
        day = start + dt.timedelta(days=offset)
        pause = _pause_on(reading.pauses, day)
        if pause is not None and pause.ended_at is None:
            return
        counts = pause is None and (reading.unit == "Z" or reading.calendar.is_working(day))
        seen += counts
        why = pause.why if pause else reading.calendar.name_of(day)
        provisional = reading.unit == "G" and reading.calendar.is_provisional(day)
        yield DayLine(day, counts, seen if counts else 0, why, provisional)
        if seen == reading.amount:
            return


def days_used(reading: Reading, until: dt.datetime) -> int:
    """Days of the clock's unit that have gone by up to and including the day of `until`."""
    last = local_day(until)
    start, used = local_day(reading.started_at), 0
    for offset in range(1, (last - start).days + 1):
        day = start + dt.timedelta(days=offset)
        if _pause_on(reading.pauses, day) is None:
            used += reading.unit == "Z" or reading.calendar.is_working(day)
    return used


def days_left_out(reading: Reading, pause: Pause, until: dt.datetime) -> int:
    """Days of the clock's unit that a pause has swallowed, up to and including the day of `until`."""
    start, last = local_day(reading.started_at), local_day(until)
    if pause.ended_at is not None:
        last = min(last, local_day(pause.ended_at))
    first = max(start, local_day(pause.started_at))
    days = (first + dt.timedelta(days=n) for n in range(1, (last - first).days + 1))
    return sum(reading.unit == "Z" or reading.calendar.is_working(day) for day in days)


def midnight(day: dt.date) -> dt.datetime:
    """The moment at which `day` begins in Shanghai."""
    return dt.datetime.combine(day, dt.time(), SHANGHAI)


def local_day(moment: dt.datetime) -> dt.date:
    return moment.astimezone(SHANGHAI).date()


def _pause_on(pauses: Sequence[Pause], day: dt.date) -> Pause | None:
    for pause in pauses:
        ended = local_day(pause.ended_at) if pause.ended_at else dt.date.max
        if local_day(pause.started_at) < day <= ended:
            return pause
    return None


def _due_after(reading: Reading, span: dt.timedelta) -> Due | None:
    due_at = _after(reading, span)
    yellow_at = _after(reading, span * (reading.yellow_percent / 100))
    red_at = _after(reading, span * (reading.red_percent / 100))
    if due_at is None or yellow_at is None or red_at is None:
        return None
    moments = [yellow_at, red_at]
    if span >= dt.timedelta(days=1):
        moments.append(_last_worked(reading, due_at) or yellow_at)
    return Due(due_at, min(moments), red_at, is_provisional=False)


def _after(reading: Reading, span: dt.timedelta) -> dt.datetime | None:
    """When `span` has gone by outside the pauses; None if one that is open comes first."""
    moment = reading.started_at + span
    for pause in sorted(reading.pauses, key=lambda p: p.started_at):
        if pause.started_at >= moment or (pause.ended_at and pause.ended_at <= reading.started_at):
            continue
        if pause.ended_at is None:
            return None
        moment += pause.ended_at - max(pause.started_at, reading.started_at)
    return moment


def _last_worked(reading: Reading, due_at: dt.datetime) -> dt.datetime | None:
    """The beginning of the last day of work before the end, None where the clock began later."""
    start, day = local_day(reading.started_at), local_day(due_at - dt.timedelta(microseconds=1))
    while day > start:
        if reading.calendar.is_working(day) and _pause_on(reading.pauses, day) is None:
            return midnight(day)
        day -= dt.timedelta(days=1)
    return None
