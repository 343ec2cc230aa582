"""One waybill for many cases, with its hand-over sheet."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import journeys
from tests.desk.conftest import text_of
from tests.desk.parcels.conftest import (
    PARCELS,
    WAYBILL,
    SignedIn,
    collected,
    load,
    picked,
    sent,
)
from tests.world import ORPHAN, World, answers_for
from workflows.cases.models import Case, Parcel, ParcelItem


def test_what_is_to_send_stands_by_the_office_it_goes_to(at: SignedIn, world: World) -> None:
    to_county = journeys.collected(world).case
    to_township = journeys.collected(world, matter=ORPHAN).case
    version = world.matter("困难残疾人生活补贴")
    elsewhere = journeys.collected(world, data=answers_for(version, household_region="511703")).case
    page = text_of(at("clerk_cq").get(PARCELS))
    for case, office in ((to_county, "通川区民政局"), (to_township, "示范镇便民服务中心"),
                         (elsewhere, "达川区民政局")):  # fmt: skip
        assert case.number in page
        assert f"材料寄往属地：{office} 1 件" in page
    assert "林*梅" in page
    assert "林晓梅" not in page


def test_a_parcel_of_thirty_cases_goes_under_one_waybill(at: SignedIn, world: World) -> None:
    cases = collected(world, 30)
    clerk = at("clerk_cq")
    answer = clerk.post(f"{PARCELS}send/", load(world, cases, waybill=" ems 7777-777777 "))
    parcel = Parcel.objects.get()
    assert parcel.waybill == WAYBILL
    assert answer["Location"] == f"{PARCELS}{parcel.number}/"
    assert set(Case.objects.values_list("state", flat=True)) == {"in_transit"}
    assert parcel.items.count() == 90
    page = text_of(clerk.get(answer["Location"]))
    assert page.count("已装入邮件") == 30
    assert "30 件办件，90 份材料" in page
    for case in cases:
        assert case.number in page
    assert "已装入邮件" not in text_of(clerk.get(answer["Location"]))


def test_a_case_that_somebody_moved_meanwhile_has_its_own_result(
    at: SignedIn, world: World
) -> None:
    moved, stays = collected(world, 2)
    ticked = picked([moved, stays])
    world.take(moved, "remark", "clerk_cq_2", {"text": "等一等"})
    clerk = at("clerk_cq")
    answer = clerk.post(f"{PARCELS}send/", load(world, [], case=ticked))
    page = text_of(clerk.get(answer["Location"]))
    assert "万同事（万州区政务服务中心）已于" in page
    assert "没有重复办理" in page
    assert {c.number: c.state for c in Case.objects.all()} == {
        moved.number: "collected", stays.number: "in_transit"
    }  # fmt: skip


def test_the_same_form_sent_twice_puts_nothing_in_twice(at: SignedIn, world: World) -> None:
    clerk, form = at("clerk_cq"), load(world, collected(world, 2))
    clerk.post(f"{PARCELS}send/", form)
    again = clerk.post(f"{PARCELS}send/", form)
    assert text_of(clerk.get(again["Location"])).count("没有重复办理") == 2
    assert ParcelItem.objects.count() == 6


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"waybill": ""}, "请填写运单号"),
        ({"waybill": "123"}, "运单号应为 8 至 20 位字母或数字"),
        ({"waybill": "<b>EMS12345</b>"}, "运单号应为 8 至 20 位字母或数字"),
        ({"waybill": "9" * 3000}, "运单号应为 8 至 20 位字母或数字"),
        ({"case": []}, "请先勾选要寄出的办件"),
        ({"case": ["nonsense", "1:1"]}, "请先勾选要寄出的办件"),
    ],
)
def test_an_error_sends_nothing_and_keeps_what_was_ticked(
    at: SignedIn, world: World, wrong: dict[str, Any], told: str
) -> None:
    cases = collected(world, 2)
    page = at("clerk_cq").post(f"{PARCELS}send/", load(world, cases) | wrong)
    assert page.status_code == 200
    assert told in text_of(page)
    if "case" not in wrong:
        assert page.content.decode().count("checked>") == 2
    assert not Parcel.objects.exists()


def test_a_waybill_of_another_road_or_of_a_parcel_that_arrived_is_refused(
    at: SignedIn, world: World
) -> None:
    journeys.in_transit(world, waybill=WAYBILL, matter=ORPHAN)
    cases = collected(world, 1)
    page = at("clerk_cq").post(f"{PARCELS}send/", load(world, cases))
    assert "这个运单号已用于寄往其他机构的邮件，请核对" in text_of(page)
    journeys.arrived(world, waybill="EMS8888888888")
    page = at("clerk_cq").post(f"{PARCELS}send/", load(world, cases, waybill="EMS8888888888"))
    assert "这个运单号的邮件已经签收，请核对" in text_of(page)
    assert Case.objects.get(pk=cases[0].pk).state == "collected"


def test_a_later_case_joins_a_parcel_that_is_still_under_way(at: SignedIn, world: World) -> None:
    parcel = sent(world, at, 1)
    at("clerk_cq").post(f"{PARCELS}send/", load(world, collected(world, 1)))
    assert parcel.items.count() == 6


def test_a_forged_load_sends_only_what_may_be_sent(at: SignedIn, world: World) -> None:
    """Another office's case, and a step that no list offers."""
    case = journeys.collected(world).case
    stranger = at("clerk_elsewhere")
    answer = stranger.post(f"{PARCELS}send/", load(world, [case]))
    assert "没有这个办件，或您不能查看" in text_of(stranger.get(answer["Location"]))
    page = at("clerk_cq").post(f"{PARCELS}send/", load(world, [case], step="turn_back"))
    assert page.status_code == 200
    assert Case.objects.get(pk=case.pk).state == "collected"


def test_results_go_back_to_the_window_in_one_parcel_too(at: SignedIn, world: World) -> None:
    cases = [journeys.decided(world, waybill=f"EMS000000010{n}").case for n in range(2)]
    clerk = at("clerk_sc")
    page = text_of(clerk.get(PARCELS))
    assert "结果寄回收件地：万州区政务服务中心 2 件" in page
    form = load(
        world, cases, step="feed_back",
        sender=world.office("511702", "civil_affairs").pk,
        receiver=world.office("500101", "service_center").pk,
    )  # fmt: skip
    clerk.post(f"{PARCELS}send/", form)
    assert set(Case.objects.values_list("state", flat=True)) == {"returning"}
    assert WAYBILL in text_of(at("clerk_cq").get(f"{PARCELS}coming/"))


def test_only_sender_and_receiver_see_a_parcel(at: SignedIn, world: World) -> None:
    parcel = sent(world, at, 1)
    address = f"{PARCELS}{parcel.number}/"
    for name in ("clerk_cq", "clerk_cq_2", "head_cq", "clerk_sc", "head_sc"):
        assert at(name).get(address).status_code == 200, name
    for name in ("clerk_elsewhere", "township_sc", "desk_sc", "supervisor_cq", "citizen"):
        stranger = at(name)
        assert stranger.get(address).status_code == 404, name
        assert stranger.get(f"{address}sign/").status_code == 404, name
    assert at("clerk_cq").get(f"{address}sign/").status_code == 404
    assert at("clerk_cq").get(f"{PARCELS}no-such-parcel/").status_code == 404
    assert at("clerk_cq").get(f"{PARCELS}%00/").status_code == 404


def test_of_a_parcels_cases_only_those_one_may_see_are_listed(at: SignedIn, world: World) -> None:
    """A colleague of the sender's other office sees its parcel, but a case may have moved on."""
    parcel = sent(world, at, 2)
    hidden = Case.objects.order_by("pk").first()
    assert hidden is not None
    Case.objects.filter(pk=hidden.pk).update(office_ids=[world.office("511702", "police").pk])
    page = text_of(at("clerk_cq").get(f"{PARCELS}{parcel.number}/"))
    assert hidden.number not in page
    assert "1 件办件，3 份材料" in page


def test_an_empty_desk_is_told_what_to_do(at: SignedIn) -> None:
    clerk = at("clerk_cq")
    for address, said in (("", "没有要寄出的件"), ("road/", "没有在途的邮件"),
                          ("coming/", "没有要签收的邮件"), ("done/", "近两个月没有签收完的邮件")):  # fmt: skip
        assert said in text_of(clerk.get(PARCELS + address))


@pytest.mark.parametrize("address", ["", "road/"])
def test_the_lists_take_as_many_statements_for_thirty_as_for_one(
    at: SignedIn, world: World, address: str
) -> None:
    clerk = at("clerk_cq")

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            clerk.get(PARCELS + address)
        return len(captured)

    journeys.collected(world)
    journeys.in_transit(world, waybill="EMS0000000500")
    clerk.get(PARCELS + address)
    one = statements()
    collected(world, 29)
    for n in range(29):
        journeys.in_transit(world, waybill=f"EMS00000006{n:02d}")
    assert statements() == one <= 9


def test_the_sheet_takes_as_many_statements_for_thirty_as_for_one(
    at: SignedIn, world: World
) -> None:
    clerk = at("clerk_cq")
    parcel = sent(world, at, 1)
    address = f"{PARCELS}{parcel.number}/"
    clerk.get(address)
    with CaptureQueriesContext(connection) as one:
        clerk.get(address)
    clerk.post(f"{PARCELS}send/", load(world, collected(world, 29)))
    clerk.get(address)
    with CaptureQueriesContext(connection) as thirty:
        clerk.get(address)
    assert len(one) == len(thirty) <= 6
