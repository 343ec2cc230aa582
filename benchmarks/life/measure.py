"""A life's cost: transitions a second, statements, CPU and WAL, beside the floor, bare fsm and viewflow.

The four take turns, a few lives each, so that a noisy machine is noisy for all of them; ratios are
medians over the rounds. WAL is what this connection wrote (pg_stat_get_backend_wal); the server's
full_page_writes should be off, else the images of pages touched for the first time drown the rest.
"""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection

from workflows.cases.models import Case

from . import bare, engine, floor
from .ground import Ground, ground
from .rival.process import Rival, rival

NOT_COUNTED = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
_LIVES = 5


@dataclass
class Spent:
    """What some transactions took, in all."""

    transitions: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    server_cpu: float = 0.0
    statements: int = 0
    wal: int = 0
    steps: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    statements_of: dict[str, int] = field(default_factory=dict)

    def take(self, name: str, work: Callable[[], object]) -> None:
        counter = _Counter()
        began, busy = time.perf_counter(), time.process_time()
        with connection.execute_wrapper(counter):
            work()
        taken = time.perf_counter() - began
        self.cpu += time.process_time() - busy
        self.seconds += taken
        self.transitions += 1
        self.statements += counter.statements
        self.steps[name].append(taken)
        self.statements_of[name] = counter.statements

    @property
    def per_second(self) -> float:
        return self.transitions / self.seconds


class _Counter:
    def __init__(self) -> None:
        self.statements = 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.statements += not sql.startswith(NOT_COUNTED)
        return execute(sql, params, many, context)


def measure(*, rounds: int, folder: Path) -> dict[str, Any]:
    """On an empty, migrated database. folder: for the rival's environment. Shapes: see the README."""
    where = ground()
    bare.make_tables()
    with rival(_beside(), folder) as other:
        _round(where, other)  # warm: calendars, definitions, plans
        taken = [_round(where, other) for _ in range(rounds)]
    return _told(taken)


def _beside() -> dict[str, str]:
    """An empty database of the rival's on the same server."""
    name = f"{connection.settings_dict['NAME']}_rival"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
    used = connection.settings_dict
    host = used["HOST"] or used.get("OPTIONS", {}).get("host", "")
    return {"dbname": name, "user": used["USER"], "host": str(host)}


def _round(where: Ground, other: Rival) -> dict[str, Spent]:
    spent = {name: Spent() for name in ("open", "engine", "floor", "bare fsm", "viewflow")}
    for _ in range(_LIVES):
        opening, *steps = engine.life(where)
        spent["open"].take("open", opening)
        _lived(spent["engine"], engine.STEPS[1:], steps)
        opening, *_ = engine.life(where)
        opening()
        case = Case.objects.order_by("-id")[0]
        _lived(spent["floor"], [move[0] for move in floor.MOVES], list(floor.life(where, case)))
        number = time.monotonic_ns()
        _lived(spent["bare fsm"], bare.STEPS, list(bare.life(number)))
    answered = other.lives(_LIVES)
    spent["viewflow"] = Spent(
        **{key: answered[key] for key in ("seconds", "cpu", "transitions", "statements")}
    )
    return spent


def _lived(spent: Spent, names: Iterable[str], steps: list[Callable[[], object]]) -> None:
    before = _wal()
    for name, step in zip(names, steps, strict=True):
        spent.take(name, step)
    spent.wal += _wal() - before


def _wal() -> int:
    """Bytes of WAL that this connection has written so far."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT wal_bytes FROM pg_stat_get_backend_wal(pg_backend_pid())")
        return int(cursor.fetchone()[0])


def _told(rounds: list[dict[str, Spent]]) -> dict[str, Any]:
    names = ("engine", "floor", "bare fsm", "viewflow")
    rates = {n: statistics.median(r[n].per_second for r in rounds) for n in ("open", *names)}
    last = rounds[-1]["engine"]
    steps = {
        name: {
            "ms": round(statistics.median(t for r in rounds for t in r["engine"].steps[name]) * 1e3, 2),
            "statements": last.statements_of[name],
        }
        for name in engine.STEPS[1:]
    }  # fmt: skip

    def median_of(ratio: Callable[[dict[str, Spent]], float]) -> float:
        return round(statistics.median(map(ratio, rounds)), 2)

    return {
        "rounds": len(rounds),
        "transitions a second": {name: round(rate, 1) for name, rate in rates.items()},
        "statements a transition": {n: round(_mean(rounds, n, "statements"), 2) for n in names},
        "client CPU a transition, ms": {n: round(_mean(rounds, n, "cpu") * 1e3, 3) for n in names},
        "WAL a transition, bytes": {n: round(_mean(rounds, n, "wal")) for n in names[:3]},
        "steps": steps,
        "ratios": {
            "transition / floor (<= 8)": median_of(
                lambda r: r["floor"].per_second / r["engine"].per_second
            ),
            "rate / viewflow's (>= 2.5)": median_of(
                lambda r: r["engine"].per_second / r["viewflow"].per_second
            ),
            "transition / bare fsm": median_of(
                lambda r: r["bare fsm"].per_second / r["engine"].per_second
            ),
            "WAL / floor's (<= 1.3)": median_of(lambda r: r["engine"].wal / r["floor"].wal),
        },
    }


def _mean(rounds: list[dict[str, Spent]], name: str, what: str) -> float:
    return sum(getattr(r[name], what) for r in rounds) / sum(r[name].transitions for r in rounds)
