"""Importing a published arrangement: it replaces what was provisional in its year."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from .calendar import DayRow, newest_version
from .calendar_change import (
    Changed,
    Days,
    MovedDay,
    Outcome,
    change_days,
    kept_days,
    lock_calendar,
    moved_days,
    outcome_of,
)
from .calendar_sources import DayFact
from .models import CalendarVersion, Region
from .notice_file import Notice, read_notice
from .tables import BadData


@dataclass(frozen=True)
class Proposed:
    """What the import of a notice would do. `base`: the version of the calendar it was tried on."""

    notice: Notice
    base: int
    outcome: Outcome
    moved: tuple[MovedDay, ...]

    @property
    def rows(self) -> Iterator[DayRow]:
        """All days as they would be, for `calendars_on_trial`."""
        for fact in self.outcome.after.values():
            yield fact.region, fact.day, fact.kind, fact.name, fact.announced


def propose_notice(text: str) -> Proposed:
    """Try the text of a notice file on the calendar and write nothing. Raises BadData."""
    notice, before, base = _read(text), kept_days(), newest_version()
    outcome = outcome_of(before, notice.days, _going(notice, before))
    return Proposed(notice, base, outcome, tuple(moved_days(before, outcome.after)))


@transaction.atomic
def import_notice(*, text: str, at: datetime, by: str = "") -> Changed:
    """Take in the text of a notice file, whole or not at all; the same file again changes nothing.

    Returns the new version and the days that have moved, from which clocks are derived anew.
    Raises BadData.
    """
    notice = _read(text)
    lock_calendar()
    return change_days(
        wanted=notice.days,
        going=_going(notice, kept_days()),
        source=notice.source,
        at=at,
        notice=(notice.year, notice.region),
        by=by,
    )


def _read(text: str) -> Notice:
    notice = read_notice(text)
    if notice.region and not Region.objects.filter(pk=notice.region).exists():
        raise BadData([f"没有区划 {notice.region}"])
    return notice


def _going(notice: Notice, kept: Days) -> list[DayFact]:
    """The days that give way: the year's own, and what an earlier notice put before it."""
    earlier = CalendarVersion.objects.filter(year=notice.year, region=notice.region)
    earlier_sources = set(earlier.values_list("source", flat=True))
    # An earlier notice of the same year may have reached into the December before.
    return [
        fact
        for fact in kept.values()
        if (fact.region, fact.day.year) == (notice.region, notice.year)
        or fact.source in earlier_sources
    ]
