"""The probes of this layer: notices that wait, and the calendar's last announced day."""

from __future__ import annotations

import datetime as dt

from django.db import connection
from django.utils import timezone

from .probes import Kind, Probe, register, scalar

# Each channel's longest due row, by the index of what is due; one look each, however many wait.
_OLDEST = """
SELECT channels.channel, extract(epoch FROM %(now)s - oldest.due_at)
FROM unnest(%(channels)s::text[]) AS channels (channel), LATERAL (
  SELECT next_attempt_at AS due_at FROM notices_notice
  WHERE state = 'pending' AND channel = channels.channel AND next_attempt_at <= %(now)s
  ORDER BY next_attempt_at LIMIT 1
) AS oldest
"""
# Of the few rows that are not settled, each by the partial index that holds no others.
_OPEN = """
SELECT channel, 'pending', count(*) FROM notices_notice WHERE state = 'pending' GROUP BY channel
UNION ALL
SELECT channel, 'sending', count(*) FROM notices_notice WHERE state = 'sending' GROUP BY channel
UNION ALL
SELECT channel, state, count(*) FROM notices_notice WHERE state IN ('failed', 'unsure')
GROUP BY channel, state
"""
# A year whose days off the State Council has not announced by its December is an alarm.
ALARM_MONTH = 12


def oldest_unsent(now: dt.datetime) -> dict[str, float]:
    """By channel, the seconds for which the longest due notice has been due. One statement."""
    from tongban.notices.models import Channel

    channels = [each for each in Channel.values if each != Channel.INBOX]
    with connection.cursor() as cursor:
        cursor.execute(_OLDEST, {"now": now, "channels": channels})
        return {channel: float(seconds) for channel, seconds in cursor.fetchall()}


def open_notices() -> dict[tuple[str, str], int]:
    """By channel and state, the notices that are not settled. One statement, index-only but for failures."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN)
        return {(channel, state): count for channel, state, count in cursor.fetchall()}


def unannounced_year(now: dt.datetime) -> int | None:
    """The year whose calendar is missing although it should be there; else None. One statement."""
    from tongban.offices.models import CalendarDay

    today = timezone.localdate(now)
    days = CalendarDay.objects.filter(announced=True, region=None).order_by("-day")
    last = days.values_list("day", flat=True).first()
    wanted = today.year + (today.month >= ALARM_MONTH)
    return wanted if last is None or last.year < wanted else None


def begin() -> None:
    register(
        Probe(
            "notices_written",
            "写下的通知",
            Kind.COUNTER,
            scalar("SELECT coalesce(pg_sequence_last_value('notices_notice_id_seq'), 0)"),
        )
    )
