"""A year of the calendar as its page shows it: twelve months of days, and the days with a name."""

from __future__ import annotations

import calendar as months_of
import datetime as dt
from dataclasses import dataclass

from django.db.models import Max, Min

from tongban.offices.calendar import WorkingCalendar, calendar_for
from tongban.offices.models import CalendarDay, Region

NATION = ""
# Any region without days of its own counts by the nation's.
ANY_REGION = "500000"


@dataclass(frozen=True)
class Cell:
    """A day in its month. mark: 休, 班 or ''; kind: its class."""

    day: dt.date
    mark: str
    kind: str
    said: str
    is_provisional: bool


@dataclass(frozen=True)
class Month:
    number: int
    weeks: list[list[Cell | None]]


@dataclass(frozen=True)
class Year:
    """working: how many days are worked; is_announced: whether the nation's arrangement is out."""

    number: int
    months: list[Month]
    working: int
    is_announced: bool
    rows: list[CalendarDay]


def year_shown(number: int, region: str) -> Year:
    """`region`: a code, or '' for the nation. One statement while the calendar is warm."""
    worked = calendar_for(region or ANY_REGION)
    cells = {day: _cell(day, worked) for day in _days(number)}
    rows = CalendarDay.objects.filter(day__year=number, region=region or None).order_by("day")
    return Year(
        number=number,
        months=[Month(month, _weeks(number, month, cells)) for month in range(1, 13)],
        working=sum(worked.is_working(day) for day in cells),
        is_announced=number in worked.announced_years,
        rows=list(rows),
    )


def years_known() -> range:
    """From the first year with a row to the last. One statement."""
    known = CalendarDay.objects.aggregate(first=Min("day"), last=Max("day"))
    if known["first"] is None:
        return range(0)
    return range(known["first"].year, known["last"].year + 1)


def regions_with_days() -> list[Region]:
    """Regions that have days of their own. One statement."""
    return list(Region.objects.filter(days__isnull=False).distinct().order_by("pk"))


def _days(year: int) -> list[dt.date]:
    first = dt.date(year, 1, 1)
    return [first + dt.timedelta(n) for n in range((dt.date(year + 1, 1, 1) - first).days)]


def _cell(day: dt.date, worked: WorkingCalendar) -> Cell:
    is_working, weekday = worked.is_working(day), day.weekday() < 5
    mark = "班" if is_working and not weekday else "休" if not is_working and weekday else ""
    named = day in worked.days
    if named and not is_working:
        mark = "休"
    return Cell(
        day=day,
        mark=mark,
        kind="make-up" if mark == "班" else "off" if not is_working else "",
        said=worked.name_of(day) if named else "",
        is_provisional=worked.is_provisional(day),
    )


def _weeks(year: int, month: int, cells: dict[dt.date, Cell]) -> list[list[Cell | None]]:
    weeks = months_of.Calendar().monthdatescalendar(year, month)
    return [[cells[day] if day.month == month else None for day in week] for week in weeks]
