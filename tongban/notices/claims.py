"""Which worker has which notices: claims in batches, given back when there is no time for them.

A batch is one short transaction for fifty notices instead of one each. What it costs is that a
worker killed in the middle leaves up to fifty claims to run out; so each of those is claimed
alone the next time, and a notice that takes its workers down takes no others with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import F

from .models import Notice, NoticeState
from .pace import turns

logger = structlog.get_logger(__name__)

CLAIM = timedelta(minutes=2)
MAX_ATTEMPTS = 8
BATCH = 50


def settle_abandoned(channel: str, orphaned: NoticeState, now: datetime) -> None:
    """Rows handed over by a worker that fell silent: in doubt, or free to be asked about."""
    left = Notice.objects.filter(channel=channel, state=NoticeState.SENDING, claimed_until__lte=now)
    if orphaned == NoticeState.PENDING:
        changed = left.update(
            state=orphaned,
            claimed_until=None,
            next_attempt_at=now,
            last_error="发送时中断，先向短信平台查询",
        )
    else:
        changed = left.update(state=orphaned, last_error="发送时中断，对方可能已收到")
    if changed:
        logger.warning("abandoned notices", channel=channel, count=changed, now_are=orphaned)


def claim(channel: str, now: datetime, *, most: int = BATCH) -> list[Notice]:
    """The notices of a channel that have been due longest, ours for two minutes. May be empty."""
    while True:
        with transaction.atomic():
            due = _due(channel, now, most)
            if not due:
                return []
            if due[0].claimed_until is None:
                return _take([notice for notice in due if notice.claimed_until is None], now)
            if due[0].attempts < MAX_ATTEMPTS:
                return _take(due[:1], now)
            _give_up(due[0])


def _due(channel: str, now: datetime, most: int) -> list[Notice]:
    """Locked, in the order of their turns."""
    found: list[Notice] = []
    for turn in turns(channel, now):
        if len(found) < most:
            rows = turn.select_for_update(of=("self",), skip_locked=True).select_related("user")
            seen = [notice.pk for notice in found]
            found += (rows.exclude(pk__in=seen) if seen else rows)[: most - len(found)]
    return found


def _take(notices: list[Notice], now: datetime) -> list[Notice]:
    until = now + CLAIM
    Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(
        claimed_until=until, attempts=F("attempts") + 1
    )
    for notice in notices:
        notice.claimed_until = until
        notice.attempts += 1
    return notices


def _give_up(notice: Notice) -> None:
    Notice.objects.filter(pk=notice.pk).update(
        state=NoticeState.FAILED, claimed_until=None, last_error="发送进程每次都中断"
    )
    logger.warning("abandoned notice", notice=notice.pk)


def release(notices: Iterable[Notice]) -> None:
    """Give claimed notices back that were not tried; no try is used up."""
    waiting = list(notices)
    if waiting:
        Notice.objects.filter(
            pk__in=[notice.pk for notice in waiting],
            state=NoticeState.PENDING,
            claimed_until=waiting[0].claimed_until,
        ).update(claimed_until=None, attempts=F("attempts") - 1)
