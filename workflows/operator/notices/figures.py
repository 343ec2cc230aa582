"""How each channel stands: what waits, since when, what failed, and what went out."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Min, QuerySet

from tongban.notices.models import Channel, Notice, NoticeState

OUTSIDE = tuple(channel for channel in Channel if channel != Channel.INBOX)
# After an outage of days a million may wait: nobody needs to know which million.
COUNTED = 20_000
HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True)
class ChannelFigures:
    """One channel now. more: at least so many wait; oldest: when the oldest unsent row was written."""

    channel: Channel
    waiting: int
    more: bool
    oldest: dt.datetime | None
    failed: int
    unsure: int
    sent: int


def channel_figures(now: dt.datetime) -> list[ChannelFigures]:
    """Every channel but the inbox. Two statements, and one for each channel."""
    troubled = _count(
        Notice.objects.filter(state__in=[NoticeState.FAILED, NoticeState.UNSURE]), "state"
    )
    sent = dict(
        Notice.objects.filter(
            state=NoticeState.DELIVERED, channel__in=OUTSIDE, delivered_at__gt=now - HOUR
        )
        .exclude(channel=Channel.INBOX)
        .order_by()
        .values_list("channel")
        .annotate(Count("pk"))
    )
    return [_of(channel, troubled, sent.get(channel, 0)) for channel in OUTSIDE]


def _of(channel: Channel, troubled: dict[tuple[str, str], int], sent: int) -> ChannelFigures:
    waiting = Notice.objects.filter(channel=channel, state=NoticeState.PENDING)
    found = waiting.order_by("next_attempt_at")[: COUNTED + 1].aggregate(
        waiting=Count("pk"), oldest=Min("created_at")
    )
    return ChannelFigures(
        channel=channel,
        waiting=min(found["waiting"], COUNTED),
        more=found["waiting"] > COUNTED,
        oldest=found["oldest"],
        failed=troubled.get((channel, NoticeState.FAILED), 0),
        unsure=troubled.get((channel, NoticeState.UNSURE), 0),
        sent=sent,
    )


def _count(rows: QuerySet[Notice], by: str) -> dict[tuple[str, str], int]:
    counted = rows.order_by().values_list("channel", by).annotate(Count("pk"))
    return {(channel, value): count for channel, value, count in counted}
