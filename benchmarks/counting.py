"""How long counting a day takes: a province's day of 15,000 cases and 90,000 events.

    python benchmarks/counting.py [--days 10] [--cases 15000]

Fills a database of its own beside DATABASE_URL's by plain SQL (rights and clocks play no part in
counting), measures, and drops it. Prints ratios to a bare count of the same events in the same run,
which is what the scan alone costs; milliseconds differ from machine to machine, ratios less so.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.settings")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.filling import MATTERS, OFFICES, ground  # noqa: E402
from tongban.accounts.models import Posting, User  # noqa: E402
from tongban.offices.models import Office, Region  # noqa: E402
from workflows.throughput.counting import count_standing, recount, reflag  # noqa: E402
from workflows.throughput.stocks import Stocks, stocks_now  # noqa: E402
from workflows.throughput.tallies import events_of  # noqa: E402

PAGES = [
    "/throughput/",
    "/throughput/?matter=1",
    "/throughput/cases/?measure=received",
    "/throughput/cases/?measure=granted&office={office}",
    "/throughput/cases/?measure=stay&period=7&flow=online_approval&state=reviewing",
    "/throughput/cases/?measure=in_hand",
    "/throughput/late/",
]
# One case in twenty stays open.
OPEN_PER_MILLE = 50

CASES = """
INSERT INTO cases_case (id, number, draft_key, flow, state, stage, seq, head, matter_id, version_id,
    mode, holder, holder_office_id, seats, office_ids, is_unplaced, deciders, origin_region_id,
    origin_province, owner_province, channel, applicant_name, data, facts, handed_in_on, clocks,
    suspended_as, relation, awaited_as, entered_at, opened_at, due_at, yellow_at, concluded_at,
    closed_at, outcome)
SELECT n, n::text, gen_random_uuid(), 'online_approval', 'completed', '', 6, '', v.matter_id, v.id,
    'online', 'owner', %(office)s + n %% %(offices)s, '{}', ARRAY[%(office)s + n %% %(offices)s], false, '{}', region,
    origin, CASE WHEN n %% 10 = 0 THEN origin WHEN origin = '500000' THEN '510000' ELSE '500000' END,
    'online', '示范', '{}', '{}', %(day)s, '{}', '', '', '', at, at,
    at + interval '5 days', at + interval '4 days',
    CASE WHEN n %% 1000 < %(open)s THEN NULL ELSE at END,
    CASE WHEN n %% 1000 < %(open)s THEN NULL ELSE at END, ''
FROM (SELECT n, %(matter)s + (n * 7919) %% %(matters)s AS matter,
             CASE WHEN n %% 2 = 0 THEN '500101' ELSE '511702' END AS region,
             CASE WHEN n %% 2 = 0 THEN '500000' ELSE '510000' END AS origin,
             %(start)s::timestamptz + (n %% 36000) * interval '1 second' AS at
      FROM generate_series(%(first)s::bigint, %(last)s::bigint) n) s
JOIN catalogue_matterversion v ON v.matter_id = s.matter;
"""

EVENTS = """
INSERT INTO cases_event (case_id, seq, step, from_state, to_state, stage, actor_kind, actor_name,
    seat, office_id, province, to_office_id, to_province, origin_province, owner_province, matter_id,
    mode, is_root, counts_as, outcome, is_late, working_days, data, at, recorded_at, prev, hash)
SELECT c.id, s.seq, step, from_state, to_state, '', 'staff', '示范人员', 'owner',
    CASE WHEN s.seq = 1 THEN NULL ELSE c.holder_office_id END, c.owner_province,
    CASE WHEN s.seq = 6 THEN NULL ELSE c.holder_office_id END, c.owner_province, c.origin_province,
    c.owner_province, c.matter_id, c.mode, true, counts_as,
    CASE WHEN s.seq = 6 THEN (ARRAY['done', 'done', 'done', 'refused', 'withdrawn'])[1 + c.id %% 5]
         ELSE '' END,
    CASE WHEN s.seq = 6 THEN c.id %% 50 = 0 END, CASE WHEN s.seq = 6 THEN c.id %% 13 END,
    CASE WHEN s.seq = 1 THEN '{"channel": "online", "unplaced": [], "due": {}}'::jsonb
         ELSE '{"stay": {"flow": "online_approval", "seconds": 5400}, "is_early": true,
                "opinion": "材料齐全，同意。", "due": {"hop": "2026-11-17T00:00:00+08:00"}}' END
    || CASE WHEN counts_as = '' THEN '{}' ELSE jsonb_build_object('route',
        (511700 + c.id %% 21 * 100)::text || '-' || (500101 + c.id %% 37)::text) END,
    c.opened_at + s.seq * interval '20 minutes', now(), %(hash)s, %(hash)s
FROM cases_case c,
     (VALUES (1, 'open', '', 'received', 'received'), (2, 'claim', 'received', 'received', ''),
             (3, 'accept', 'received', 'reviewing', 'accepted'),
             (4, 'approve', 'reviewing', 'reviewing', ''),
             (5, 'approve', 'reviewing', 'delivering', ''),
             (6, 'deliver', 'delivering', 'completed', 'concluded'))
       AS s (seq, step, from_state, to_state, counts_as)
WHERE c.id BETWEEN %(first)s AND %(last)s ORDER BY c.opened_at, s.seq;
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=10)
    parser.add_argument("--cases", type=int, default=15_000, help="cases a day, six events each")
    given = parser.parse_args()
    connection.settings_dict["TEST"]["NAME"] = f"bench_{connection.settings_dict['NAME']}"
    before = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        _fill(days=given.days, cases=given.cases)
        print(json.dumps(_measured(), ensure_ascii=False, indent=2))  # noqa: T201
    finally:
        connection.creation.destroy_test_db(before, verbosity=0)


def _fill(*, days: int, cases: int) -> None:
    today = timezone.localdate()
    _, office, matter = ground()
    with connection.cursor() as cursor:
        for nth in range(days):
            day = today - dt.timedelta(days=days - 1 - nth)
            values: dict[str, Any] = {
                "office": office,
                "offices": OFFICES,
                "matter": matter,
                "matters": MATTERS,
                "open": OPEN_PER_MILLE,
                "day": day,
                "start": f"{day} 08:00+08",
                "first": nth * cases + 1,
                "last": (nth + 1) * cases,
                "hash": b"\0" * 32,
            }
            cursor.execute(CASES, values)
            cursor.execute(EVENTS, values)
        cursor.execute("VACUUM ANALYZE")


def _measured() -> dict[str, object]:
    day = timezone.localdate()
    floor = _milliseconds(lambda: events_of(day).count())
    first = _milliseconds(lambda: recount(day), times=1)
    again = _milliseconds(lambda: recount(day))
    flags = _milliseconds(lambda: reflag(day), times=3)
    standing = _milliseconds(count_standing)
    stocks: list[Stocks] = []
    stock = _milliseconds(lambda: stocks.append(stocks_now()))
    counted = recount(day)
    return {
        "events of the day": counted.events,
        "bare count of them, ms": round(floor, 1),
        "first count, ms": round(first, 1),
        "recount with nothing wrong, ms": round(again, 1),
        "recount / bare count": round(again / floor, 1),
        "flags of the day (once it is over), ms": round(flags, 1),
        "how open cases stand, ms": round(standing, 1),
        "cases in hand": stocks[-1].total.in_hand,
        "stocks, ms": round(stock, 1),
        "pages: statements and their ms": _pages(),
        "postgresql": connection.pg_version,  # type: ignore[attr-defined]
        "cpus": os.cpu_count(),
    }


def _pages() -> dict[str, str]:
    """Statements and SQL time of the supervisor's pages, the second time each is opened."""
    every_day = [timezone.localdate() - dt.timedelta(days=n) for n in range(31)]
    for day in every_day:
        recount(day)
    client, office = _supervisor()
    found = {}
    for path in PAGES:
        path = path.format(office=office)
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(path)
        taken = sum(float(query["time"]) for query in captured) * 1000
        found[f"{answer.status_code} {path}"] = f"{len(captured)}, {taken:.0f} ms"
    return found


def _supervisor() -> tuple[Client, int]:
    """重庆's supervisor, signed in, and an office of theirs."""
    province = Region.objects.create(
        code="500000", name="重庆市", full_name="重庆市", level="province", province_id="500000"
    )
    seat = Office.objects.create(
        code="s",
        name="督办",
        region=province,
        department_id="general",
        kind="supervision",
        roles=[],
    )
    user = User.objects.create(username="supervisor", name="督办", kind="staff", password="!")  # noqa: S106
    Posting.objects.create(
        user=user, office=seat, role="supervisor", valid_from=dt.date(2020, 1, 1)
    )
    client = Client()
    client.force_login(user)
    return client, Office.objects.exclude(pk=seat.pk).order_by("pk")[0].pk


def _milliseconds(work: Callable[[], object], times: int = 7) -> float:
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


if __name__ == "__main__":
    main()
