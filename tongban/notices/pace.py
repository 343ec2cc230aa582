"""How fast a channel is drained, and what goes first.

After an outage of hours thousands of messages wait. They go out at a rate that neither the mail
server nor the gateway takes for abuse, and that leaves offices time to answer who calls back.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet

from tongban.notices.models import Notice, NoticeState

MINUTE = timedelta(minutes=1)


def rate_of(channel: str) -> int | None:
    """How many a minute; None: as many as there are."""
    rate: int | None = settings.NOTICES_A_MINUTE.get(channel)
    return rate


def allowance(channel: str, now: datetime) -> int | None:
    """How many more may go out by this channel at this moment; None: as many as there are.

    What has gone out within the last minute counts, and what is going out. Two statements over as
    many index entries as go out in a minute; several workers may exceed it by a batch each.
    """
    rate = rate_of(channel)
    if rate is None:
        return None
    gone = Notice.objects.filter(
        state=NoticeState.DELIVERED, channel=channel, delivered_at__gt=now - MINUTE
    ).exclude(channel="inbox")
    going = Notice.objects.filter(state=NoticeState.SENDING, channel=channel, claimed_until__gt=now)
    return max(0, rate - gone.count() - going.count())


def free(channel: str, now: datetime) -> QuerySet[Notice]:
    """What is due by this channel and in nobody's hands."""
    return Notice.objects.filter(
        Q(claimed_until=None) | Q(claimed_until__lte=now),
        state=NoticeState.PENDING,
        channel=channel,
        next_attempt_at__lte=now,
    )


def turns(channel: str, now: datetime) -> tuple[QuerySet[Notice], QuerySet[Notice]]:
    """Whose turn it is: first what has a deadline, the nearest first; then what has been due longest.

    Each queue is the front of an index of its own, and ordered by nothing else: a hundred thousand
    may become due at one eight o'clock, and to sort those costs 150 ms a batch.
    """
    due = free(channel, now)
    return (
        due.filter(useful_until__isnull=False).order_by("useful_until"),
        due.order_by("next_attempt_at"),
    )
