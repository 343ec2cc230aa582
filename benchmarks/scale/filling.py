"""Filling: millions of cases out of the moulds, by plain INSERT … SELECT, indexes made afterwards."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, connections
from django.utils import timezone

from .copying import CASE, ELSEWHERE, EVENT, ITEM, NOTICE, OTHERS, PARCEL, Copying
from .moulds import CASES_A_CITIZEN, SPREADS, STAYS_PER_MILLE, copied

OPEN_PER_MILLE = 30
A_DAY = 15_000
OLDER_DAYS = 730
# Cases are copied in portions of this many, events day by day in windows of about as many.
PORTION = 250_000
LARGE = [c.table for c in (CASE, EVENT, ITEM, NOTICE, PARCEL, *OTHERS)]


@dataclass(frozen=True)
class Filled:
    """What one filling did. rows: by table; seconds: by part."""

    rows: dict[str, int]
    seconds: dict[str, float]

    @property
    def rows_a_second(self) -> int:
        return round(sum(self.rows.values()) / sum(self.seconds.values()))


def fill(*, have: int, want: int, day: int = A_DAY) -> Filled:
    """From `have` to `want` copies: the last weeks at `day` cases a day, the rest in the two years before."""
    seconds: dict[str, float] = {}
    rows: dict[str, int] = {}
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for setting, value in [
            ("work_mem", "256MB"),
            ("maintenance_work_mem", "512MB"),
            ("max_parallel_maintenance_workers", "2"),
            ("synchronous_commit", "off"),
            ("jit", "off"),
        ]:
            cursor.execute(f"SET {setting} = '{value}'")
    with _timed(seconds, "people"):
        rows["accounts_user"] = _add_citizens(want // CASES_A_CITIZEN)
    with _timed(seconds, "plan"):
        first = _plan(have=have, want=want, day=day, now=now)
    with _without_indexes(seconds):
        _copy_all(first, now, rows, seconds)
    with _timed(seconds, "questions"):
        rows["cases_enquiry"] = _ask(first, now)
    with _timed(seconds, "vacuum"), connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("RESET ALL")
    return Filled(rows, {part: round(took, 1) for part, took in seconds.items()})


def _add_citizens(want: int) -> int:
    """As many as there should be; how many were added."""
    person = {
        "username": "'bench-citizen-' || base.had + n",
        "id_number_index": "md5('id' || base.had + n) || md5('x' || base.had + n)",
        "phone_index": "md5('phone' || base.had + n) || md5('x' || base.had + n)",
        "is_demonstration": "false",
    }
    names, values = copied("accounts_user", "u", person)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_user WHERE username LIKE 'bench-citizen-%%'")
        missing = want - int(cursor.fetchone()[0])
        cursor.execute(
            f"INSERT INTO accounts_user ({names}) SELECT {values}"  # noqa: S608
            " FROM (SELECT max(id) AS had FROM accounts_user) base,"
            " generate_series(1, %s) AS n JOIN LATERAL (SELECT * FROM bench.person"
            " WHERE nth = n %% (SELECT count(*) FROM bench.person)) AS u ON true",
            [missing],
        )
        return int(cursor.rowcount)


def prepare() -> None:
    """What filling draws on besides the moulds: people to be like, and each mould's last notice."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bench.person AS SELECT row_number() OVER (ORDER BY id) - 1 AS nth, u.*"
            " FROM accounts_user u WHERE kind = 'citizen' AND is_demonstration"
        )
        cursor.execute("CREATE INDEX ON bench.person (nth)")
        cursor.execute("ALTER TABLE bench.mould ADD COLUMN last_notice bigint")
        cursor.execute(
            "UPDATE bench.mould t SET last_notice = (SELECT max(id) FROM notices_notice n"
            " WHERE n.subject_kind = 'case' AND n.subject_key = t.number AND n.user_id = t.user_id)"
        )
        cursor.execute(
            "CREATE TABLE bench.plan (id bigint, mould bigint, k int, shift interval, days int,"
            " opened_on date, user_id bigint, is_open bool, number text)"
        )
    _keep_rows()


def _keep_rows() -> None:
    """The moulds' own rows, table by table: once filled, the tables are no place to look them up in."""
    with connection.cursor() as cursor:
        for table in LARGE:
            rows = ELSEWHERE.get(
                table,
                f"SELECT r.case_id AS mould, r.* FROM {table} r JOIN bench.mould t ON t.id = r.case_id",  # noqa: S608
            )
            cursor.execute(f"CREATE TABLE bench.rows_{table} AS {rows}")
            cursor.execute(f"CREATE INDEX ON bench.rows_{table} (mould)")
            cursor.execute(f"ANALYZE bench.rows_{table}")


PLAN = """
INSERT INTO bench.plan
WITH drawn AS (
    SELECT n, n > %(closed)s AS is_open,
        abs(hashint8extended(n, 1)) AS luck, abs(hashint8extended(n, 2)) AS place,
        abs(hashint8extended(n, 3)) AS person,
        CASE WHEN n <= %(older)s
             THEN %(days_end)s + %(older_days)s - (n * %(older_days)s / (%(older)s + 1))
             ELSE %(days_end)s - 1 - (n - %(older)s) * %(lately_days)s / (%(lately)s + 1)
        END AS age
    FROM generate_series(1::bigint, %(all)s) AS n
), moulds AS (
    SELECT *, row_number() OVER (PARTITION BY is_open ORDER BY days, id) - 1 AS nth
    FROM bench.mould
), by_age AS (
    SELECT age, GREATEST(1, count(*) FILTER (WHERE days <= age AND NOT is_open)) AS n
    FROM generate_series(0, 3000) AS age, moulds GROUP BY age
), opens AS (SELECT count(*) AS n FROM moulds WHERE is_open),
chosen AS (
    SELECT d.*, CASE WHEN d.is_open THEN d.luck %% opens.n ELSE d.luck %% a.n END AS nth
    FROM drawn d CROSS JOIN opens LEFT JOIN by_age a ON a.age = d.age
), shaped AS (
    SELECT c.n, c.is_open, m.id AS mould, c.place, c.person,
        CASE WHEN NOT c.is_open THEN %(today)s - c.age::int - m.opened_on
             WHEN m.has_timer THEN 0 ELSE -(c.place / 7 %% 4)::int END AS days,
        m.opened_on
    FROM chosen c JOIN moulds m ON (m.is_open, m.nth) = (c.is_open, c.nth)
)
SELECT %(first)s + n - 1, mould, k, days * interval '1 day', days, opened_on + days,
    CASE WHEN person %% 2500 = 0 THEN %(first_user)s
         ELSE %(first_user)s + person %% (%(last_user)s - %(first_user)s + 1) END,
    is_open,
    regexp_replace(at.origin_region_id, '[^0-9]', '0', 'g') || to_char(opened_on + days, 'YYMMDD')
        || lpad((%(first)s + n - 1)::text, 8, '0')
FROM (SELECT *, CASE WHEN place %% 1000 < %(stays)s THEN 0
                     ELSE 1 + place / 1000 %% %(spreads)s END AS k FROM shaped) s
JOIN bench.placed at USING (mould, k)
"""


def _plan(*, have: int, want: int, day: int, now: dt.datetime) -> int:
    """One line for each copy to be made: of which mould, when, where and whose. The first new id."""
    more_open = (want - have) * OPEN_PER_MILLE // 1000
    closed = want - have - more_open
    day = min(day, max(1, closed * 6 // 10 // 30))
    recent = min(90, closed * 6 // 10 // day)
    begun = recent if not have else min(90, have * 6 // 10 // day)
    days = range(begun if have else 0, max(recent, begun + 1))
    lately = min(closed, day * len(days))
    today = timezone.localdate(now)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE bench.plan")
        cursor.execute("SELECT max(id) + 1 FROM cases_case")
        (first,) = cursor.fetchone()
        cursor.execute(
            "SELECT max(id), min(id) FROM accounts_user WHERE username LIKE 'bench-citizen-%%'"
        )
        last_user, first_user = cursor.fetchone()
        cursor.execute(
            PLAN,
            {
                "all": want - have,
                "closed": closed,
                "lately": lately,
                "lately_days": len(days),
                "days_end": days.stop,
                "older": closed - lately,
                "older_days": OLDER_DAYS,
                "today": today,
                "first": first,
                "first_user": first_user,
                "last_user": last_user,
                "stays": STAYS_PER_MILLE,
                "spreads": SPREADS,
            },
        )
        cursor.execute("CREATE INDEX IF NOT EXISTS plan_id ON bench.plan (id)")
        cursor.execute("CREATE INDEX IF NOT EXISTS plan_day ON bench.plan (opened_on)")
        cursor.execute("VACUUM ANALYZE bench.plan")
    return int(first)


def _copy_all(
    first: int, now: dt.datetime, rows: dict[str, int], seconds: dict[str, float]
) -> None:
    """Cases and what hangs on them on one connection, their events on another."""
    failed: list[BaseException] = []

    def events() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET session_replication_role = replica")
                cursor.execute("SET work_mem = '256MB'")
                cursor.execute("SET jit = off")
                cursor.execute("SET synchronous_commit = off")
            rows[EVENT.table] = _copy_events(now)
        except BaseException as problem:
            failed.append(problem)
            raise
        finally:
            connections.close_all()

    with _timed(seconds, "rows"):
        other = threading.Thread(target=events)
        other.start()
        for copying in (CASE, *OTHERS, PARCEL, ITEM, NOTICE):
            rows[copying.table] = _copy(copying, first, now)
        other.join()
    if failed:
        raise failed[0]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('cases_case', 'id'), max(id)) FROM cases_case"
        )


def _copy(copying: Copying, first: int, now: dt.datetime) -> int:
    """Portion by portion; how many rows."""
    changed = copying.changed
    if copying.table not in ELSEWHERE:
        changed = {"case_id": "p.id", **changed}
    names, values = copied(copying.table, "r", changed)
    statement = (
        f"INSERT INTO {copying.table} ({names}) SELECT {values}"  # noqa: S608
        f" FROM bench.kept, bench.plan p JOIN bench.mould t ON t.id = p.mould"
        f" JOIN bench.placed at ON at.mould = p.mould AND at.k = p.k"
        f" JOIN {copying.rows} r ON r.mould = p.mould {copying.joins}"
        f" WHERE {copying.which} AND p.id >= %(begin)s AND p.id < %(end)s {copying.order}"
    )
    done = 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM bench.plan")
        (last,) = cursor.fetchone()
        for begin in range(first, last + 1, PORTION):
            cursor.execute(
                _escaped(statement),
                {"begin": begin, "end": begin + PORTION, "now": now, "midnight": _midnight(now)},
            )
            done += cursor.rowcount
    return done


def _copy_events(now: dt.datetime) -> int:
    """In the order of time, as they would have come: the index on time depends on it."""
    names, values = copied(EVENT.table, "r", EVENT.changed)
    statement = (
        f"INSERT INTO {EVENT.table} ({names}) SELECT {values}"  # noqa: S608
        " FROM bench.kept, bench.plan p JOIN bench.step s ON s.mould = p.mould"
        " AND p.opened_on + s.day::int >= %(begin)s AND p.opened_on + s.day::int < %(end)s"
        f" JOIN {EVENT.rows} r ON r.id = s.id"
        f" JOIN bench.placed at ON at.mould = p.mould AND at.k = p.k {EVENT.joins}"
        " WHERE p.opened_on >= %(begin)s - 45 AND p.opened_on < %(end)s"
        f" ORDER BY {EVENT.changed['at']}, p.id, r.seq"
    )
    done = 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(opened_on) FROM bench.plan")
        (day,) = cursor.fetchone()
        today = timezone.localdate(now)
        while day <= today:
            length = 20 if (today - day).days > 120 else 8
            cursor.execute(
                _escaped(statement),
                {
                    "begin": day,
                    "end": day + dt.timedelta(days=length),
                    "now": now,
                    "midnight": _midnight(now),
                },
            )
            done += cursor.rowcount
            day += dt.timedelta(days=length)
    return done


def _escaped(statement: str) -> str:
    """A remainder's sign is no placeholder's."""
    return statement.replace(" % ", " %% ")


def _midnight(now: dt.datetime) -> dt.datetime:
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)


def _ask(first: int, now: dt.datetime) -> int:
    """A question about one open case in fifty, a 督办 about one late one in ten, half of them answered."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_enquiry (case_id, kind, text, asker_name, asked_at, office_id, due_at,"
            " answer, answered_at)"
            " SELECT id, CASE WHEN due_at < %(now)s THEN 'supervision' ELSE 'question' END,"
            " '什么时候能办好', '督办人员', entered_at, holder_office_id, %(now)s, '',"
            " CASE WHEN id %% 2 = 0 THEN %(now)s END"
            " FROM cases_case WHERE id >= %(first)s AND closed_at IS NULL"
            " AND holder_office_id IS NOT NULL"
            " AND (id %% 50 = 0 OR (due_at < %(now)s AND id %% 10 = 1))",
            {"first": first, "now": now},
        )
        return int(cursor.rowcount)


@contextmanager
def _without_indexes(seconds: dict[str, float]) -> Iterator[None]:
    """Drops what can be made again in one go: every index but the primary keys."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)"
            " FROM pg_constraint WHERE contype = 'u' AND conrelid = ANY(%s::regclass[])"
            " AND conrelid <> 'cases_parcel'::regclass",
            [LARGE],
        )
        unique: Sequence[tuple[str, str, str]] = cursor.fetchall()
        for table, name, _ in unique:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        cursor.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
            " WHERE indrelid = ANY(%s::regclass[]) AND NOT indisprimary"
            " AND indrelid <> 'cases_parcel'::regclass",
            [LARGE],
        )
        indexes: Sequence[tuple[str, str]] = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
    try:
        yield
    finally:
        with _timed(seconds, "indexes"), connection.cursor() as cursor:
            for _, definition in indexes:
                cursor.execute(definition)
            for table, name, definition in unique:
                cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')


@contextmanager
def _timed(seconds: dict[str, float], part: str) -> Iterator[None]:
    begun = time.perf_counter()
    try:
        yield
    finally:
        seconds[part] = seconds.get(part, 0) + time.perf_counter() - begun
