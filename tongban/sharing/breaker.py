"""A circuit breaker per connector, known to all processes: one row in PostgreSQL, one statement a turn.

Closed, until `FAILURES` look-ups in a row had no answer; then open: nobody asks for `COOL_OFF`, so that
people are told at once instead of after a time-out. After that one look-up goes as a probe (half-open): its
answer closes the breaker, its failure opens it anew. In PostgreSQL and not in Redis, because whether
a register may be asked belongs with what is owed to people, and survives a restart with it.
"""

from __future__ import annotations

import datetime as dt

from django.db import connection
from django.db.models import Q

from .models import Breaker

FAILURES = 3
COOL_OFF = dt.timedelta(seconds=60)
# A probe that nobody heard of again is given up, so that another may go.
PROBE = dt.timedelta(seconds=30)

_FAILED = """
INSERT INTO sharing_breaker (connector, failures, opened_at, probe_until, last_error, changed_at)
VALUES (%(connector)s, 1, CASE WHEN %(most)s <= 1 THEN %(now)s::timestamptz END, NULL, %(error)s, %(now)s)
ON CONFLICT (connector) DO UPDATE SET
    failures = sharing_breaker.failures + 1,
    opened_at = CASE WHEN sharing_breaker.failures + 1 >= %(most)s THEN EXCLUDED.changed_at
                     ELSE sharing_breaker.opened_at END,
    probe_until = NULL,
    last_error = EXCLUDED.last_error,
    changed_at = EXCLUDED.changed_at
"""


def admits(connector: str, now: dt.datetime) -> bool:
    """Whether a look-up may go out now; of an open breaker's, one goes as the probe."""
    breaker = Breaker.objects.filter(pk=connector).first()
    if breaker is None or breaker.opened_at is None:
        return True
    if now < breaker.opened_at + COOL_OFF:
        return False
    free = Q(probe_until=None) | Q(probe_until__lte=now)
    mine = Breaker.objects.filter(free, pk=connector, opened_at=breaker.opened_at)
    return mine.update(probe_until=now + PROBE, changed_at=now) == 1


def answered(connector: str, now: dt.datetime) -> None:
    """An answer, whatever it says: the way is clear."""
    troubled = Breaker.objects.filter(pk=connector).exclude(failures=0, opened_at=None)
    troubled.update(failures=0, opened_at=None, probe_until=None, last_error="", changed_at=now)


def failed(connector: str, error: str, now: dt.datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _FAILED,
            {"connector": connector, "most": FAILURES, "error": error[:200], "now": now},
        )


def open_connectors() -> dict[str, Breaker]:
    """Those that are not asked now, by code."""
    return {b.connector: b for b in Breaker.objects.exclude(opened_at=None)}
