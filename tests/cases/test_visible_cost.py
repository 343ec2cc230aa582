"""What one may see, among tens of thousands of cases of others: nobody's look reads a whole table."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q, QuerySet

from benchmarks.filling import fill_cases, ground
from tongban.accounts.actors import Actor, actor_of
from tongban.accounts.models import User
from tongban.offices.models import Office
from workflows.cases.access import own_cases, visible_to
from workflows.cases.models import Case, Document, Party
from workflows.cases.uploads import readable_by

CASES, CITIZENS = 20_000, 1_000

_PARTIES = """
INSERT INTO cases_party
    (case_id, role, user_id, name, id_number, phone, email, relation, authority, scope)
SELECT id, 'applicant', %(first)s + id %% %(citizens)s, applicant_name, '', '', '', '', '', '{}'
FROM cases_case
"""


@dataclass(frozen=True)
class Crowd:
    """A citizen with twenty cases, a clerk of an office with many, one of an office with none."""

    citizen: Actor
    clerk: Actor
    newcomer: Actor
    supervisor: Actor


@pytest.fixture
def crowd(transactional_db: None) -> Crowd:
    clerk, office, matter = ground()
    people = User.objects.bulk_create(
        User(username=f"c{n}", name="市民", kind="citizen", password="!") for n in range(CITIZENS)
    )
    fill_cases(clerk, office, matter, begin=1, end=CASES)
    empty = Office.objects.create(
        code="new", name="新设机构", region_id="500101", department_id="general", roles=[]
    )
    with connection.cursor() as cursor:
        cursor.execute(_PARTIES, {"first": people[0].pk, "citizens": CITIZENS})
        cursor.execute("ANALYZE cases_party")
    return Crowd(
        citizen=actor_of(people[0].pk),
        clerk=actor_of(clerk.pk),
        newcomer=Actor(clerk.pk, "staff", "新人", desks=frozenset({empty.pk})),
        supervisor=Actor(clerk.pk, "staff", "督办", supervises=frozenset({"500000"})),
    )


def plan(rows: QuerySet[Any]) -> str:
    return rows.explain()


def latest(rows: QuerySet[Case]) -> QuerySet[Case]:
    return rows.order_by("-opened_at", "-id")[:20]


def test_no_look_reads_a_whole_table(crowd: Crowd) -> None:
    """One world for all of it: filling it takes seconds."""
    assert visible_to(crowd.citizen).count() == own_cases(crowd.citizen.user_id or 0).count() == 20
    everybody = [crowd.citizen, crowd.clerk, crowd.newcomer, crowd.supervisor]
    looks: list[QuerySet[Any]] = [own_cases(crowd.citizen.user_id or 0)[:20]]
    for actor in everybody:
        seen = visible_to(actor)
        looks += [latest(seen.filter(closed_at=None)), seen.filter(number="5001")]
    # Offices have lists of open cases only; their closed ones are found by number.
    looks += [latest(visible_to(crowd.citizen)), latest(visible_to(crowd.supervisor))]
    for look in looks:
        assert "Seq Scan" not in plan(look), plan(look)
    for actor in everybody:
        # There is one file and one document: whoever may open them, all cases are not gone through.
        for row in (
            readable_by(actor).filter(pk=uuid.uuid4()),
            Document.objects.filter(number="SL1", case__in=visible_to(actor).values("pk")),
        ):
            assert "Seq Scan on cases_case" not in plan(row), plan(row)
            assert "Seq Scan on cases_party" not in plan(row), plan(row)

    # A citizen's list begins with their own parts; an office's open cases with the office.
    assert "party_user" in plan(latest(visible_to(crowd.citizen)))
    assert "case_open_offices" in plan(latest(visible_to(crowd.newcomer).filter(closed_at=None)))

    # The twin: IN beside an OR counts as half of all cases, and the newcomer's empty list walks all.
    parts = Party.objects.filter(user_id=crowd.newcomer.user_id or 0).values("case_id")
    half = Case.objects.filter(
        Q(pk__in=parts) | Q(office_ids__overlap=list(crowd.newcomer.desks)), closed_at=None
    )
    assert "case_open_offices" not in plan(latest(half))
