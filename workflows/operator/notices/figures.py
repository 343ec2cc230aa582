"""How each channel stands: what waits, since when, what failed, and what went out."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Min, QuerySet

from tongban.notices.models import Channel, Notice, NoticeState, Outage
from tongban.notices.pace import rate_of

OUTSIDE = tuple(channel for channel in Channel if channel != Channel.INBOX)
# After an outage of days a million may wait: nobody needs to know which million.
COUNTED = 5_000
HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True)
class ChannelFigures:
    """One channel now.

    more: at least so many wait; oldest: when the oldest unsent row was written, age: in words;
    rate: how many a minute go out at most, None: no limit.
    """

    code: str
    name: str
    outage: Outage | None
    waiting: int
    more: bool
    oldest: dt.datetime | None
    age: str
    failed: int
    unsure: int
    sent: int
    rate: int | None


def channel_figures(now: dt.datetime) -> list[ChannelFigures]:
    """Every channel but the inbox. Three statements, and one for each channel."""
    out = {outage.channel: outage for outage in Outage.objects.filter(ended_at=None)}
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
    return [
        _of(channel, now, out.get(channel), troubled, sent.get(channel, 0)) for channel in OUTSIDE
    ]


def _of(
    channel: Channel,
    now: dt.datetime,
    outage: Outage | None,
    troubled: dict[tuple[str, str], int],
    sent: int,
) -> ChannelFigures:
    waiting = Notice.objects.filter(channel=channel, state=NoticeState.PENDING)
    found = waiting.order_by("next_attempt_at")[: COUNTED + 1].aggregate(
        waiting=Count("pk"), oldest=Min("created_at")
    )
    return ChannelFigures(
        code=channel.value,
        name=str(channel.label),
        outage=outage,
        waiting=min(found["waiting"], COUNTED),
        more=found["waiting"] > COUNTED,
        oldest=found["oldest"],
        age=age_words(now - found["oldest"]) if found["oldest"] else "—",
        failed=troubled.get((channel, NoticeState.FAILED), 0),
        unsure=troubled.get((channel, NoticeState.UNSURE), 0),
        sent=sent,
        rate=rate_of(channel),
    )


def age_words(age: dt.timedelta) -> str:
    """2 天 3 小时, 3 小时 20 分, 5 分: the two largest units."""
    minutes = max(0, int(age.total_seconds()) // 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} 天 {hours} 小时"
    return f"{hours} 小时 {rest} 分" if hours else f"{rest} 分"


def _count(rows: QuerySet[Notice], by: str) -> dict[tuple[str, str], int]:
    counted = rows.order_by().values_list("channel", by).annotate(Count("pk"))
    return {(channel, value): count for channel, value, count in counted}
