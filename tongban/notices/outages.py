"""When a channel reaches nobody: declared by a person, or seen because nothing goes out."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max, Min, Q

from tongban.notices.judging import HELD_BACK
from tongban.notices.models import Channel, Notice, NoticeState, Outage

logger = structlog.get_logger(__name__)

# What reaches people; a system that does not answer is its own keepers' affair.
WATCHED = (Channel.EMAIL.value, Channel.SMS.value)
# A channel that is down is tried again after a minute (`delivering`).
SOON = timedelta(minutes=1)
REMEMBERED_SECONDS = 15.0


class AlreadyOut(Exception):
    """The channel has an open outage."""


def declare(*, channel: str, since: datetime, by: int | None, reason: str = "") -> Outage:
    """Say that nobody is reached by this channel; by None: the check saw it. Raises AlreadyOut."""
    try:
        with transaction.atomic():
            outage = Outage.objects.create(
                channel=channel, since=since, declared_by_id=by, reason=reason
            )
    except IntegrityError:
        raise AlreadyOut(channel) from None
    logger.warning("channel out", channel=channel, since=since.isoformat(), by=by)
    forget()
    return outage


def end(outage_id: int, *, at: datetime, by: int | None) -> bool:
    """It is over; False if it was already. What waits is judged again and drained at its pace."""
    ended = Outage.objects.filter(pk=outage_id, ended_at=None, since__lte=at).update(
        ended_at=at, ended_by_id=by
    )
    forget()
    return bool(ended)


def watch(now: datetime) -> None:
    """Open an outage where rows wait and nothing has gone out for minutes; close what works again.

    What a person declared, a person ends: they may know more than one message that got through.
    Four statements a channel at most.
    """
    silence = timedelta(minutes=settings.NOTICE_SILENCE_MINUTES)
    for channel in WATCHED:
        outage = Outage.objects.filter(channel=channel, ended_at=None).first()
        last = _last_sent(channel)
        if outage is not None:
            if outage.declared_by_id is None and last is not None and last > outage.since:
                end(outage.pk, at=last, by=None)
            continue
        stuck = _stuck_since(channel, now, silence)
        if stuck is not None and (last is None or last <= now - silence):
            since = max(stuck, last) if last else stuck
            try:
                declare(channel=channel, since=since, by=None, reason="有通知待发，却一直没有发出")
            except AlreadyOut:
                continue


def _last_sent(channel: str) -> datetime | None:
    rows = Notice.objects.filter(state=NoticeState.DELIVERED, channel=channel)
    found: datetime | None = rows.exclude(channel=Channel.INBOX).aggregate(
        last=Max("delivered_at")
    )["last"]
    return found


def _stuck_since(channel: str, now: datetime, silence: timedelta) -> datetime | None:
    """Since when something should have gone out; None if nothing has waited that long.

    Due for so long; or tried just now in vain, without a try being used up: the channel was down.
    What waits for the morning is neither.
    """
    waiting = Notice.objects.filter(channel=channel, state=NoticeState.PENDING)
    overdue = waiting.filter(next_attempt_at__lte=now - silence)
    since: datetime | None = overdue.aggregate(first=Min("next_attempt_at"))["first"]
    if since is not None:
        return since
    tried = waiting.filter(
        Q(next_attempt_at__lte=now + SOON), attempts=0, created_at__lte=now - silence
    ).exclude(last_error__in=("", *HELD_BACK))
    found: datetime | None = tried.aggregate(first=Min("created_at"))["first"]
    return found


_known: tuple[float, tuple[str, ...]] = (0.0, ())


def channels_out() -> tuple[str, ...]:
    """The channels that are out, as this process last heard: no SQL but once in fifteen seconds."""
    global _known
    expires, known = _known
    if time.monotonic() >= expires:
        open_ones = Outage.objects.filter(ended_at=None).order_by("channel")
        known = tuple(open_ones.values_list("channel", flat=True))
        remember(known)
    return known


def remember(channels: Iterable[str]) -> None:
    """What every page of this process says for the next fifteen seconds."""
    global _known
    _known = (time.monotonic() + REMEMBERED_SECONDS, tuple(channels))


def forget() -> None:
    """Ask again at the next page."""
    global _known
    _known = (0.0, ())
