"""异地代收代办 as people of two provinces live it."""

from __future__ import annotations

import datetime as dt

import pytest

from tests import journeys
from tests.world import LIN_ID, ORPHAN, SUBSIDY, World, answers_for, at
from tongban.offices.models import Office
from workflows.cases.models import Document, Material, Parcel, ParcelItem, Service, Suspension
from workflows.cases.opening import PartyInput
from workflows.cases.perform import InvalidData, NotAllowed


def test_the_subsidy_is_paid_from_the_month_it_was_handed_in(world: World) -> None:
    """In at a 万州 window on 31 March, accepted by 达州 in April, paid from March."""
    case = (
        journeys.reviewing(world)
        .take("approve", "clerk_sc", "2026-04-03 10:00", opinion="符合")
        .case
    )
    assert case.handed_in_on == dt.date(2026, 3, 31)
    assert case.accepted_on == dt.date(2026, 3, 31)

    journey = journeys.in_transit(world, waybill="EMS0000000009")
    items = journeys.on_the_road(journey.case)
    journey.take("sign", "clerk_sc", "2026-04-02 10:00", arrived=items)
    case = journey.take("accept", "clerk_sc", "2026-04-03 09:00").case
    assert (case.handed_in_on, case.received_on, case.accepted_on) == (
        dt.date(2026, 3, 31), dt.date(2026, 4, 2), dt.date(2026, 4, 3),
    )  # fmt: skip
    assert case.effective_month == dt.date(2026, 3, 1)


def test_three_ten_three_working_days_come_out_of_the_matter(world: World) -> None:
    collected = journeys.collected(world, when="2026-05-11 09:00").case
    assert collected.hop_due_at == at("2026-05-15 00:00")
    assert collected.promise_due_at == at("2026-06-03 00:00")
    reviewing = journeys.reviewing(world, when="2026-05-11 09:00", waybill="EMS0000000003").case
    assert reviewing.hop_due_at == at("2026-05-26 00:00")
    decided = journeys.decided(world, when="2026-05-11 09:00", waybill="EMS0000000004").case
    assert decided.hop_due_at == at("2026-05-15 00:00")


def test_an_orphan_is_reviewed_by_the_township_and_then_the_county(world: World) -> None:
    journey = journeys.reviewing(world, by="township_sc", matter=ORPHAN, when="2026-05-11 09:00")
    case = journey.case
    assert (case.stage, case.holder) == ("first_review", "township")
    assert case.hop_due_at == at("2026-06-02 00:00")
    case = journey.take("approve", "township_sc", opinion="情况属实").case
    assert (case.state, case.stage, case.holder) == ("reviewing", "county_approval", "owner")
    with pytest.raises(NotAllowed):
        journey.take("approve", "township_sc", opinion="再次通过")
    assert journey.take("approve", "clerk_sc", opinion="同意").case.state == "decided"


def test_the_collecting_window_can_neither_accept_nor_decide(world: World) -> None:
    """受理 and 决定 stay with the owner (不改变原有办理事权)."""
    journey = journeys.arrived(world)
    for step, data in (("accept", {}), ("refuse", {"reason": "不收"})):
        with pytest.raises(NotAllowed):
            journey.take(step, "clerk_cq", **data)
    journey.take("accept", "clerk_sc")
    with pytest.raises(NotAllowed):
        journey.take("approve", "clerk_cq", opinion="同意")


def test_every_paper_is_signed_for_and_a_missing_one_is_named(world: World) -> None:
    journey = journeys.in_transit(world)
    items = list(ParcelItem.objects.order_by("id"))
    with pytest.raises(InvalidData) as unexplained:
        journey.take("sign", "clerk_sc", arrived=[items[0].pk])
    assert "missing_note" in unexplained.value.form.errors
    journey.take("sign", "clerk_sc", arrived=[items[0].pk], missing_note="信封内未见")
    items = list(ParcelItem.objects.order_by("id"))
    assert [item.arrived for item in items] == [True, *[False] * (len(items) - 1)]
    assert Material.objects.get(pk=items[1].material_id or 0).status == "missing"
    event = journey.case.events.get(step="sign")
    assert event.data["missing"] == [item.name for item in items[1:]]


def test_one_parcel_carries_the_papers_of_two_cases(world: World) -> None:
    journeys.in_transit(world, waybill="EMS1234567890")
    journeys.in_transit(world, waybill="EMS1234567890")
    assert Parcel.objects.count() == 1
    assert ParcelItem.objects.values("case").distinct().count() == 2


def test_a_waybill_of_another_road_is_refused(world: World) -> None:
    journeys.in_transit(world, waybill="EMS1234567890")
    elsewhere = journeys.begin(world, data=None)
    other = world.open(
        SUBSIDY,
        at=at("2026-03-31 09:00"),
        data=answers_for(world.matter(SUBSIDY), household_region="511703"),
    )
    journey = journeys.Journey(world, other, at("2026-03-31 09:00"))
    journey.take("collect", "clerk_cq", identity_checked="on", papers=journeys.papers_of(other))
    with pytest.raises(InvalidData) as wrong:
        journey.take("forward", "clerk_cq", way="post", waybill="EMS1234567890")
    assert wrong.value.form.errors["waybill"] == ["这个运单号已用于寄往其他机构的邮件，请核对"]
    assert elsewhere.case.state == "submitted"


def test_the_result_does_not_come_back_under_the_waybill_that_brought_the_papers(
    world: World,
) -> None:
    journey = journeys.decided(world, waybill="EMS1234567890")
    with pytest.raises(InvalidData) as wrong:
        journey.take("feed_back", "clerk_sc", way="parcel", waybill="EMS1234567890")
    assert wrong.value.form.errors["waybill"] == ["这个运单号已用于寄往其他机构的邮件，请核对"]
    assert journey.case.state == "decided"


def test_a_window_names_the_papers_that_are_lacking(world: World) -> None:
    papers = [{"code": "will", "name": "委托书原件", "form": "original"}]
    journey = journeys.begin(world, world.matter(SUBSIDY, materials=papers))
    with pytest.raises(InvalidData) as lacking:
        journey.take("collect", "clerk_cq", identity_checked="on", papers=[])
    assert lacking.value.form.errors["papers"] == ["缺少必要材料：委托书原件"]


def test_what_a_province_already_holds_is_not_asked_for(world: World) -> None:
    """免证办: the card and the register are looked up by the owner."""
    journey = journeys.begin(world)
    assert (
        journey.take("collect", "clerk_cq", identity_checked="on", papers=[]).case.state
        == "collected"
    )


def test_time_to_supplement_begins_when_the_notice_reached_the_person(world: World) -> None:
    matter = world.matter(SUBSIDY, supplement="5G")
    journey = journeys.supplementing(world, matter=matter, when="2026-05-11 09:00")
    assert journey.case.hop_due_at is None
    journey.take("record_service", "clerk_sc", "2026-05-12 10:00",
                 way="phone", succeeded="no", receiver="林晓梅", note="无人接听")  # fmt: skip
    assert journey.case.hop_due_at is None
    assert not Service.objects.get().succeeded
    journey.take("record_service", "clerk_sc", "2026-05-14 10:00",
                 way="phone", succeeded="yes", receiver="林晓梅")  # fmt: skip
    assert journey.case.hop_due_at == at("2026-05-22 00:00")


def test_while_papers_are_awaited_the_promise_stands_still(world: World) -> None:
    journey = journeys.supplementing(world, when="2026-05-11 09:00")
    assert journey.case.promise_due_at is None
    assert journey.case.light(at("2026-07-01 09:00")) == "none"
    owed = journeys.owed_papers(journey.case)
    journey.take("supplement", "citizen", "2026-05-20 09:00", items=owed, note="已补")
    case = journey.case
    assert case.state == "reviewing"
    # 16 working days from 11 May are 2 June; seven working days of waiting (12–20 May) come on top.
    assert case.promise_due_at == at("2026-06-12 00:00")
    # The office has the ten days it had, less none: it asked on the day it accepted.
    assert case.hop_due_at == at("2026-06-04 00:00")


def test_all_that_was_asked_for_is_handed_in_at_once(world: World) -> None:
    journey = journeys.reviewing(world).take(
        "require_supplement", "clerk_sc", items="残疾人证\n户口簿", reason="缺"
    )
    one = journeys.owed_papers(journey.case)[:1]
    with pytest.raises(InvalidData) as partial:
        journey.take("supplement", "citizen", items=one)
    assert partial.value.form.errors["items"] == ["请一次补齐告知书所列的全部材料"]


def test_a_whole_page_is_no_name_of_a_paper_to_supplement(world: World) -> None:
    journey = journeys.reviewing(world)
    with pytest.raises(InvalidData) as too_long:
        journey.take("require_supplement", "clerk_sc", items=f"残疾人证\n{'长' * 201}", reason="缺")
    assert too_long.value.form.errors["items"] == ["每项最多 200 字，详细要求请写在理由里"]
    journey.take("require_supplement", "clerk_sc", items="长" * 200, reason="缺")


def test_a_person_who_never_answers_is_returned_only_after_the_time_is_over(world: World) -> None:
    matter = world.matter(SUBSIDY, supplement="5G")
    journey = journeys.supplementing(world, matter=matter, when="2026-05-11 09:00")
    journey.take("record_service", "clerk_sc", "2026-05-12 10:00",
                 way="counter", succeeded="yes", receiver="林晓梅")  # fmt: skip
    with pytest.raises(NotAllowed):
        journey.take("give_up", "clerk_sc", "2026-05-19 10:00", reason="未补")
    case = journey.take("give_up", "clerk_sc", "2026-05-20 10:00", reason="未补").case
    assert (case.state, case.outcome) == ("returned", "returned")
    assert Suspension.objects.get().ended_at == at("2026-05-20 10:00")


def test_a_refusal_tells_its_reason_and_the_persons_remedies(world: World) -> None:
    journeys.arrived(world).take("refuse", "clerk_sc", reason="不属于本机关职权")
    document = Document.objects.get(kind="not_accepted")
    assert document.content["reason"] == "不属于本机关职权"
    assert document.content["remedies"]["review_days"] == 60


def test_a_refused_persons_paper_says_disapproved_and_pays_from_no_month(world: World) -> None:
    journey = journeys.reviewing(world).take("disapprove", "clerk_sc", reason="不符合条件")
    case = journey.take("feed_back", "clerk_sc", way="electronic").case
    assert (case.state, case.outcome, case.effective_month) == ("completed", "disapproved", None)


def test_a_daughter_acts_for_her_father_within_her_authority(world: World) -> None:
    """子女代办: she signs and supplements in her own name; she was not given the right to withdraw."""
    parties = [
        PartyInput(role="applicant", name="周德福", id_number=LIN_ID),
        PartyInput(
            role="agent", name="周晓燕", user=world.daughter, relation="女儿",
            authority="授权委托书", scope=("sign", "supplement"), expires_on=dt.date(2026, 6, 30),
        ),
    ]  # fmt: skip
    case = world.open(by="daughter", at=at("2026-05-11 09:00"), parties=parties)
    journey = journeys.Journey(world, case, at("2026-05-11 09:00"))
    with pytest.raises(NotAllowed) as refused:
        journey.take("withdraw", "daughter", reason="不办了")
    assert [r.code for r in refused.value.verdict.reasons] == ["no_right"]
    journey.take("collect", "clerk_cq", identity_checked="on", papers=journeys.papers_of(case))
    journey.take("forward", "clerk_cq", way="electronic").take("accept", "clerk_sc")
    journey.take("require_supplement", "clerk_sc", items="残疾人证", reason="缺")
    owed = journeys.owed_papers(case)
    with pytest.raises(NotAllowed):
        journey.take("supplement", "daughter", "2026-07-01 09:00", items=owed)
    journey.take("supplement", "daughter", "2026-06-30 09:00", items=owed)
    assert journey.case.events.get(step="supplement").actor_name == "周晓燕"


def test_a_case_that_routing_cannot_place_lies_on_the_countys_desk(world: World) -> None:
    Office.objects.filter(pk=world.office("511703", "civil_affairs").pk).update(
        valid_to=dt.date(2026, 1, 1)
    )
    answers = answers_for(world.matter(SUBSIDY), household_region="511703")
    case = world.open(at=at("2026-05-11 09:00"), data=answers)
    assert case.is_unplaced
    assert case.office_of("owner") == world.office("511703", "service_center").pk
