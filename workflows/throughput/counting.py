"""Counting: a day's rows made anew from its events, in one statement, as often as one likes.

Nothing counts inside a case's transaction. A recount changes only the rows that are wrong, so
counting every half minute writes little; it heals whatever it finds, and says what that was.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from workflows.cases.clocks import local_day, midnight
from workflows.cases.models import Case

from .flags import flag_tally
from .models import CountedDay, Difference, Recount
from .statement import EVENTS, in_line, recount_statement
from .tallies import standing_tallies

# Events of the evening may still be committing: a day is settled ten minutes after its end.
SETTLES = dt.timedelta(minutes=10)
LOOKS_BACK_DAYS = 10
# Any constant: tells our advisory locks, one a day, from other people's.
LOCK = 0x7470


@dataclass(frozen=True)
class Change:
    """A row that stood otherwise: `stood` and `counted` hold the figures that differ, or None."""

    table: str
    key: dict[str, Any]
    stood: dict[str, int] | None
    counted: dict[str, int] | None


@dataclass(frozen=True)
class Counted:
    """One counted day: over how many events, and which rows had to change."""

    day: dt.date
    events: int
    changes: tuple[Change, ...]


def recount(day: dt.date, *, at: dt.datetime | None = None) -> Counted:
    """Count one day from its events; idempotent. One transaction, one statement over the events.

    at: the moment the figures are said to be of; now, but for tests.
    """
    moment = at or timezone.now()
    with transaction.atomic(), connection.cursor() as cursor:
        # Two counts of the same day take turns; the second finds nothing to change.
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, day.toordinal()])
        # Measured: with the usual 4 MB the offices' part sorts on disk and takes twice as long.
        cursor.execute("SET LOCAL work_mem = '64MB'")
        cursor.execute(*recount_statement(day, moment))
        rows = cursor.fetchall()
    events = next(int(counted) for table, _, _, counted in rows if table == EVENTS)
    changes = (_change(*row) for row in rows if row[0] != EVENTS)
    return Counted(day, events, tuple(changes))


def reflag(day: dt.date, *, at: dt.datetime | None = None) -> tuple[Change, ...]:
    """Look for a day's flags anew; idempotent. One transaction.

    Returns what changed; nothing the first time, when there was nothing to differ from.
    """
    moment = at or timezone.now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK + 1, day.toordinal()])
        cursor.execute(*in_line([flag_tally(day)], day))
        changes = tuple(_change(*row) for row in cursor.fetchall())
        counted = CountedDay.objects.filter(day=day)
        is_first = not counted.exclude(flagged_at=None).exists()
        counted.update(flagged_at=moment)
    return () if is_first else changes


def count_standing(*, at: dt.datetime | None = None) -> None:
    """Count how the open cases stand, as today's row of each cell. One transaction."""
    moment = at or timezone.now()
    day = local_day(moment)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK + 2, day.toordinal()])
        cursor.execute(*in_line(standing_tallies(moment), day))
        CountedDay.objects.filter(day=day).update(stood_at=moment)


def count_today(now: dt.datetime | None = None) -> list[Counted]:
    """Count today, and any of the last ten days that was not counted since it settled.

    That is yesterday until 00:10; after an outage of the workers it is every day they missed. A day
    that is over gets its flags with its last count; how cases stand is counted of today alone.
    """
    moment = now or timezone.now()
    today = local_day(moment)
    counted = []
    for day in _unsettled(moment):
        counted.append(recount(day, at=moment))
        if moment >= _settled_at(day):
            reflag(day, at=moment)
    counted.append(recount(today, at=moment))
    count_standing(at=moment)
    return counted


def recount_last(days: int = LOOKS_BACK_DAYS, *, now: dt.datetime | None = None) -> Recount:
    """Count the last `days` days before today again, and keep what stood otherwise.

    A day that was never settled has no figures to differ from; it is counted without a word.
    """
    moment = now or timezone.now()
    today = local_day(moment)
    unsettled = set(_unsettled(moment))
    found: list[Difference] = []
    for day in _days(today - dt.timedelta(days=days), today):
        changes = (*recount(day, at=moment).changes, *reflag(day, at=moment))
        if day not in unsettled:
            found += [_difference(day, change) for change in changes]
    return _kept(found, first=today - dt.timedelta(days=days), today=today, at=moment)


def first_day() -> dt.date | None:
    """The day of the first case there is; None without any."""
    first = Case.objects.order_by("opened_at").values_list("opened_at", flat=True).first()
    return local_day(first) if first else None


def _change(table: str, key: str, stood: str | None, counted: str | None) -> Change:
    """Only the figures that differ; a whole row where there was, or now is, none."""
    before, after = json.loads(stood or "{}"), json.loads(counted or "{}")
    if before and after:
        changed = [figure for figure in after if before[figure] != after[figure]]
        before = {figure: before[figure] for figure in changed}
        after = {figure: after[figure] for figure in changed}
    return Change(table, json.loads(key), before or None, after or None)


def _difference(day: dt.date, change: Change) -> Difference:
    return Difference(
        day=day,
        table=change.table,
        key=change.key,
        stood=change.stood,
        counted=change.counted,
    )


def _kept(found: list[Difference], *, first: dt.date, today: dt.date, at: dt.datetime) -> Recount:
    with transaction.atomic():
        made = Recount.objects.create(
            first=first,
            last=today - dt.timedelta(days=1),
            finished_at=at,
            differences=len(found),
        )
        for difference in found:
            difference.recount = made
        Difference.objects.bulk_create(found)
    return made


def _unsettled(now: dt.datetime) -> list[dt.date]:
    """Days of the last ten, today left out, whose last count came before they settled."""
    today = local_day(now)
    days = list(_days(today - dt.timedelta(days=LOOKS_BACK_DAYS), today))
    counted = dict(CountedDay.objects.filter(day__in=days).values_list("day", "counted_at"))
    return [day for day in days if day not in counted or counted[day] < _settled_at(day)]


def _settled_at(day: dt.date) -> dt.datetime:
    return midnight(day + dt.timedelta(days=1)) + SETTLES


def _days(first: dt.date, before: dt.date) -> Iterable[dt.date]:
    return (first + dt.timedelta(days=n) for n in range((before - first).days))
