"""送达 by electronic means: which paper reached the person, and when."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import journeys
from tests.world import World, at
from tongban.accounts.actors import SYSTEM
from tongban.notices.models import Notice
from tongban.running.budget import never
from tongban.running.models import Slot
from workflows.cases import service
from workflows.cases.models import Case, Document, Service
from workflows.cases.perform import InvalidData, perform
from workflows.cases.service import serve_documents


def open_notice(case: Case, document: Document, when: str) -> None:
    """The person reads the message that carries the document."""
    Notice.objects.filter(document_id=document.pk, channel="inbox").update(read_at=at(when))


def asked_to_supplement(world: World) -> tuple[journeys.Journey, Document]:
    """Five working days to supplement, told on 11 May."""
    matter = world.matter("困难残疾人生活补贴", supplement="5G")
    journey = journeys.supplementing(world, matter=matter, when="2026-05-11 09:00")
    return journey, Document.objects.get(case=journey.case, kind="supplement")


def test_the_persons_time_begins_on_the_day_they_opened_the_message(world: World) -> None:
    journey, demand = asked_to_supplement(world)
    assert serve_documents() == 0
    open_notice(journey.case, demand, "2026-05-14 23:50")
    journey.take("remark", "clerk_sc", "2026-05-15 09:00", text="已电话提醒")
    assert serve_documents() == 1
    # Told after a remark of the next morning, and still counted from the evening before.
    assert journey.case.hop_due_at == at("2026-05-22 00:00")
    served = Service.objects.get()
    assert (served.at, served.way, served.succeeded) == (at("2026-05-14 23:50"), "inbox", True)
    moments = list(journey.case.events.order_by("seq").values_list("at", flat=True))
    assert moments == sorted(moments)
    assert serve_documents() == 0


def test_a_paper_that_arrived_does_not_wait_for_one_that_did_not(world: World) -> None:
    journey, demand = asked_to_supplement(world)
    case = journey.case
    open_notice(case, demand, "2026-05-14 10:00")
    older = Document.objects.create(
        case=case, kind="extension", number="YQ1", seq=1, content={}, issued_at=case.opened_at
    )
    facts = {**case.facts, "unserved": [older.pk, *case.facts["unserved"]]}
    Case.objects.filter(pk=case.pk).update(facts=facts)
    assert serve_documents() == 1
    assert journey.case.facts["unserved"] == [older.pk]
    assert Service.objects.get().document == demand


def test_a_paper_is_served_once_however_often_the_system_is_told(world: World) -> None:
    journey, demand = asked_to_supplement(world)
    case = journey.case
    data = {"way": "email", "document": demand.pk, "arrived_at": at("2026-05-12 10:00")}
    done = perform(case.pk, "serve", actor=SYSTEM, data=data, token=case.seq)
    journey.take("remark", "clerk_sc", text="另有文书")
    Case.objects.filter(pk=case.pk).update(facts={**case.facts, "unserved": [0]})
    with pytest.raises(InvalidData):
        perform(case.pk, "serve", actor=SYSTEM, data=data, token=done.case.seq + 1)
    assert Service.objects.count() == 1


def test_one_bad_row_keeps_no_other_paper_from_being_served(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, first = asked_to_supplement(world)
    sound = journeys.Journey(world, world.open(at=at("2026-05-11 09:00")), at("2026-05-11 09:00"))
    papers = journeys.papers_of(sound.case)
    sound.take("collect", "clerk_cq", identity_checked="on", papers=papers)
    sound.take("forward", "clerk_cq", way="electronic").take("accept", "clerk_sc")
    sound.take("require_supplement", "clerk_sc", items="残疾人证", reason="缺")
    second = Document.objects.get(case=sound.case, kind="supplement")
    open_notice(broken.case, first, "2026-05-12 10:00")
    open_notice(sound.case, second, "2026-05-12 11:00")

    def failing(case_id: int, *args: object, **more: object) -> object:
        if case_id == broken.id:
            raise ZeroDivisionError
        return perform(case_id, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(service, "perform", failing)
    assert serve_documents() == 1
    assert Service.objects.get().document == second


def test_looking_for_waiting_papers_reads_no_other_case(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    waiting = Case.objects.filter(facts__unserved__0__isnull=False)
    assert "case_unserved" in waiting.values_list("pk", "facts__unserved").explain()


def test_what_arrived_of_late_is_served_without_asking_for_all_that_waits(world: World) -> None:
    journey, demand = asked_to_supplement(world)
    monday = at("2026-05-18 09:00")
    service.serve_lately(monday, is_over=never)
    assert journey.case.facts["unserved"] == [demand.pk]
    # Three weeks ago, and nobody had looked since: once a day a month is looked at again.
    open_notice(journey.case, demand, "2026-04-30 10:00")
    with CaptureQueriesContext(connection) as caught:
        service.serve_lately(at("2026-05-18 09:01"), is_over=never)
    assert journey.case.facts["unserved"] == [demand.pk]
    Slot.objects.all().delete()
    service.serve_lately(monday, is_over=never)
    assert journey.case.facts["unserved"] == []
    assert Service.objects.count() == 1
    # Not a statement over all cases: what arrived since is asked for, and it was nothing.
    assert [each for each in caught if '"read_at" >=' in each["sql"]]
    assert not [each for each in caught if 'FROM "cases_case"' in each["sql"]]


def test_out_of_time_it_goes_on_where_it_was(world: World) -> None:
    journey, demand = asked_to_supplement(world)
    open_notice(journey.case, demand, "2026-05-14 10:00")
    for _ in range(20):
        asked = iter([False] * 5)
        service.serve_lately(at("2026-05-15 09:00"), is_over=partial(next, asked, True))
    assert journey.case.facts["unserved"] == []
