"""Opening a paper is having it: the message is read, and the next round records 送达."""

from __future__ import annotations

import pytest

from tests import journeys
from tests.portal.conftest import signed_in
from tests.portal.mine import words
from tests.world import World
from tongban.notices.models import Notice
from workflows.cases.models import Case, Document, Service
from workflows.cases.opening import PartyInput
from workflows.cases.service import serve_documents


@pytest.fixture
def journey(world: World) -> journeys.Journey:
    matter = world.matter("困难残疾人生活补贴", supplement="10G")
    return journeys.supplementing(world, matter=matter)


def path_of(journey: journeys.Journey) -> str:
    number = Document.objects.get(case_id=journey.id, kind="supplement").number
    return f"/documents/{number}/"


def read_at(journey: journeys.Journey) -> list[object]:
    told = Notice.objects.filter(subject_key=journey.case.number, template="supplement_required")
    return list(told.filter(channel="inbox").values_list("read_at", flat=True))


def test_the_person_who_opens_it_has_it_and_their_time_begins(
    world: World, journey: journeys.Journey
) -> None:
    client = signed_in(world.citizen)
    assert serve_documents() == 0
    assert "系统会登记送达" in words(client.get(path_of(journey)))
    assert all(read_at(journey))
    assert not Service.objects.exists(), "the page itself records nothing"
    assert serve_documents() == 1
    service = Service.objects.get()
    assert (service.way, service.succeeded, service.at) == ("inbox", True, read_at(journey)[0])
    case = Case.objects.get(pk=journey.id)
    assert case.hop_due_at is not None
    page = words(client.get(path_of(journey)))
    assert "站内信阅读" in page
    assert "系统会登记送达" not in page
    assert "受送达人签名" not in page


def test_opening_the_message_does_the_same(world: World, journey: journeys.Journey) -> None:
    notice = Notice.objects.get(
        subject_key=journey.case.number, template="supplement_required", channel="inbox"
    )
    signed_in(world.citizen).get(f"/inbox/{notice.pk}/")
    assert serve_documents() == 1


def test_the_first_reading_counts(world: World, journey: journeys.Journey) -> None:
    client = signed_in(world.citizen)
    client.get(path_of(journey))
    first = read_at(journey)
    client.get(path_of(journey))
    assert read_at(journey) == first


@pytest.mark.parametrize("who", ["clerk_sc", "clerk_cq", "supervisor_sc"])
def test_an_office_that_reads_it_serves_nobody(
    world: World, journey: journeys.Journey, who: str
) -> None:
    signed_in(world.people[who]).get(path_of(journey))
    assert read_at(journey) == [None]
    assert serve_documents() == 0


def test_a_browser_that_fetches_ahead_shows_nobody_anything(
    world: World, journey: journeys.Journey
) -> None:
    client = signed_in(world.citizen)
    client.get(path_of(journey), headers={"sec-purpose": "prefetch"})
    client.head(path_of(journey))
    assert read_at(journey) == [None]


def test_the_case_page_lists_it_and_serves_nothing(world: World, journey: journeys.Journey) -> None:
    signed_in(world.citizen).get(f"/my/{journey.case.number}/")
    assert read_at(journey) == [None]


def test_reading_one_paper_leaves_the_others_unread(world: World) -> None:
    journey = journeys.reviewing(world)
    journey.take("disapprove", "clerk_sc", reason="不符合条件")
    number = Document.objects.get(case_id=journey.id, kind="acceptance").number
    signed_in(world.citizen).get(f"/documents/{number}/")
    unread = Notice.objects.filter(read_at=None, channel="inbox", template="disapproved")
    assert unread.count() == 1


def test_an_agent_who_opens_it_has_it_for_the_applicant(world: World) -> None:
    parties = [
        PartyInput(role="applicant", name="林晓梅", user=world.citizen),
        PartyInput(role="agent", name="周晓燕", user=world.daughter, scope=("supplement",)),
    ]
    journey = journeys.supplementing(world, parties=parties)
    signed_in(world.daughter).get(path_of(journey))
    assert sorted(read is None for read in read_at(journey)) == [False, True]
    assert serve_documents() == 1


def test_whoever_may_only_look_serves_nobody(world: World) -> None:
    """A beneficiary is no addressee: their reading starts nobody's time."""
    parties = [
        PartyInput(role="applicant", name="林晓梅", user=world.citizen),
        PartyInput(role="beneficiary", name="周晓燕", user=world.daughter),
    ]
    journey = journeys.supplementing(world, parties=parties)
    page = words(signed_in(world.daughter).get(path_of(journey)))
    assert "系统会登记送达" not in page
    hers = Notice.objects.filter(user=world.daughter, template="supplement_required").get()
    signed_in(world.daughter).get(f"/inbox/{hers.pk}/")
    assert serve_documents() == 0


def test_the_page_that_says_all_of_the_notice_is_the_notice(
    world: World, journey: journeys.Journey
) -> None:
    signed_in(world.citizen).get(f"/my/{journey.case.number}/supplement/")
    assert all(read_at(journey))
    assert serve_documents() == 1
