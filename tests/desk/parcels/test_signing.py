"""The other province opens the parcel and ticks each paper."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import journeys
from tests.desk.conftest import text_of
from tests.desk.parcels.conftest import PARCELS, WAYBILL, SignedIn, sent
from tests.world import World
from workflows.cases.models import Case, Material, Parcel, ParcelItem


def sheet(parcel: Parcel, ticked: list[ParcelItem] | None = None, **notes: str) -> dict[str, Any]:
    """The signing form: all papers ticked unless told."""
    items = list(parcel.items.select_related("case")) if ticked is None else ticked
    cases = Case.objects.filter(pk__in=parcel.items.values("case_id"))
    return {
        "arrived": [item.pk for item in items],
        **{f"token-{case.number}": case.seq for case in cases},
        **{f"note-{number.removeprefix('n')}": text for number, text in notes.items()},
    }


def sign_path(parcel: Parcel) -> str:
    return f"{PARCELS}{parcel.number}/sign/"


def test_a_parcel_to_come_is_opened_by_its_waybill_and_signed_for_whole(
    at: SignedIn, world: World
) -> None:
    parcel = sent(world, at, 30)
    clerk = at("clerk_sc")
    assert WAYBILL in text_of(clerk.get(f"{PARCELS}coming/"))
    opened = clerk.get(f"{PARCELS}coming/?waybill=ems%207777777777")
    assert opened["Location"] == sign_path(parcel)
    answer = clerk.post(sign_path(parcel), sheet(parcel))
    assert answer["Location"] == f"{PARCELS}{parcel.number}/"
    assert set(Case.objects.values_list("state", flat=True)) == {"received"}
    assert set(Material.objects.values_list("status", flat=True)) == {"received"}
    page = text_of(clerk.get(answer["Location"]))
    assert page.count("已签收，材料齐全") == 30
    assert WAYBILL not in text_of(clerk.get(f"{PARCELS}coming/"))
    assert WAYBILL in text_of(clerk.get(f"{PARCELS}done/"))
    assert WAYBILL in text_of(at("clerk_cq").get(f"{PARCELS}done/"))


def test_a_missing_paper_is_named_or_the_case_is_not_signed_for(at: SignedIn, world: World) -> None:
    parcel = sent(world, at, 2)
    whole, lacking = Case.objects.order_by("pk")
    items = list(parcel.items.order_by("pk"))
    missing = next(i for i in items if i.case_id == lacking.pk)
    rest = [item for item in items if item != missing]
    clerk = at("clerk_sc")

    page = clerk.post(sign_path(parcel), sheet(parcel, rest))
    assert page.status_code == 200
    assert "有 1 份材料没有勾选，请写明缺失情况" in text_of(page)
    assert "已签收，材料齐全" in text_of(page)
    assert page.content.decode().count(" checked") == 2
    assert _states() == {whole.number: "received", lacking.number: "in_transit"}

    named = sheet(parcel, rest, **{f"n{lacking.number}": "缺残疾人证复印件"})
    answer = clerk.post(sign_path(parcel), named)
    page_text = text_of(clerk.get(answer["Location"]))
    assert "已签收，缺 1 份" in page_text
    assert "缺残疾人证复印件" in page_text
    assert _states()[lacking.number] == "received"
    assert missing.material is not None
    missing.material.refresh_from_db()
    assert missing.material.status == "missing"


def _states() -> dict[str, str]:
    return dict(Case.objects.values_list("number", "state"))


def test_a_case_without_a_tick_or_a_word_waits_for_later(at: SignedIn, world: World) -> None:
    parcel = sent(world, at, 2)
    first, second = Case.objects.order_by("pk")
    clerk = at("clerk_sc")
    ticked = list(parcel.items.filter(case=first))
    answer = clerk.post(sign_path(parcel), sheet(parcel, ticked))
    assert answer["Location"] == sign_path(parcel)
    page = text_of(clerk.get(sign_path(parcel)))
    assert second.number in page
    assert _states() == {first.number: "received", second.number: "in_transit"}
    nothing = clerk.post(sign_path(parcel), {f"token-{second.number}": second.seq})
    assert "没有勾选任何材料，什么也没有签收。" in text_of(nothing)


def test_everything_missing_is_signed_for_as_missing(at: SignedIn, world: World) -> None:
    parcel = sent(world, at, 1)
    case = Case.objects.get()
    at("clerk_sc").post(sign_path(parcel), sheet(parcel, [], **{f"n{case.number}": "空信封"}))
    assert set(case.materials.values_list("status", flat=True)) == {"missing"}


def test_two_clerks_at_one_parcel_and_the_second_is_told(at: SignedIn, world: World) -> None:
    parcel = sent(world, at, 1)
    form = sheet(parcel)
    at("clerk_sc_2").post(sign_path(parcel), form)
    late = at("clerk_sc")
    page = text_of(late.get(late.post(sign_path(parcel), form)["Location"]))
    assert "通同事已于" in page
    assert "签收，没有重复办理" in page
    assert Case.objects.get().seq == 4


def test_a_stale_page_signs_for_nothing(at: SignedIn, world: World) -> None:
    parcel = sent(world, at, 1)
    form = sheet(parcel)
    world.take(Case.objects.get(), "remark", "clerk_sc_2", {"text": "已到"})
    clerk = at("clerk_sc")
    answer = clerk.post(sign_path(parcel), form)
    page = text_of(clerk.get(answer["Location"]))
    assert "通同事（通川区民政局）已于" in page
    assert Case.objects.get().state == "in_transit"


def test_ticks_for_papers_of_another_parcel_are_not_looked_at(at: SignedIn, world: World) -> None:
    parcel = sent(world, at, 1)
    other = journeys.in_transit(world, waybill="EMS0000000123")
    foreign = list(ParcelItem.objects.filter(case=other.case))
    page = at("clerk_sc").post(sign_path(parcel), sheet(parcel, foreign))
    assert "什么也没有签收" in text_of(page)
    hostile = {"arrived": ["1 OR 1=1", "９", "x" * 500], "token-<b>": "<b>"}
    assert at("clerk_sc").post(sign_path(parcel), hostile).status_code == 200
    assert set(_states().values()) == {"in_transit"}


def test_a_note_that_is_too_long_is_told(at: SignedIn, world: World) -> None:
    parcel = sent(world, at, 1)
    case = Case.objects.get()
    form = sheet(parcel, [], **{f"n{case.number}": "缺" * 201})
    page = at("clerk_sc").post(sign_path(parcel), form)
    assert "缺失情况最多 200 个字" in text_of(page)
    assert case.state == Case.objects.get().state == "in_transit"


def test_papers_of_a_case_that_was_withdrawn_on_the_way_go_back(at: SignedIn, world: World) -> None:
    parcel = sent(world, at, 2)
    withdrawn, stays = Case.objects.order_by("pk")
    world.take(withdrawn, "withdraw", "citizen", {"reason": "改为回户籍地办理"})
    clerk = at("clerk_sc")
    page = text_of(clerk.get(sign_path(parcel)))
    assert stays.number in page
    assert withdrawn.number not in page
    clerk.post(sign_path(parcel), sheet(parcel))
    done = text_of(clerk.get(f"{PARCELS}{parcel.number}/"))
    assert "办件已不在邮寄途中，没有签收" in done
    assert "办件已不在邮寄途中，材料请退回寄件机构" in done
    assert WAYBILL not in text_of(clerk.get(f"{PARCELS}coming/"))


def test_results_that_come_back_are_signed_for_at_the_window(at: SignedIn, world: World) -> None:
    journey = journeys.decided(world, waybill="EMS0000000123")
    journey.take("feed_back", "clerk_sc", way="parcel", waybill=WAYBILL)
    parcel = Parcel.objects.get(waybill=WAYBILL)
    clerk = at("clerk_cq")
    assert at("clerk_sc").get(sign_path(parcel)).status_code == 404
    clerk.post(sign_path(parcel), sheet(parcel))
    assert journey.case.state == "delivering"


def test_an_unknown_waybill_is_told(at: SignedIn, world: World) -> None:
    sent(world, at, 1)
    for waybill in ("EMS0000000000", WAYBILL):
        page = at("clerk_elsewhere").get(f"{PARCELS}coming/?waybill={waybill}", follow=True)
        assert f"没有寄给或寄自本单位的邮件 {waybill}" in text_of(page)
    ours = at("clerk_cq").get(f"{PARCELS}coming/?waybill={WAYBILL}")
    assert ours["Location"] == f"{PARCELS}{Parcel.objects.get().number}/"


def test_the_signing_page_takes_as_many_statements_for_thirty_as_for_one(
    at: SignedIn, world: World
) -> None:
    clerk = at("clerk_sc")
    parcel = sent(world, at, 1)
    clerk.get(sign_path(parcel))
    with CaptureQueriesContext(connection) as one:
        clerk.get(sign_path(parcel))
    for _ in range(29):
        journeys.in_transit(world, waybill=WAYBILL)
    with CaptureQueriesContext(connection) as thirty:
        clerk.get(sign_path(parcel))
    assert len(one) == len(thirty) <= 6
