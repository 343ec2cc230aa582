"""Where the days of the calendar come from, as plain facts and without a database.

Announced years: the State Council's arrangements as the package chinesecalendar keeps them. Later
years: the statutory days of `statutory-days.csv`, provisional. Regions: `region-days.csv`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.metadata import version

import chinese_calendar

from .models import CalendarDay
from .tables import DATA, BadData, rows

FIRST_YEAR = 2020
SPOKEN = {"清明": "清明节", "端午": "端午节", "中秋": "中秋节"}
Kind = CalendarDay.Kind


@dataclass(frozen=True, slots=True)
class DayFact:
    """One row of CalendarDay to be; `region` None is the nation."""

    day: date
    region: str | None
    kind: str
    name: str
    source: str
    announced: bool

    @property
    def is_working(self) -> bool:
        return self.kind == Kind.MAKE_UP


def all_days() -> list[DayFact]:
    """Every day that the project itself knows of. Raises BadData."""
    announced = list(announced_days())
    last = max(fact.day.year for fact in announced)
    statutory = [fact for fact in statutory_days() if fact.day.year > last]
    return [*announced, *statutory, *region_days()]


def announced_days(since: int = FIRST_YEAR) -> Iterator[DayFact]:
    """Days off and make-up days as announced, weekends within a holiday included."""
    source = f"国务院办公厅节假日安排通知(据 chinesecalendar {version('chinesecalendar')})"
    tables = chinese_calendar.constants
    for day, english in tables.holidays.items():
        if day.year >= since:
            kind = Kind.IN_LIEU if day in tables.in_lieu_days else Kind.HOLIDAY
            yield DayFact(day, None, kind, _in_chinese(english), source, announced=True)
    for day, english in tables.workdays.items():
        if day.year >= since:
            yield DayFact(day, None, Kind.MAKE_UP, _in_chinese(english), source, announced=True)


def statutory_days() -> Iterator[DayFact]:
    """The statutory days of years not yet announced (全国年节及纪念日放假办法 2, 6)."""
    for where, row in rows(DATA / "statutory-days.csv", "day", "kind", "name", "source"):
        day = _day(where, row["day"])
        yield DayFact(day, None, _kind(where, row["kind"]), row["name"], row["source"], False)


def region_days() -> Iterator[DayFact]:
    """Days of single regions; announced only where a source states the arrangement."""
    columns = ("region", "first", "last", "kind", "name", "certainty", "source")
    for where, row in rows(DATA / "region-days.csv", *columns):
        first, last = _day(where, row["first"]), _day(where, row["last"])
        kind, announced = _kind(where, row["kind"]), row["certainty"] == "stated"
        for n in range((last - first).days + 1):
            day = first + timedelta(days=n)
            yield DayFact(day, row["region"], kind, row["name"], row["source"], announced)


def _in_chinese(english: str) -> str:
    chinese = str(chinese_calendar.Holiday(english).chinese)
    return SPOKEN.get(chinese, chinese)


def _day(where: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadData([f"{where}:日期写错了:{text}"]) from None


def _kind(where: str, text: str) -> str:
    if text not in Kind.values:
        raise BadData([f"{where}:类别只能是 {'、'.join(Kind.values)},不是 {text}"])
    return text
