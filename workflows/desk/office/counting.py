"""What each person did on a day, counted from the ledger: pages must not read a week of events."""

from __future__ import annotations

import datetime as dt

from django.db import connection
from django.utils import timezone

from tongban.running.slots import once, today
from workflows.cases.clocks import local_day, midnight

ONE_DAY = dt.timedelta(days=1)
# Steps of the evening may still be committing.
SETTLES = dt.timedelta(minutes=10)
LOOKS_BACK_DAYS = 7
COUNT = """
INSERT INTO desk_personday AS counted (day, office_id, user_id, steps, moved)
SELECT %(day)s, office_id, actor_id, count(*), count(*) FILTER (WHERE jsonb_exists(data, 'stay'))
FROM cases_event
WHERE at >= %(begin)s AND at < %(end)s AND office_id IS NOT NULL AND actor_kind = 'staff'
    AND actor_id IS NOT NULL
GROUP BY office_id, actor_id
ON CONFLICT (office_id, day, user_id) DO UPDATE SET steps = EXCLUDED.steps, moved = EXCLUDED.moved
WHERE (counted.steps, counted.moved) <> (EXCLUDED.steps, EXCLUDED.moved)
"""


def count_people(day: dt.date) -> None:
    """One day's rows made anew from its events; idempotent, and writes only what has changed."""
    values = {"day": day, "begin": midnight(day), "end": midnight(day + ONE_DAY)}
    with connection.cursor() as cursor:
        cursor.execute(COUNT, values)


def count_people_lately() -> None:
    """Today, yesterday until it has settled, and once a day the week before, whatever was missed."""
    now = timezone.now()
    days = {local_day(now), local_day(now - SETTLES)}
    with once("desk.count_people", today()) as is_first:
        if is_first:
            days |= {local_day(now) - n * ONE_DAY for n in range(1, LOOKS_BACK_DAYS + 1)}
        for day in sorted(days):
            count_people(day)
