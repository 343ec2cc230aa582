"""Looks for what was owed and has no row: asked for by an operator, or every night by the clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection

import structlog
from django.utils import timezone

from tongban.notices.models import Replay
from tongban.notices.outbox import owe
from tongban.running.slots import in_slices
from workflows.cases.replaying import INBOX_ONLY, bounds, missing_between

log = structlog.get_logger(__name__)
# A step that is being written this moment is not missing anything.
SETTLED = dt.timedelta(minutes=5)
NIGHTLY = dt.timedelta(days=2)

Cursor = list[int]


def ask_for(
    *,
    since: dt.datetime,
    until: dt.datetime,
    channels: Collection[str],
    by: int | None,
    is_check: bool = False,
    now: dt.datetime,
) -> Replay:
    """Write down that somebody wants it; the background does it, slice by slice."""
    return Replay.objects.create(
        since=since,
        until=min(until, now - SETTLED),
        channels=sorted(channels),
        by_id=by,
        is_check=is_check,
        asked_at=now,
    )


def ask_nightly(now: dt.datetime) -> None:
    """One check a night of the two days before; asked twice it is one."""
    night = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    if not Replay.objects.filter(by=None, is_check=True, until=night).exists():
        ask_for(
            since=night - NIGHTLY, until=night, channels=INBOX_ONLY, by=None, is_check=True, now=now
        )


def go_on(replay: Replay, *, seconds: float = 40) -> bool:
    """Do a slice of it. True: it is finished."""

    def work(cursor: Cursor | None, is_over: Callable[[], bool]) -> Cursor | None:
        return _some(replay, cursor, is_over)

    done = in_slices("operator.replay", str(replay.pk), work, seconds=seconds)
    if done:
        Replay.objects.filter(pk=replay.pk, finished_at=None).update(finished_at=timezone.now())
    return done


def _some(replay: Replay, cursor: Cursor | None, is_over: Callable[[], bool]) -> Cursor | None:
    """A few batches; where to go on, with the counts so far: a bit done twice counts once."""
    if cursor is None:
        found = bounds(replay.since, replay.until)
        # Kept, for to find them reads all that happened in the time.
        return None if found is None else [found[0], 0, 0, found[1]]
    after, events, missing, end = cursor
    looks = missing_between(
        replay.since,
        replay.until,
        channels=replay.channels,
        within=(after, end),
        is_over=is_over,
    )
    for look in looks:
        if look.missing and not replay.is_check:
            owe([each.owed for each in look.missing], timezone.now())
        events, missing = events + look.events, missing + len(look.missing)
        Replay.objects.filter(pk=replay.pk).update(events=events, missing=missing)
        return [look.last_id, events, missing, end]
    # Out of time before the first batch is no end.
    if is_over():
        return cursor
    if missing:
        log.error("notices missing", replay=replay.pk, missing=missing, owed=not replay.is_check)
    return None


def go_on_with_all(*, nightly: bool, seconds: float = 40) -> None:
    """A slice of the oldest that is not finished: the clock's own, or those of operators."""
    waiting = Replay.objects.filter(finished_at=None, by__isnull=nightly)
    for replay in waiting.order_by("id")[:1]:
        go_on(replay, seconds=seconds)
