"""为什么是这一天: a clock of a case, day by day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from matters.catalogue.regions import region_name
from workflows.cases.clocks import DayLine, local_day
from workflows.cases.explained import Explanation, explained
from workflows.cases.timekeeping import CLOCKS

from .own.door import Visit, for_party
from .own.time_kept import last_day, title_of

CRUMBS = [("/", "首页"), ("/my/", "我的办件")]
UNITS = {"G": "工作日", "Z": "自然日", "H": "小时", "M": "分钟"}


@dataclass(frozen=True)
class DayShown:
    """One day of the table. count: 第 3 个工作日, or 不计."""

    day: dt.date
    count: str
    why: str
    is_provisional: bool
    is_today: bool
    is_last: bool


@require_safe
@for_party
def clock(visit: Visit, clock: str) -> HttpResponse:
    """Four statements at most besides the sign-in's. 404 for a clock that the case does not have."""
    case = visit.case
    if clock not in CLOCKS or clock not in case.clocks:
        raise Http404
    told = explained(case, clock, visit.definition)
    days = days_shown(told, local_day(visit.now))
    context = {
        "crumbs": [*CRUMBS, (f"/my/{case.number}/", case.matter.name)],
        "case": case,
        "name": title_of(case, clock),
        "until": last_day(told.kept) if told.kept else None,
        "told": told,
        "place": region_name(told.reading.calendar.region),
        "unit": UNITS[told.reading.unit],
        "days": days,
        "has_provisional": any(day.is_provisional for day in days),
        "started_on": local_day(told.reading.started_at),
        "stopped_on": local_day(told.stopped_at) if told.stopped_at else None,
        "paused_on": local_day(told.open_pause.started_at) if told.open_pause else None,
        "sums": sums(told),
        "counted": sum(line.counts for line in told.lines),
    }
    return render(visit.request, "portal/my/clock.html", context)


def days_shown(told: Explanation, today: dt.date) -> list[DayShown]:
    """Every line of the explanation, the last one being the due day."""
    unit, last = UNITS[told.reading.unit], told.lines[-1].day if told.lines else None
    ends = told.derived is not None
    return [
        DayShown(
            day=line.day,
            count=f"第 {line.nth} 个{unit}" if line.counts else "不计",
            why=_why(told, line),
            is_provisional=line.is_provisional,
            is_today=line.day == today,
            is_last=ends and line.day == last,
        )
        for line in told.lines
    ]


def sums(told: Explanation) -> list[dict[str, Any]]:
    """What the limit is made of: itself, and each extension with its reason."""
    rows = [{"key": "时限", "value": told.limit.text}]
    rows += [
        {"key": "延长", "value": each.limit.text, "hint": f"{each.reason}（{_day(each.on)}）"}
        for each in told.extended
    ]
    rows += [
        {"key": "中止", "value": pause.why, "hint": _stretch(pause.started_at, pause.ended_at)}
        for pause in told.reading.pauses
    ]
    return rows


def _why(told: Explanation, line: DayLine) -> str:
    if not line.counts:
        paused = any(pause.why == line.why for pause in told.reading.pauses)
        return f"{line.why}期间" if paused else line.why
    extended = "，延长期内" if line.nth > told.limit.amount else ""
    if told.reading.unit == "Z":
        return f"自然日都计算{extended}"
    made_up = line.why == "调休上班"
    return ("调休上班" if made_up else "工作日") + extended


def _stretch(started_at: dt.datetime, ended_at: dt.datetime | None) -> str:
    until = _day(local_day(ended_at)) if ended_at else "还没有结束"
    return f"{_day(local_day(started_at))} 至 {until}"


def _day(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
