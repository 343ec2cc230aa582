"""The clocks of a case in the words of its people: until when, how much is left, what stops them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from matters.catalogue.definition import Definition
from workflows.cases.clocks import STRETCHES, Pause, local_day
from workflows.cases.declarations import APPLICANT, HOP, PROMISE, STATUTORY
from workflows.cases.explained import days_left
from workflows.cases.flow import Flow
from workflows.cases.models import Case
from workflows.cases.timekeeping import reading_of, red_since

from ..plain_words import NOT_PUBLISHED

# A clock is red from `due_at` on: the last day in time is that of the instant before.
INSTANT = dt.timedelta(microseconds=1)
NAMES = {PROMISE: "承诺办结时限", HOP: "当前环节时限", STATUTORY: "法定办结时限"}
UNITS = {"G": "个工作日", "Z": "天"}


@dataclass(frozen=True)
class ClockShown:
    """One clock. text: 最迟 2026年12月4日, or why there is no date; light: '' where nothing runs."""

    code: str
    name: str
    until: dt.date | None
    text: str
    light: str = ""
    left: str = ""
    is_provisional: bool = False
    can_be_explained: bool = False


def clocks_shown(
    case: Flow, definition: Definition, pauses: Sequence[Pause], now: dt.datetime
) -> list[ClockShown]:
    """The promise first: it is what was promised to the person. No SQL while the calendar is warm."""
    names = [PROMISE, HOP, STATUTORY] if case.is_open else [PROMISE, STATUTORY]
    shown = [_shown(case, name, definition, pauses, now) for name in names]
    return [clock for clock in shown if clock is not None]


def promised_until(case: Case) -> dt.date | None:
    """The last day of the promise while it runs; None without one, suspended, or kept already."""
    return None if "stopped_at" in case.clocks.get(PROMISE, {}) else _last_day(case, PROMISE)


def promise_light(case: Case, now: dt.datetime) -> str:
    """Colour of the promise alone; '' where it does not run."""
    return _light(case, PROMISE, now)


def title_of(case: Flow, clock: str) -> str:
    """What a clock is called; the person's own time by what it is for."""
    if clock != HOP or case.holder != APPLICANT:
        return NAMES[clock]
    return "您补正的期限" if case.is_suspended else "您选择的期限"


def _shown(
    case: Flow, name: str, definition: Definition, pauses: Sequence[Pause], now: dt.datetime
) -> ClockShown | None:
    kept = case.clocks.get(name)
    title = title_of(case, name)
    if kept is None:
        text = _no_clock_yet(case, name, definition)
        return ClockShown(name, title, None, text) if text else None
    until, light = _last_day(case, name), _light(case, name, now)
    if until is None:
        text = "中止期间不计算，恢复办理后重新算出日期"
        return ClockShown(name, title, None, text, light=light, can_be_explained=True)
    if "stopped_at" in kept:
        stopped = local_day(dt.datetime.fromisoformat(kept["stopped_at"]))
        in_time = "按时" if stopped <= until else "已超过时限"
        text = f"最迟 {_day(until)}；{_day(stopped)}停止计时，{in_time}"
        return ClockShown(name, title, until, text, can_be_explained=True)
    return ClockShown(
        name,
        title,
        until,
        f"最迟 {_day(until)}",
        light=light,
        left=_left(case, name, definition, pauses, now, until),
        is_provisional=bool(kept.get("is_provisional")),
        can_be_explained=True,
    )


def _no_clock_yet(case: Flow, name: str, definition: Definition) -> str:
    """Why a clock has no date: not published, or not begun; '' where there is nothing to say."""
    if not case.is_open:
        return ""
    if name == HOP:
        limit = case.limit_in(case.current, definition)
        if limit is None or case.current.limit_from != "service":
            return ""
        return f"{limit.text}，从文书送达（您打开文书、通知或补正页面）的次日起算"
    limit = getattr(definition, name)
    if limit is None:
        return NOT_PUBLISHED
    begins = next((state.name for state in case.STATES if name in state.starts), "")
    return f"{limit.text}，从“{begins}”起算"


def _light(case: Case, name: str, now: dt.datetime) -> str:
    kept = case.clocks.get(name)
    if kept is None or "stopped_at" in kept:
        return ""
    red_at, yellow_at = _moment(red_since(kept)), _moment(kept.get("yellow_at"))
    if red_at is None:
        return "paused"
    if now >= red_at:
        return "red"
    return "yellow" if yellow_at is not None and now >= yellow_at else "green"


def _left(
    case: Flow,
    name: str,
    definition: Definition,
    pauses: Sequence[Pause],
    now: dt.datetime,
    until: dt.date,
) -> str:
    reading, today = reading_of(case, name, pauses, definition), local_day(now)
    if today > until:
        return "已超过时限"
    if reading.unit in STRETCHES:
        return ""
    if today == until:
        return "今天到期"
    return f"还剩 {days_left(reading, today)} {UNITS[reading.unit]}"


def last_day(due_at: dt.datetime) -> dt.date:
    """The last day that is still in time."""
    return local_day(due_at - INSTANT)


def _last_day(case: Case, name: str) -> dt.date | None:
    due_at = _moment(case.clocks.get(name, {}).get("due_at"))
    return None if due_at is None else last_day(due_at)


def _moment(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None


def _day(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
