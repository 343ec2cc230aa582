"""What runs beside the pages: the sweep, the recount of a day, the drain of a backlog of notices."""

from __future__ import annotations

import datetime as dt
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.test import override_settings
from django.utils import timezone

from tongban.notices.dispatch import deliver_due
from workflows.cases.sweep import newly_due, sweep_deadlines
from workflows.throughput.counting import count_today, recount
from workflows.throughput.tallies import events_of

from .pages import Watch
from .server import alone, server_seconds

NEWLY_DUE = 11_000
BACKLOG = 20_000
MOST_FINDING_MS = 100.0

# The first clock that runs of each case comes due now, in its JSON as in the columns.
_COME_DUE = """
WITH chosen AS (
    SELECT c.id, clock FROM cases_case c, LATERAL (
        SELECT clock FROM unnest(ARRAY['promise', 'statutory', 'hop']) AS clock
        WHERE c.clocks #>> ARRAY[clock, 'due_at'] IS NOT NULL AND NOT c.clocks -> clock ? 'stopped_at'
        LIMIT 1) AS running
    WHERE c.closed_at IS NULL AND c.due_at > %(now)s AND NOT c.clocks ? 'timer' LIMIT %(most)s
)
UPDATE cases_case c SET next_alarm_at = %(due)s, due_at = %(due)s,
    clocks = jsonb_set(clocks, ARRAY[clock, 'due_at'], to_jsonb(%(due)s::timestamptz))
FROM chosen WHERE chosen.id = c.id
"""


def sweep(*, newly: int = NEWLY_DUE) -> dict[str, Any]:
    """Finding what has newly come due, and telling of it; all of it is rolled back."""
    sweep_deadlines(seconds=600)
    now = timezone.now()
    found, watch = 0, Watch()
    with alone(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_COME_DUE, {"now": now, "due": now, "most": newly})
        finding = Watch()
        with connection.execute_wrapper(finding):
            worked, place = server_seconds(), None
            while rows := newly_due(now, after=place):
                found, place = found + len(rows), rows[-1]
            find_ms = _since(worked, finding)
        worked, begun = server_seconds(), time.perf_counter()
        with connection.execute_wrapper(watch):
            swept = sweep_deadlines(now=now, seconds=600)
        seconds, sql_ms = time.perf_counter() - begun, _since(worked, watch)
        transaction.set_rollback(True)
    return {
        "newly due": found,
        "finding them, ms of SQL": round(find_ms, 1),
        "finding is quick enough": find_ms <= MOST_FINDING_MS,
        "statements to find": finding.statements,
        "words owed": swept.colours,
        "failed": swept.failed,
        "the whole sweep, s": round(seconds, 1),
        "statements in all": watch.statements,
        "statements a case": round(watch.statements / max(swept.cases, 1), 3),
        "ms of SQL a case": round(sql_ms / max(swept.cases, 1), 3),
    }


def count(*, rounds: int = 3) -> dict[str, Any]:
    """Counting yesterday again, and today as the worker does every half minute."""
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    count_today()
    recount(yesterday)
    with alone():
        bare = min(_worked(lambda: events_of(yesterday).count()) for _ in range(rounds))
    again = min(_worked(lambda: recount(yesterday)) for _ in range(rounds))
    today = min(_worked(count_today) for _ in range(rounds))
    return {
        "events of yesterday": recount(yesterday).events,
        "bare count of them, ms of SQL": round(bare, 1),
        "recount of yesterday, ms of SQL": round(again, 1),
        "recount / bare count": round(again / bare, 1),
        "count of today, ms of SQL": round(today, 1),
    }


def drain(*, rows: int = BACKLOG, seconds: float = 60) -> dict[str, Any]:
    """A backlog of e-mail to a real mail server, as many as go in `seconds`; the rest is deleted."""
    now = _ten_in_the_morning()
    owed = _owe(rows, now)
    watch, begun, sent = Watch(), time.perf_counter(), Counter[str]()
    try:
        with (
            _mail_server() as port,
            override_settings(EMAIL_HOST="127.0.0.1", EMAIL_PORT=port, NOTICES_A_MINUTE={}),
            connection.execute_wrapper(watch),
        ):
            while time.perf_counter() - begun < seconds:
                done = deliver_due(
                    channels=["email"], limit=1000, now=now, budget=dt.timedelta(seconds=20)
                )
                sent += Counter({"sent": done.sent, "failed": done.failed})
                if not done.sent:
                    break
        took = time.perf_counter() - begun
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM notices_notice WHERE event_key LIKE 'bench:drain:%%'")
    count = max(sent["sent"], 1)
    return {
        "backlog": owed,
        "sent": sent["sent"],
        "failed": sent["failed"],
        "seconds": round(took, 1),
        "a second, by one worker": round(sent["sent"] / took, 1),
        "statements each": round(watch.statements / count, 2),
        "ms of waiting for SQL each": round(watch.seconds * 1000 / count, 2),
    }


def _owe(rows: int, now: dt.datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_user SET email = 'someone@example.org' WHERE username LIKE 'bench-citizen-%%'"
            " AND id IN (SELECT id FROM accounts_user WHERE username LIKE 'bench-citizen-%%' LIMIT %s)",
            [rows],
        )
        cursor.execute(
            "INSERT INTO notices_notice (event_key, channel, recipient, user_id, template, context,"
            " subject_kind, subject_key, state, next_attempt_at, created_at)"
            " SELECT 'bench:drain:' || u.id, 'email', 'user:' || u.id, u.id, n.template, n.context,"
            " '', '', 'pending', %s, %s"
            " FROM (SELECT id FROM accounts_user WHERE email = 'someone@example.org' LIMIT %s) u,"
            " (SELECT template, context FROM notices_notice WHERE template = 'concluded'"
            "  AND channel = 'inbox' ORDER BY id LIMIT 1) n",
            [now - dt.timedelta(minutes=1), now - dt.timedelta(minutes=1), rows],
        )
        return int(cursor.rowcount)


@contextmanager
def _mail_server() -> Iterator[int]:
    """The demonstration's own, on a port of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "mail_server"]
        server = subprocess.Popen(  # noqa: S603
            [*command, "--port", str(port), "--folder", folder], stdout=subprocess.DEVNULL
        )
        try:
            _wait_for(port)
            yield port
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait()


def _wait_for(port: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError("the mail server did not come up")


def _ten_in_the_morning() -> dt.datetime:
    """The last one that has been: nobody is written to at night."""
    morning = timezone.localtime().replace(hour=10, minute=0, second=0, microsecond=0)
    return morning if morning <= timezone.now() else morning - dt.timedelta(days=1)


def _worked(job: Any) -> float:
    """Milliseconds that the server worked for it."""
    watch, worked = Watch(), server_seconds()
    with connection.execute_wrapper(watch):
        job()
    return _since(worked, watch)


def _since(worked: float | None, watch: Watch) -> float:
    done = server_seconds()
    seconds = watch.seconds if worked is None or done is None else done - worked
    return seconds * 1000
