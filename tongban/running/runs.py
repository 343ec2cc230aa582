"""What becomes of each task: its last run and counters, kept in one row a task."""

import datetime as dt

from django.db import connection

# A task that the broker hands out for the first time has no row yet.
_STARTED = """
INSERT INTO running_taskrun (name, started_at, outcome, error, runs, failures, total_seconds)
VALUES (%s, %s, '', '', 0, 0, 0)
ON CONFLICT (name) DO UPDATE SET started_at = excluded.started_at
"""
_ENDED = """
INSERT INTO running_taskrun
  (name, finished_at, outcome, seconds, error, runs, failures, total_seconds)
VALUES (%s, %s, %s, %s, %s, 1, %s, %s)
ON CONFLICT (name) DO UPDATE SET
  finished_at = excluded.finished_at, outcome = excluded.outcome, seconds = excluded.seconds,
  error = excluded.error, runs = running_taskrun.runs + 1,
  failures = running_taskrun.failures + excluded.failures,
  total_seconds = running_taskrun.total_seconds + excluded.total_seconds
"""


def started(name: str, *, at: dt.datetime) -> None:
    """One statement. A run that is killed leaves a start without an end."""
    with connection.cursor() as cursor:
        cursor.execute(_STARTED, (name, at))


def ended(name: str, *, at: dt.datetime, seconds: float | None, error: str = "") -> None:
    """One statement. error: the exception's class; empty where the task did what it should."""
    outcome = "failed" if error else "done"
    values = (name, at, outcome, seconds, error[:120], int(bool(error)), seconds or 0.0)
    with connection.cursor() as cursor:
        cursor.execute(_ENDED, values)
