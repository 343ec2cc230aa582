"""What the ledger says was owed is found and owed again, once."""

from __future__ import annotations

import datetime as dt
from itertools import chain

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import journeys
from tests.world import World, at
from tongban.notices.models import Notice
from tongban.notices.outbox import owe
from workflows.cases.replaying import Missing, bounds, missing_between

SINCE, UNTIL = at("2026-03-30 00:00"), at("2026-04-03 00:00")
LATER = at("2026-04-05 09:00")


def missing(**more: frozenset[str]) -> list[Missing]:
    looks = missing_between(SINCE, UNTIL, **more)  # type: ignore[arg-type]
    return list(chain.from_iterable(look.missing for look in looks))


def test_where_nothing_is_missing_nothing_is_found(world: World) -> None:
    journeys.completed(world)
    journeys.supplementing(world)
    assert missing() == []


def test_what_is_gone_is_owed_again_and_once(world: World) -> None:
    journey = journeys.supplementing(world)
    told = Notice.objects.filter(subject_key=journey.case.number)
    before = set(told.values_list("event_key", "channel", "recipient", "document_id"))
    told.filter(template__in=["accepted", "supplement_required"]).delete()

    found = missing()
    assert {each.owed.template for each in found} == {"accepted", "case_step"}
    owe([each.owed for each in found], LATER)
    owe([each.owed for each in found], LATER)
    # The paper's notice is there again, with the paper.
    assert set(told.values_list("event_key", "channel", "recipient", "document_id")) == before
    assert missing() == []


def test_outside_the_site_only_what_still_holds_is_told(world: World, settings: object) -> None:
    settings.EMAIL_HOST = "mail.test"  # type: ignore[attr-defined]
    journey = journeys.supplementing(world)
    case = journey.case
    Notice.objects.filter(subject_key=case.number).delete()

    both = missing(channels=frozenset({"inbox", "email"}))
    by_email = [each for each in both if each.owed.channel == "email"]
    # The demand stands; the receipts of the steps before are history.
    assert [each.event.step for each in by_email] == ["require_supplement"]
    assert by_email[0].owed.topic == f"case:{case.pk}:todo"
    assert len(both) > len(by_email) + 1


def test_another_day_is_another_look(world: World) -> None:
    journeys.supplementing(world)
    Notice.objects.all().delete()
    later = SINCE + dt.timedelta(days=60)
    assert list(missing_between(later, later + dt.timedelta(days=1))) == []


def test_to_find_a_time_in_the_ledger_does_not_read_all_that_was_before_it(world: World) -> None:
    journeys.completed(world)
    with CaptureQueriesContext(connection) as caught:
        found = bounds(SINCE, UNTIL)
        list(missing_between(SINCE, UNTIL))
    assert found
    # The planner's short cut for a bare MIN(id) walks the primary key from the first event on.
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {caught[0]['sql']}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "event_at" in plan
    assert "cases_event_pkey" not in plan
    # Nor is what came after it read, to see that nothing more is there.
    looks = [each["sql"] for each in caught if 'ORDER BY "cases_event"."id"' in each["sql"]]
    assert looks
    assert all(f'"id" <= {found[1]}' in sql for sql in looks)
