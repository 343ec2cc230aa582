"""Each page as the right person opens it: statements, SQL milliseconds, CPU beside a bare page."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from workflows.throughput.counting import count_today

from .people import Cast, gather
from .server import alone, server_seconds

ROUNDS = 7
MOST_SQL_MS = 20.0
MOST_TIMES = 2.0
# Below this a page's SQL is so short that twice of it is noise.
TOO_SHORT_MS = 2.0

# part → pages; `gather` fills the words in braces.
PAGES: dict[str, list[str]] = {
    "citizen": [
        "/",
        "/my/",
        "/my/{own}/",
        "/my/{own}/receipt/",
        "/my/{own}/clock/promise/",
        "/progress/",
        "/matters/",
        "/matters/?q=残疾人",
        "/matters/suggest/?q=残疾人",
        "/matters/{slug}/",
        "/matters/{slug}/windows/",
        "/inbox/",
        "/cases/{own}/",
    ],
    "agent": ["/", "/my/", "/inbox/"],
    "clerk": [
        "/desk/",
        "/desk/?view=mine",
        "/desk/?view=office",
        "/desk/?view=office&after={after}",
        "/desk/?view=office&light=red",
        "/desk/?view=office&light=yellow",
        "/desk/?view=office&matter={matter}",
        "/desk/?view=office&state={flow}.{state}",
        "/desk/?view=office&claimed=no",
        "/desk/?view=waiting",
        "/desk/?view=unplaced",
        "/desk/?view=enquiries",
        "/desk/search/?q={end}",
        "/desk/search/?q={beginning}",
        "/desk/search/?q={case}",
        "/desk/next/",
        "/desk/{case}/",
        "/desk/{case}/remark/",
        "/inbox/",
    ],
    "window": [
        "/desk/",
        "/desk/?view=waiting",
        "/desk/counter/",
        "/desk/counter/turned-away/",
        "/desk/parcels/",
        "/desk/parcels/road/",
        "/desk/parcels/coming/",
        "/desk/parcels/done/",
    ],
    "head": [
        "/desk/",
        "/desk/?view=waiting",
        "/desk/office/",
        "/desk/office/people/0/",
        "/desk/office/people/{clerk}/",
        "/desk/away/",
        "/desk/phrases/",
        "/desk/substitutes/",
        "/desk/matters/pauses/",
        "/desk/joint/hours/",
    ],
    "supervisor": [
        "/throughput/",
        "/throughput/?period=90",
        "/throughput/?matter={matter}",
        "/throughput/?direction=cross",
        "/throughput/?office={office}",
        "/throughput/tables/offices/",
        "/throughput/tables/matters/",
        "/throughput/tables/days/",
        "/throughput/tables/stays/",
        "/throughput/cases/?measure=received&period=yesterday",
        "/throughput/cases/?measure=received&period=90",
        "/throughput/cases/?measure=concluded&period=30",
        "/throughput/cases/?measure=granted&period=30&office={office}",
        "/throughput/cases/?measure=late&period=90",
        "/throughput/cases/?measure=rated&period=30",
        "/throughput/cases/?measure=rated&period=30&office={office}",
        "/throughput/cases/?measure=received&period=30&office={office}",
        "/throughput/cases/?measure=received&period=90&matter={matter}",
        "/throughput/cases/?measure=received&period=30&route={route}",
        "/throughput/cases/?measure=measured&period=30&days={days}",
        "/throughput/cases/?measure=stay&period=7&flow={flow}&state={state}",
        "/throughput/cases/?measure=in_hand",
        "/throughput/cases/?measure=red",
        "/throughput/cases/?measure=yellow&office={office}",
        "/throughput/cases/?measure=delivering",
        "/throughput/late/",
        "/throughput/late/?light=yellow",
        "/throughput/late/?light=sent",
        "/throughput/late/?light=delivering_red",
        "/throughput/ratings/",
        "/desk/{case}/",
        "/desk/loans/",
        "/desk/clearing/",
    ],
    "operator": [
        "/operator/",
        "/operator/matters/",
        "/operator/matters/{slug}/",
        "/operator/versions/{version}/",
        "/operator/movings/",
        "/throughput/",
        "/sharing/",
        "/sharing/connectors/",
    ],
}


@dataclass
class Cost:
    """One page: what it answered, how many statements, milliseconds (medians), times the bare page.

    sql_ms: what the server worked for it; waited_ms: what the page waited for the server, which on a
    busy machine is mostly other people's work.
    """

    status: int
    statements: int
    sql_ms: float
    waited_ms: float
    cpu_ms: float
    cpu_of_bare: float
    kb: int


class Watch:
    """Seconds and number of the statements of a connection."""

    def __init__(self) -> None:
        self.seconds, self.statements = 0.0, 0
        self.seen: list[tuple[float, str]] = []

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        begun = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            took = time.perf_counter() - begun
            self.seconds += took
            self.statements += 1
            self.seen.append((took, sql))


def measure(*, rounds: int = ROUNDS, only: str = "") -> dict[str, Any]:
    """Every page, warm. Pages without words in their address are found by themselves, so that a new one
    is measured as soon as it is there."""
    cast = gather()
    found: dict[str, dict[str, Cost]] = {}
    with alone(), override_settings(ROOT_URLCONF="benchmarks.scale.bare", ALLOWED_HOSTS=["*"]):
        reached: set[str] = set()
        for part, pages in PAGES.items():
            found[part] = _of_person(part, pages, cast, reached, rounds, only)
    return {
        "pages": {
            f"{part} {path}": asdict(cost)
            for part, costs in found.items()
            for path, cost in costs.items()
        },
        "not measured": sorted(set(_patterns()) - reached),
    }


def _of_person(
    part: str, pages: list[str], cast: Cast, reached: set[str], rounds: int, only: str
) -> dict[str, Cost]:
    client = Client(raise_request_exception=False)
    # As the worker does every half minute: older figures are not shown as today's.
    count_today()
    client.force_login(cast.people[part])
    bare = _cost(client, "/bare/", rounds, 0.0)
    found = {}
    for path in _paths(pages, cast, reached):
        if only not in f"{part} {path}":
            continue
        if client.get(path).status_code in NOT_THEIRS:
            continue
        found[path] = _cost(client, path, rounds, bare.cpu_ms)
        reached.add(str(resolve(path.partition("?")[0]).route))
    return found


def _paths(pages: list[str], cast: Cast, reached: set[str]) -> Iterator[str]:
    """The pages named, then what else has no words in its address and nobody has opened yet."""
    named = [cast.path(page) for page in pages]
    yield from named
    named_later = {page.partition("?")[0] for pages in PAGES.values() for page in pages}
    for route in _patterns():
        is_plain = "<" not in route and not route.startswith(LEFT_OUT)
        if is_plain and f"/{route}" not in named_later and route not in reached:
            yield f"/{route}"


NOT_THEIRS = (403, 404, 405)
# Signing out ends the measuring; the API answers to keys; scrapes have their own figures.
LEFT_OUT = ("bare/", "sign-", "api/", "demonstration/", "style/", "display/")


def _cost(client: Client, path: str, rounds: int, bare_ms: float) -> Cost:
    for _ in range(2):
        answer = client.get(path)
    taken = [_once(client, path) for _ in range(rounds)]
    sql, waited, cpu, statements = (statistics.median(each) for each in zip(*taken, strict=True))
    return Cost(
        status=answer.status_code,
        statements=round(statements),
        sql_ms=round(sql, 2),
        waited_ms=round(waited, 2),
        cpu_ms=round(cpu, 2),
        cpu_of_bare=round(cpu / bare_ms, 1) if bare_ms else 1.0,
        kb=len(answer.content) // 1024,
    )


def _once(client: Client, path: str) -> tuple[float, float, float, int]:
    """(ms the server worked, ms waited for it, CPU ms of this process, statements)"""
    watch, begun, worked = Watch(), time.process_time(), server_seconds()
    with connection.execute_wrapper(watch):
        client.get(path)
    cpu = time.process_time() - begun
    done = server_seconds()
    waited = watch.seconds * 1000
    sql = waited if worked is None or done is None else (done - worked) * 1000
    return sql, waited, cpu * 1000, watch.statements


def _patterns(of: list[URLPattern | URLResolver] | None = None, before: str = "") -> Iterator[str]:
    for pattern in get_resolver("tongban.urls").url_patterns if of is None else of:
        here = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern.url_patterns, here)
        else:
            yield here


def verdict(large: dict[str, Any], small: dict[str, Any] | None) -> dict[str, Any]:
    """Which pages are slower than they may be: by themselves, and beside the same page among fewer cases."""
    slow = {p: c["sql_ms"] for p, c in large.items() if c["sql_ms"] > MOST_SQL_MS}
    grown = {}
    for page, cost in large.items():
        before = (small or {}).get(page)
        if before and cost["sql_ms"] > TOO_SHORT_MS:
            times = cost["sql_ms"] / max(before["sql_ms"], 0.1)
            if times > MOST_TIMES:
                grown[page] = {"was": before["sql_ms"], "is": cost["sql_ms"]}
    return {
        "pages": len(large),
        "broken": sorted(page for page, cost in large.items() if cost["status"] >= 500),
        f"over {MOST_SQL_MS:.0f} ms of SQL": slow,
        f"more than {MOST_TIMES:.0f} times": grown,
    }
