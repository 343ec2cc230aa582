"""What the engine lets be watched: alarms that nobody has swept, and how much is happening."""

from __future__ import annotations

from tongban.running.probes import Kind, Probe, register, scalar

# A sweep comes by every half minute.
SWEPT_WITHIN = 300.0
# By the alarm's index: its least value.
OLDEST_ALARM = """
SELECT extract(epoch FROM %(now)s - min(next_alarm_at)) FROM cases_case
WHERE next_alarm_at <= %(now)s
"""
# Numbers that were drawn and not used are counted too: a few in a million.
TRANSITIONS = "SELECT coalesce(pg_sequence_last_value('cases_event_id_seq'), 0)"
# Ten thousand of the newest at most, so that no table is too large to ask.
LAST_MINUTE = """
SELECT count(*) FROM (SELECT recorded_at FROM cases_event ORDER BY id DESC LIMIT 10000) AS newest
WHERE recorded_at > %(now)s - interval '1 minute'
"""


def begin() -> None:
    register(Probe("unswept_alarm", "时限提醒", Kind.AGE, scalar(OLDEST_ALARM), limit=SWEPT_WITHIN))
    register(Probe("transitions", "流转", Kind.COUNTER, scalar(TRANSITIONS)))
    register(Probe("transitions_last_minute", "最近一分钟的流转", Kind.GAUGE, scalar(LAST_MINUTE)))
