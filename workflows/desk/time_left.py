"""How long is left, in words: 还剩 2 个工作日, 今天到期, 超期 1 个工作日."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from matters.catalogue.definition import Limit
from tongban.offices.calendar import WorkingCalendar, calendar_for
from workflows.cases.clocks import STRETCHES, local_day
from workflows.cases.declarations import APPLICANT, HOP, PROMISE, STATUTORY
from workflows.cases.timekeeping import running

if TYPE_CHECKING:
    from workflows.cases.flow import Flow

CLOCK_NAMES = {HOP: "环节时限", PROMISE: "承诺时限", STATUTORY: "法定时限"}
ONE_DAY = dt.timedelta(days=1)

# A clock is red from `due_at` on: the last day in time is that of the moment before.
MOMENT = dt.timedelta(microseconds=1)


def next_due(case: Flow) -> str:
    """The name of the clock that runs out first; '' where none runs."""
    live = running(case)
    return min(live, key=lambda name: dt.datetime.fromisoformat(live[name]["due_at"]), default="")


def last_day(due_at: dt.datetime) -> dt.date:
    """The last day that is still in time."""
    return local_day(due_at - MOMENT)


def time_left(case: Flow, clock: str, due_at: dt.datetime, now: dt.datetime) -> str:
    """What is left until `due_at` of a clock of the case, in the clock's own unit."""
    unit = Limit.parse(case.clocks[clock]["limit"]).unit
    today, last = local_day(now), last_day(due_at)
    if unit in STRETCHES:
        amount, word = int(abs(due_at - now) / STRETCHES[unit]), Limit.UNITS[unit]
    elif today == last:
        return "今天到期"
    else:
        calendar = calendar_of(case, clock) if unit == "G" else None
        amount = counted(min(today, last), max(today, last), calendar)
        word = "个工作日" if unit == "G" else "天"
    if now >= due_at:
        return f"超期 {amount} {word}" if amount else "已超期"
    return f"还剩 {amount} {word}" if amount else "即将到期"


def calendar_of(case: Flow, clock: str) -> WorkingCalendar:
    """The calendar by which a clock counts: the holder's for its stay, else the deciding office's."""
    own_stay = clock == HOP and case.holder not in ("", APPLICANT)
    return calendar_for(case.region_of(case.holder if own_stay else case.OWNER_SEAT))


def counted(after: dt.date, until: dt.date, calendar: WorkingCalendar | None) -> int:
    """Days after `after` up to and including `until`: working days, or all without a calendar."""
    if calendar is None:
        return (until - after).days
    days = (after + n * ONE_DAY for n in range(1, (until - after).days + 1))
    return sum(calendar.is_working(day) for day in days)
