"""The deadline sweep: colours told once, timer steps taken. Safe to run twice, anywhere.

It is set-based: what has newly come due is walked in the alarm's index, and a batch of a few hundred
cases costs a handful of statements. Where one of them fails, its cases are taken one by one, so that
a bad row is alone with its trouble.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import structlog
from django.db import connection, transaction
from django.utils import timezone

from tongban.accounts.actors import SYSTEM
from tongban.notices.outbox import owe

from .clocks import local_day
from .colours import notices_of, people_for, turned
from .declarations import TIMER
from .models import Case
from .perform import Stale, perform
from .timekeeping import next_alarm

if TYPE_CHECKING:
    from .flow import Flow

log = structlog.get_logger(__name__)
# So many are found at once, and so many are told of with one lot of statements.
FOUND, BATCH = 3000, 300
# A run ends in time for the task's own limit; the next one, half a minute later, goes on.
SECONDS = 40.0

Alarm = tuple[dt.datetime, int]


@dataclass
class Swept:
    """What one sweep did: `colours` counts the words owed, `failed` the cases that could not be read."""

    cases: int = 0
    colours: int = 0
    timers: int = 0
    failed: int = 0


def sweep_deadlines(
    *, now: dt.datetime | None = None, limit: int | None = None, seconds: float = SECONDS
) -> Swept:
    """Take every case whose next alarm has come, the earliest first; one bad row stops nothing else.

    Begins no batch after `limit` sound cases or when `seconds` are over.
    """
    moment, ends_at = now or timezone.now(), time.monotonic() + seconds
    swept, place, seen = Swept(), None, set[int]()
    while found := newly_due(moment, after=place):
        place = found[-1]
        # A timer that cannot be taken leaves its case ahead of the walk: not twice in one run.
        fresh = [case_id for _, case_id in found if case_id not in seen]
        seen.update(fresh)
        for begin in range(0, len(fresh), BATCH):
            if (limit is not None and swept.cases >= limit) or time.monotonic() >= ends_at:
                return swept
            _sweep(fresh[begin : begin + BATCH], moment, swept)
    return swept


def newly_due(moment: dt.datetime, *, after: Alarm | None) -> list[Alarm]:
    """(alarm, case id) of the next ones. One statement, answered by the index alone."""
    from_there = "" if after is None else " AND (next_alarm_at, id) > (%s, %s)"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT next_alarm_at, id FROM cases_case WHERE next_alarm_at <= %s"  # noqa: S608
            f"{from_there} ORDER BY next_alarm_at, id LIMIT %s",
            [moment, *(after or ()), FOUND],
        )
        found: list[Alarm] = cursor.fetchall()
        return found


def _sweep(case_ids: Sequence[int], moment: dt.datetime, swept: Swept) -> None:
    timers, failed = _take_timers(case_ids, moment)
    told = _safely(lambda: _tell(case_ids, moment), cases=len(case_ids))
    each = [told] if told else []
    if told is None:
        for case_id in case_ids:
            alone = _safely(lambda only=case_id: _tell([only], moment), case=case_id)  # type: ignore[misc]
            if alone is None:
                failed.add(case_id)
            else:
                each.append(alone)
    for owed, unread in each:
        swept.colours += owed
        failed |= unread
    swept.timers += timers
    swept.failed += len(failed)
    # What fails does not count against the limit: bad rows keep no good one waiting.
    swept.cases += len(case_ids) - len(failed)


def _safely(tell: Callable[[], tuple[int, set[int]]], **of: int) -> tuple[int, set[int]] | None:
    try:
        with transaction.atomic():
            return tell()
    except Exception:
        log.exception("colours not told", **of)
        return None


def _take_timers(case_ids: Sequence[int], moment: dt.datetime) -> tuple[int, set[int]]:
    """Take the steps whose time has run out: (how many, the cases where that failed)."""
    rows = Case.objects.filter(pk__in=case_ids, closed_at=None, clocks__has_key=TIMER)
    taken, failed = 0, set[int]()
    for case_id, seq, timer in rows.values_list("pk", "seq", f"clocks__{TIMER}"):
        try:
            due_at = dt.datetime.fromisoformat(timer["due_at"])
            if due_at <= moment:
                # It happened when the time ran out, not when a worker came by.
                perform(case_id, timer["step"], actor=SYSTEM, token=seq, at=due_at)
                taken += 1
        except Stale:
            # Somebody moved it this moment; the next sweep looks again.
            continue
        except Exception:
            log.exception("timer not taken", case=case_id)
            failed.add(case_id)
    return taken, failed


def _tell(case_ids: Sequence[int], moment: dt.datetime) -> tuple[int, set[int]]:
    """Owe the words for each colour that has come and set the next alarms. Five statements at most.

    How many words, and the cases that cannot be read; those keep their alarm.
    """
    found, alarms, unread = [], dict[int, dt.datetime | None](), set[int]()
    for case in _claimed(case_ids, moment):
        try:
            colours = turned(case, moment)
            alarms[case.pk] = next_alarm(case, after=moment)
        except Exception:
            log.exception("case not swept", case=case.pk)
            unread.add(case.pk)
        else:
            found += colours
    owed = notices_of(found, people_for(found, local_day(moment)))
    if owed:
        owe(owed, moment)
    _set_alarms(alarms)
    return len(owed), unread


def _claimed(case_ids: Sequence[int], moment: dt.datetime) -> list[Flow]:
    """Those of the cases whose alarm is still to be seen to, locked; without those somebody else has."""
    rows = Case.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
    rows = rows.filter(pk__in=case_ids, next_alarm_at__lte=moment).select_related("matter")
    kept_light = rows.defer("data", "facts", "matter__search_text", "matter__note")
    return cast("list[Flow]", list(kept_light))


def _set_alarms(alarms: dict[int, dt.datetime | None]) -> None:
    if not alarms:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_case SET next_alarm_at = told.alarm"
            " FROM unnest(%s::bigint[], %s::timestamptz[]) AS told (id, alarm)"
            " WHERE cases_case.id = told.id",
            [list(alarms), list(alarms.values())],
        )
