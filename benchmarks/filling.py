"""Rows straight into the tables, for measuring only: a hundred thousand cases in seconds.

Nothing else may write a case past `perform`; what is made here has no events and never moves.
"""

from __future__ import annotations

import datetime as dt

from django.db import connection
from django.utils import timezone

from matters.catalogue.models import Matter, MatterVersion
from tongban.accounts.models import Posting, User
from tongban.offices.models import Department, Office, Province, Region

OFFICES = 400
MATTERS = 200
# One case in ten lies at the first office: far more than any real office holds.
SHARE_OF_FIRST = 10
CLAIMED_BY_CLERK = 50

_CASES = """
INSERT INTO cases_case (
    number, draft_key, flow, state, stage, seq, head, matter_id, version_id, mode,
    holder, holder_office_id, claimed_by_id, seats, office_ids, is_unplaced, deciders,
    origin_region_id, origin_province, owner_province, channel, applicant_name, data, facts,
    handed_in_on, clocks, due_at, yellow_at, promise_due_at, suspended_as, relation, awaited_as,
    entered_at, opened_at, closed_at, outcome)
SELECT
    '500101260101' || lpad(n::text, 8, '0'), gen_random_uuid(), 'collect_forward',
    CASE WHEN n %% 3 = 0 THEN 'submitted' ELSE 'received' END, '', 1, '',
    matter.id, matter.version, 'collect',
    holder, CASE WHEN holder = 'applicant' THEN NULL WHEN holder = 'owner' THEN owner ELSE collector END,
    CASE WHEN claimed AND here AND holder = 'collector' THEN %(clerk)s END,
    jsonb_build_object('collector', jsonb_build_object('office', collector, 'region', '500101'),
                       'owner', jsonb_build_object('office', owner, 'region', '511702')),
    ARRAY[collector, owner], unplaced, '{}',
    '500101', '500000', '510000', 'online', '测试' || n, '{}',
    CASE WHEN unplaced THEN jsonb_build_object('unplaced', jsonb_build_array(holder)) ELSE '{}' END,
    %(today)s, jsonb_build_object('promise', jsonb_build_object(
        'started_at', %(now)s::text, 'limit', '20G', 'extra', '[]'::jsonb, 'due_at', due::text)),
    due, due - interval '2 days', due, '', '', '', %(now)s, %(now)s - n * interval '1 second',
    CASE WHEN %(closed)s THEN %(now)s END, ''
FROM (
    -- Drawn by a hash, each with a salt of its own: nothing goes with anything else by accident.
    SELECT n,
        CASE drawn.holder %% 7 WHEN 5 THEN 'applicant' WHEN 6 THEN 'owner' ELSE 'collector' END AS holder,
        drawn.here %% %(share)s = 0 AS here,
        %(first)s + CASE WHEN drawn.here %% %(share)s = 0 THEN 0
                         ELSE 1 + drawn.collector %% (%(offices)s - 1) END AS collector,
        %(first)s + 1 + drawn.owner %% (%(offices)s - 1) AS owner,
        -- Every fourth has no due moment yet; the others fall due on sixty midnights.
        CASE WHEN drawn.dated %% 4 <> 0
             THEN %(midnight)s + (drawn.due %% 60 - 10) * interval '1 day' END AS due,
        %(matter)s + drawn.matter %% %(matters)s AS matter_id,
        drawn.claimed %% %(claimed)s = 0 AS claimed,
        drawn.unplaced %% 500 = 0 AS unplaced
    FROM generate_series(%(begin)s, %(end)s) AS n
    CROSS JOIN LATERAL (SELECT
        abs(hashint4extended(n, 1)) AS holder, abs(hashint4extended(n, 2)) AS here,
        abs(hashint4extended(n, 3)) AS collector, abs(hashint4extended(n, 4)) AS owner,
        abs(hashint4extended(n, 5)) AS dated, abs(hashint4extended(n, 6)) AS due,
        abs(hashint4extended(n, 7)) AS matter, abs(hashint4extended(n, 8)) AS claimed,
        abs(hashint4extended(n, 9)) AS unplaced) AS drawn
) AS made
JOIN (SELECT m.id, v.id AS version FROM catalogue_matter m
      JOIN catalogue_matterversion v ON v.matter_id = m.id) AS matter ON matter.id = made.matter_id
"""

_ENQUIRIES = """
INSERT INTO cases_enquiry (case_id, kind, text, asker_name, asked_at, office_id, due_at, answer)
SELECT id, 'question', '什么时候能办好', applicant_name, entered_at, %(office)s,
    COALESCE(due_at, entered_at), ''
FROM cases_case AS asked
WHERE closed_at IS NULL AND holder_office_id = %(office)s AND id %% %(share)s = 0
    AND NOT EXISTS (SELECT 1 FROM cases_enquiry WHERE case_id = asked.id)
"""


def ground() -> tuple[User, int, int]:
    """A clerk at the first of 400 offices, and 200 matters: (clerk, first office, first matter)."""
    Province.objects.bulk_create(
        Province(code=code, name=name, short=name[0], platform="")
        for code, name in [("500000", "重庆市"), ("510000", "四川省")]
    )
    Region.objects.bulk_create(
        Region(code=code, name=code, full_name=code, level="county", province_id=code[:2] + "0000")
        for code in ("500101", "511702")
    )
    Department.objects.create(code="general", name="综合")
    offices = Office.objects.bulk_create(
        Office(code=f"o{n}", name=f"机构{n}", region_id="500101", department_id="general", roles=[])
        for n in range(OFFICES)
    )
    clerk = User.objects.create(username="clerk", name="窗口", kind="staff", password="!")  # noqa: S106
    Posting.objects.create(
        user=clerk, office=offices[0], role="clerk", valid_from=dt.date(2020, 1, 1)
    )
    matters = Matter.objects.bulk_create(
        Matter(
            slug=f"m{n}",
            name=f"事项{n}",
            department_id="general",
            theme="测试",
            source_url=f"m{n}",
            source_batch="测试",
            certainty="inferred",
        )
        for n in range(MATTERS)
    )
    MatterVersion.objects.bulk_create(
        MatterVersion(
            matter=matter,
            number=1,
            status="published",
            valid_from=dt.date(2026, 1, 1),
            mode="collect",
            mode_certainty="presumed",
            flow="collect_forward",
            definition={"seats": [], "result": {"kind": "none", "name": "无"}},
            published_at=timezone.now(),
        )
        for matter in matters
    )
    return clerk, offices[0].pk, matters[0].pk


def fill_cases(
    clerk: User, first_office: int, first_matter: int, *, begin: int, end: int, closed: bool = False
) -> None:
    """Cases numbered `begin` to `end`, inclusive; then the planner gets to know them."""
    now = timezone.now()
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(
            _CASES,
            {
                "clerk": clerk.pk,
                "claimed": CLAIMED_BY_CLERK,
                "share": SHARE_OF_FIRST,
                "first": first_office,
                "offices": OFFICES,
                "matter": first_matter,
                "matters": MATTERS,
                "today": now.date(),
                "now": now,
                "midnight": midnight,
                "begin": begin,
                "end": end,
                "closed": closed,
            },
        )
        cursor.execute("VACUUM ANALYZE")


def fill_enquiries(first_office: int, *, share: int) -> None:
    """One open question for every `share`-th open case of the first office that has none yet."""
    with connection.cursor() as cursor:
        cursor.execute(_ENQUIRIES, {"office": first_office, "share": share})
        cursor.execute("ANALYZE cases_enquiry")
