"""The one way the calendar's days change: all of a change or nothing, a new version, what moved."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Max

from .calendar import forget_calendars
from .calendar_sources import DayFact
from .models import CalendarDay, CalendarVersion

Days = dict[tuple[str | None, date], DayFact]
COLUMNS = ("day", "region_id", "kind", "name", "source", "announced")
# Any number; it only has to be the same for everybody who changes the calendar.
CALENDAR_LOCK = 1_949_1001


@dataclass(frozen=True, slots=True)
class MovedDay:
    """A day that was worked and now is not, or the other way round; `region` None is the nation."""

    day: date
    region: str | None
    is_working: bool
    name: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A change of the calendar. `version` is None if nothing differed and nothing was written."""

    version: int | None
    moved: tuple[MovedDay, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a change would do, worked out without writing. `after`: all days then; `gone`: rows to go."""

    after: Days
    gone: frozenset[tuple[str | None, date]]
    differing: tuple[DayFact, ...]

    @property
    def is_nothing(self) -> bool:
        return not self.gone and not self.differing

    @property
    def first_day(self) -> date | None:
        """The first day of which anything changes, be it only how sure it is."""
        days = [day for _, day in self.gone] + [fact.day for fact in self.differing]
        return min(days, default=None)


def outcome_of(before: Days, wanted: Iterable[DayFact], going: Iterable[DayFact]) -> Outcome:
    """`wanted` written, those of `going` that are not among them taken away. No SQL."""
    new = {(fact.region, fact.day): fact for fact in wanted}
    gone = frozenset({(f.region, f.day) for f in going} & before.keys() - new.keys())
    differing = tuple(fact for key, fact in new.items() if before.get(key) != fact)
    after = {key: fact for key, fact in before.items() if key not in gone} | new
    return Outcome(after, gone, differing)


@transaction.atomic
def change_days(
    *,
    wanted: Iterable[DayFact],
    going: Iterable[DayFact],
    source: str,
    at: datetime,
    notice: tuple[int, str | None] | None = None,
    by: str = "",
) -> Changed:
    """Write `wanted`, take away those of `going` that are not among them, and log a version.

    notice: (year, region) if this is a published arrangement; by: who imported it. Returns the days whose working has
    moved: whoever keeps clocks derives them anew from these.
    """
    before = kept_days()
    outcome = outcome_of(before, wanted, going)
    if outcome.is_nothing:
        return Changed(None)
    _write(outcome.gone, outcome.differing)
    moved = tuple(moved_days(before, outcome.after))
    version = (CalendarVersion.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    year, region = notice or (None, None)
    CalendarVersion.objects.create(
        number=version,
        source=source,
        imported_at=at,
        year=year,
        region_id=region,
        moved=len(moved),
        imported_by=by,
    )
    transaction.on_commit(forget_calendars)
    return Changed(version, moved)


def lock_calendar() -> None:
    """Wait until nobody else is changing the calendar; held to the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CALENDAR_LOCK])


def kept_days() -> Days:
    """All rows as facts, by (region, day)."""
    found = (DayFact(*row) for row in CalendarDay.objects.values_list(*COLUMNS))
    return {(fact.region, fact.day): fact for fact in found}


def _write(gone: Iterable[tuple[str | None, date]], differing: Iterable[DayFact]) -> None:
    for region, day in gone:
        CalendarDay.objects.filter(region=region, day=day).delete()
    CalendarDay.objects.bulk_create(
        [
            CalendarDay(
                day=fact.day,
                region_id=fact.region,
                kind=fact.kind,
                is_working=fact.is_working,
                name=fact.name,
                source=fact.source,
                announced=fact.announced,
            )
            for fact in differing
        ],
        update_conflicts=True,
        unique_fields=["day", "region"],
        update_fields=["kind", "is_working", "name", "source", "announced"],
    )


def moved_days(before: Days, after: Days) -> Iterable[MovedDay]:
    """Days of the nation or of a region whose working differs; sorted, the nation's first."""
    changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    for region, day in sorted(changed, key=lambda key: (key[0] or "", key[1])):
        was, _ = _state(before, region, day)
        now, name = _state(after, region, day)
        if was != now:
            yield MovedDay(day, region, now, name)


def _state(days: Days, region: str | None, day: date) -> tuple[bool, str]:
    """(is it worked, what is it called) for a region's own rows over the nation's."""
    fact = days.get((region, day)) or days.get((None, day))
    if fact is None:
        return day.weekday() < 5, "工作日" if day.weekday() < 5 else "周末"
    return fact.is_working, "调休上班" if fact.is_working else fact.name
