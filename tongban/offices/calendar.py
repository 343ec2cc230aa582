"""The working-day calendar of a region, as looked up millions of times a day.

`calendar_for` answers from memory; once a minute it asks the database for the number of the newest
CalendarVersion and reads the days again only if that has changed. Days that no row speaks of follow
their weekday.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from time import monotonic

from django.db.models import Max

from .codes import lineage
from .models import CalendarDay, CalendarVersion

FRESH_SECONDS = 60.0
WEEKDAYS = "一二三四五六日"
ONE_DAY = timedelta(days=1)
# Around a region's unannounced festival lie its make-up days and the rest of its leave, nobody yet
# knows where: in every year announced so far within ten days.
UNSETTLED = 10


@dataclass(frozen=True, slots=True)
class NamedDay:
    """What a row says of a day."""

    is_working: bool
    name: str
    announced: bool


Days = Mapping[date, NamedDay]


@dataclass(frozen=True, slots=True, eq=False)
class WorkingCalendar:
    """Which days are worked in one region. Immutable; equal only to itself, a key for caches."""

    region: str
    version: int
    days: Days = field(repr=False)
    announced_years: frozenset[int] = field(repr=False)
    unsettled: frozenset[date] = field(repr=False)

    def is_working(self, day: date) -> bool:
        """Whether offices work on that day, make-up days and region days considered."""
        named = self.days.get(day)
        return day.weekday() < 5 if named is None else named.is_working

    def is_provisional(self, day: date) -> bool:
        """暂定: the day's year, or the region's festival near it, has not been announced."""
        return day.year not in self.announced_years or day in self.unsettled

    def name_of(self, day: date) -> str:
        """国庆节, 彝族年, 调休上班; otherwise the weekday: 周六."""
        named = self.days.get(day)
        return f"周{WEEKDAYS[day.weekday()]}" if named is None else named.name

    def working_days_from(self, day: date) -> Iterator[date]:
        """Working days without end, beginning with `day` itself if it is one."""
        while True:
            if self.is_working(day):
                yield day
            day += ONE_DAY


def calendar_for(region_code: str) -> WorkingCalendar:
    """The calendar of a region: the nation's days, overridden by those of the province, city and
    county above it. The same object for the same version. No statement while warm.
    """
    kept = _fresh()
    calendar = kept.calendars.get(region_code)
    if calendar is None:
        calendar = kept.calendars.setdefault(region_code, _calendar(kept, region_code))
    return calendar


def calendar_alarm(today: date) -> str:
    """What is to be done about the calendar by now, in a sentence; '' while all is in order."""
    year = unannounced_year(today)
    if year is None:
        return ""
    return (
        f"{year}年的工作日历还是暂定的：请导入国务院办公厅关于{year}年部分节假日安排的通知，"
        "在办件的时限随后自动重算。"
    )


def unannounced_year(today: date) -> int | None:
    """The year whose arrangement should be imported by now: the running one, or from 1 December
    the next. None if all is in order.
    """
    due = [today.year] + ([today.year + 1] if today.month == 12 else [])
    return next((year for year in due if year not in _fresh().announced_years), None)


def calendar_version() -> int:
    """The number of the version that `calendar_for` answers from; 0 without any. No SQL while warm."""
    return _fresh().version


def forget_calendars() -> None:
    """Read the days afresh at the next look: for tests, and after an import."""
    global _kept
    _kept = None


@dataclass(frozen=True, slots=True)
class Kept:
    """All days of one version, and the calendars made from them so far."""

    version: int
    by_region: dict[str | None, dict[date, NamedDay]]
    announced_years: frozenset[int]
    fresh_until: float
    calendars: dict[str, WorkingCalendar] = field(default_factory=dict)
    merged: dict[tuple[str, ...], Days] = field(default_factory=dict)


_kept: Kept | None = None
_on_trial: ContextVar[Kept | None] = ContextVar("calendars_on_trial", default=None)
# (region, day, kind, name, announced) of a row.
DayRow = tuple[str | None, date, str, str, bool]


@contextmanager
def calendars_on_trial(rows: Iterable[DayRow]) -> Iterator[None]:
    """Within, and for nobody else, `calendar_for` answers as if these were all the days there are."""
    token = _on_trial.set(_kept_from(rows, version=-1, fresh_until=float("inf")))
    try:
        yield
    finally:
        _on_trial.reset(token)


def _fresh() -> Kept:
    global _kept
    if (trial := _on_trial.get()) is not None:
        return trial
    kept, now = _kept, monotonic()
    if kept is None or now >= kept.fresh_until:
        version = newest_version()
        if kept is not None and kept.version == version:
            kept = replace(kept, fresh_until=now + FRESH_SECONDS)
        else:
            kept = _read(version, now + FRESH_SECONDS)
        _kept = kept
    return kept


def newest_version() -> int:
    """The number of the newest version; 0 without any. One statement."""
    return CalendarVersion.objects.aggregate(newest=Max("number"))["newest"] or 0


def _read(version: int, fresh_until: float) -> Kept:
    columns = ("region_id", "day", "kind", "name", "announced")
    return _kept_from(CalendarDay.objects.values_list(*columns), version, fresh_until)


def _kept_from(rows: Iterable[DayRow], version: int, fresh_until: float) -> Kept:
    by_region: dict[str | None, dict[date, NamedDay]] = {None: {}}
    for region, day, kind, name, announced in rows:
        is_make_up = kind == CalendarDay.Kind.MAKE_UP
        said = CalendarDay.Kind.MAKE_UP.label if is_make_up else name
        by_region.setdefault(region, {})[day] = NamedDay(is_make_up, said, announced)
    # Every arrangement names 1 October; that of the next year may reach into this December.
    october = ((d, n) for d, n in by_region[None].items() if (d.month, d.day) == (10, 1))
    announced_years = frozenset(day.year for day, named in october if named.announced)
    return Kept(version, by_region, announced_years, fresh_until)


def _calendar(kept: Kept, region_code: str) -> WorkingCalendar:
    # The nearest region's word goes last, over the others'.
    speaking = tuple(code for code in reversed(lineage(region_code)) if code in kept.by_region)
    if speaking not in kept.merged:
        merged = dict(kept.by_region[None])
        for code in speaking:
            merged |= kept.by_region[code]
        kept.merged[speaking] = merged
    unsettled = frozenset(
        day + n * ONE_DAY
        for code in speaking
        for day, named in kept.by_region[code].items()
        if not named.announced
        for n in range(-UNSETTLED, UNSETTLED + 1)
    )
    return WorkingCalendar(
        region_code, kept.version, kept.merged[speaking], kept.announced_years, unsettled
    )
