"""All of the scale part, in one JSON: filling, pages among fewer and among all cases, jobs, writers."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from typing import Any

from django.core.management import call_command
from django.db import connection

from . import days, filling, jobs, moulds, pages, writers
from .ground import play


def measure(
    *, cases: Sequence[int], quick: bool = False, played: tuple[int, int] = (40, 40)
) -> dict[str, Any]:
    """cases: the sizes at which the pages are measured, each more than the one before.

    The connection's database is empty at first and is left full.
    """
    found: dict[str, Any] = {"machine": machine()}
    begun = time.perf_counter()
    play(days=played[0], per_day=played[1])
    moulds.make_moulds()
    filling.prepare()
    found["played and made ready, s"] = round(time.perf_counter() - begun, 1)
    have, seen = 0, list[dict[str, Any]]()
    for want in cases:
        seen.append(_at(want, have, found, quick=quick))
        have = want
    small = seen[0]["pages"] if len(seen) > 1 else None
    found["verdict"] = pages.verdict(seen[-1]["pages"], small)
    found |= of_jobs(quick=quick)
    found["load when done"] = os.getloadavg()
    return found


def again(*, quick: bool = False) -> dict[str, Any]:
    """The same on a database that was filled before."""
    call_command("migrate", verbosity=0)
    seen = pages.measure()
    return {
        "machine": machine(),
        "pages": seen,
        "verdict": pages.verdict(seen["pages"], None),
        **of_jobs(quick=quick),
        "load when done": os.getloadavg(),
    }


def of_jobs(*, quick: bool) -> dict[str, Any]:
    if quick:
        return {
            "sweep": jobs.sweep(newly=200),
            "count": jobs.count(rounds=1),
            "drain": jobs.drain(rows=200, seconds=5),
            "writers": writers.measure(writers=2, rounds=1, seconds=3),
        }
    return {
        "sweep": jobs.sweep(),
        "count": jobs.count(),
        "drain": jobs.drain(),
        "writers": writers.measure(),
    }


def machine() -> dict[str, Any]:
    """What the figures were taken on."""
    import platform

    import django

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'shared_buffers',"
            " 'work_mem', 'jit', 'synchronous_commit', 'full_page_writes')"
        )
        settings = dict(cursor.fetchall())
        cursor.execute("SHOW server_version")
        (server,) = cursor.fetchone()
    return {
        "cpus": os.cpu_count(),
        "load": os.getloadavg(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "django": django.__version__,
        "postgresql": server,
        "settings": settings,
    }


def _at(want: int, have: int, found: dict[str, Any], *, quick: bool) -> dict[str, Any]:
    filled = filling.fill(have=have, want=want)
    days.fill_days(counted=10 if quick else days.COUNTED)
    seen = pages.measure(rounds=2 if quick else pages.ROUNDS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        (size,) = cursor.fetchone()
    found[f"{want:,} cases"] = {
        "rows": filled.rows,
        "seconds": filled.seconds,
        "rows a second": filled.rows_a_second,
        "gigabytes": round(size / 1e9, 2),
        **seen,
    }
    return seen
