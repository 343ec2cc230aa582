"""How long a clerk's lists take among 200,000 open cases: `python -m benchmarks.desk_queue [--cases N]`.

Makes a database of its own beside the configured one, fills it past the engine, opens every list as
a browser would, and drops it. Prints for each page its statements, the milliseconds (the best of fifteen), and
the ratio to the same page among 1,000. Exit 1 where a page takes more than 12 statements, or where
the database would read the table of cases from end to end for it.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from django.test import Client

    from tongban.accounts.models import User

STATEMENTS_AT_MOST = 12
FEW, MANY = 1_000, 200_000
ROUNDS = 15


@dataclass(frozen=True)
class Measured:
    """One page: statements, milliseconds at best, rows shown, reads of the whole table of cases."""

    statements: int
    ms: float
    rows: int
    whole_reads: int


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
    return Measured(len(statements), 1000 * min(times), len(rows), whole)


def _seconds(client: Client, path: str) -> float:
    begun = time.perf_counter()
    answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code}")
    return time.perf_counter() - begun


def _reads_whole_table(sql: str) -> bool:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + sql)
        return any("Seq Scan on cases_case" in line for (line,) in cursor.fetchall())


def _report(few: dict[str, Measured], many: dict[str, Measured], cases: int) -> int:
    failed = False
    _say(
        f"{'page':26}{'statements':>11}{'rows':>6}{f'ms @{FEW}':>10}{f'ms @{cases}':>12}{'ratio':>7}"
    )
    for name, now in many.items():
        ratio = now.ms / few[name].ms
        _say(
            f"{name:26}{now.statements:>11}{now.rows:>6}{few[name].ms:>10.1f}{now.ms:>12.1f}{ratio:>7.2f}"
        )
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
