"""How long a clerk's lists take among 200,000 open cases: `python -m benchmarks.desk_queue [--cases N]`.

Makes a database of its own beside the configured one, fills it past the engine, opens every list as
a browser would for a clerk whose office has a tenth of all cases, and drops it. Prints for each page
its statements and its milliseconds (the best of fifteen), in all and in SQL, among 1,000 cases and
among all. Exit 1 where a page takes more than 12 statements, or where the database would read the
table of cases from end to end for it.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import django

if TYPE_CHECKING:
    from django.test import Client

    from tongban.accounts.models import User

STATEMENTS_AT_MOST = 12
FEW, MANY = 1_000, 200_000
ROUNDS = 15


@dataclass(frozen=True)
class Measured:
    """One page: statements, milliseconds in all and in SQL, rows shown, reads of the whole table."""

    statements: int
    ms: float
    sql_ms: float
    rows: int
    whole_reads: int


class Stopwatch:
    """Counts the seconds that a connection spends on statements (`connection.execute_wrapper`)."""

    seconds = 0.0

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        begun = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds += time.perf_counter() - begun


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=MANY, help="open cases, and as many closed")
    cases = parser.parse_args(arguments).cases
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.settings")
    django.setup()
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases

    setup_test_environment()
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        few, many = _measured(cases)
    finally:
        teardown_databases(databases, verbosity=0)
    return _report(few, many, cases)


def _measured(cases: int) -> list[dict[str, Measured]]:
    """Every page among a thousand cases, then among all of them."""
    from benchmarks.filling import fill_cases, fill_enquiries, ground

    clerk, office, matter = ground()
    measured, begin = [], 1
    for end in (FEW, cases):
        fill_cases(clerk, office, matter, begin=begin, end=end)
        # Numbers of their own, beyond those of the open ones.
        far = 10 * cases
        fill_cases(clerk, office, matter, begin=far + begin, end=far + end, closed=True)
        fill_enquiries(office, share=20)
        measured.append({name: _opened(clerk, path) for name, path in _pages(office, matter)})
        begin = end + 1
    return measured


def _pages(office: int, matter: int) -> Iterator[tuple[str, str]]:
    from workflows.cases.models import Case
    from workflows.desk.queue.keyset import Place

    here = Case.objects.filter(closed_at=None, holder_office=office).order_by("due_at", "id")
    deep = here[here.count() * 9 // 10]
    state = "collect_forward.submitted"
    yield "office", "view=office"
    yield "office, nine tenths down", f"view=office&after={Place(deep.due_at, deep.pk)}"
    yield "office, one matter", f"view=office&matter={matter}"
    yield "office, red", "view=office&light=red"
    yield "office, unclaimed", "view=office&claimed=no"
    yield "office, one state", f"view=office&state={state}"
    yield "mine", "view=mine"
    yield "waiting", "view=waiting"
    yield "unplaced", "view=unplaced"
    yield "enquiries", "view=enquiries"


def _opened(clerk: User, query: str) -> Measured:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client, path = Client(), f"/desk/?{query.replace('+', '%2B')}"
    client.force_login(clerk)
    client.get("/inbox/")
    times = [_seconds(client, path) for _ in range(ROUNDS)]
    with CaptureQueriesContext(connection) as captured:
        page = client.get(path)
    statements = [query["sql"] for query in captured]
    rows = page.context.get("rows") or page.context.get("enquiries") or ()
    whole = sum(_reads_whole_table(sql) for sql in statements if "cases_case" in sql)
    best, best_sql = (1000 * min(each) for each in zip(*times, strict=True))
    return Measured(len(statements), best, best_sql, len(rows), whole)


def _seconds(client: Client, path: str) -> tuple[float, float]:
    """(in all, in SQL)"""
    from django.db import connection

    begun, watch = time.perf_counter(), Stopwatch()
    with connection.execute_wrapper(watch):
        answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code}")
    return time.perf_counter() - begun, watch.seconds


def _reads_whole_table(sql: str) -> bool:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + sql)
        return any("Seq Scan on cases_case" in line for (line,) in cursor.fetchall())


def _report(few: dict[str, Measured], many: dict[str, Measured], cases: int) -> int:
    failed = False
    _say(f"milliseconds among {FEW} and among {cases} open cases, and how many times as long")
    _say(f"{'page':26}{'statements':>11}{'rows':>6}{'page':>18}{'times':>7}{'SQL':>18}")
    for name, now in many.items():
        before = few[name]
        page, sql = f"{before.ms:.1f} → {now.ms:.1f}", f"{before.sql_ms:.1f} → {now.sql_ms:.1f}"
        times = now.ms / before.ms
        _say(f"{name:26}{now.statements:>11}{now.rows:>6}{page:>18}{times:>7.2f}{sql:>18}")
        if now.whole_reads:
            _say(f"  ! reads the whole table of cases ({now.whole_reads} statements)")
        if now.statements > STATEMENTS_AT_MOST:
            _say(f"  ! more than {STATEMENTS_AT_MOST} statements")
        failed = failed or bool(now.whole_reads) or now.statements > STATEMENTS_AT_MOST
    return int(failed)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
