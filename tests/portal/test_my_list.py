"""我的办件: what waits for oneself on top, then the rest; page by page, and drafts to go on with."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from tests import journeys
from tests.portal.applying import Applying
from tests.portal.conftest import signed_in
from tests.portal.mine import on, words
from tests.world import World, at
from workflows.cases.models import Case, Draft
from workflows.cases.opening import PartyInput
from workflows.portal.own.listing import MINE, PAGE_SIZE, Place


def test_it_says_what_to_do_where_there_is_nothing_yet(outsider: Client) -> None:
    page = words(outsider.get("/my/"))
    assert "您还没有办件" in page
    assert "查找要办的事" in page


def test_one_has_to_sign_in(db: None) -> None:
    assert Client().get("/my/")["Location"] == "/sign-in/?next=/my/"


def test_what_waits_for_oneself_comes_first_and_says_what(world: World, lin: Client) -> None:
    with on("2026-04-10 10:00"):
        journeys.reviewing(world, waybill="EMS0000000011")
        journeys.supplementing(world, waybill="EMS0000000012")
        journeys.completed(world, waybill="EMS0000000013")
        journeys.begin(world).take("withdraw", "citizen", reason="不办了")
        page = words(signed_in(world.citizen).get("/my/"))
    order = ["现在需要您办理", "请按告知书一次补齐材料", "正在办理", "审定", "请您评价"]
    places = [page.index(said) for said in order]
    assert places == sorted(places)
    assert "已撤回" in page


def test_a_result_to_be_fetched_waits_for_oneself(world: World, lin: Client) -> None:
    journeys.delivering(world)
    page = words(lin.get("/my/"))
    assert "现在需要您办理" in page
    assert "请携带有效身份证件到窗口领取结果" in page
    assert "万州区政务服务中心" in page
    assert "承诺" not in page, "the promise has been kept"


def test_a_row_says_the_office_and_the_promised_day_with_its_light(
    world: World, lin: Client
) -> None:
    with on("2026-04-02 10:00"):
        journeys.arrived(world)
        page = words(signed_in(world.citizen).get("/my/"))
    assert "现在由通川区民政局办理" in page
    assert "承诺最迟 2026年4月22日 办结" in page
    assert "绿灯" in page


def test_while_it_is_suspended_no_day_is_promised(world: World, lin: Client) -> None:
    journeys.supplementing(world)
    page = words(lin.get("/my/"))
    assert "中止" in page
    assert "最迟" not in page


def test_whoever_may_not_sign_is_not_asked_to_rate(world: World) -> None:
    user = world.citizen
    parties = [
        PartyInput(role="applicant", name="林晓梅", user=user),
        PartyInput(role="agent", name="周晓燕", user=world.daughter, scope=("supplement",)),
    ]
    with on("2026-04-02 10:00"):
        journeys.completed(world, parties=parties)
        assert "请您评价" in words(signed_in(user).get("/my/"))
        assert "请您评价" not in words(signed_in(world.daughter).get("/my/"))


def test_after_a_month_nobody_is_asked_to_rate_any_more(world: World, lin: Client) -> None:
    with on("2026-04-02 10:00"):
        journeys.completed(world)
    with on("2026-05-20 10:00"):
        assert "请您评价" not in words(signed_in(world.citizen).get("/my/"))


def test_drafts_can_be_gone_on_with_until_they_are_handed_in(
    applying: Applying, world: World, lin: Client
) -> None:
    page = lin.get("/my/").content.decode()
    assert f"/apply/{applying.key}/" in page
    case = world.open(draft_key=applying.key)
    assert Draft.objects.filter(pk=case.draft_key).exists()
    assert f"/apply/{applying.key}/" not in lin.get("/my/").content.decode()


def test_pages_hold_every_case_once_in_order(world: World, lin: Client) -> None:
    start = at("2026-03-02 09:00")
    for n in range(PAGE_SIZE * 2 + 3):
        world.open(at=start + dt.timedelta(minutes=n // 2))
    seen: list[str] = []
    address = "/my/"
    while address:
        answer = lin.get(address)
        seen += [row.number for group in answer.context["groups"] for row in group.rows]
        address = f"/my/{answer.context['next']}" if answer.context["next"] else ""
    assert len(seen) == len(set(seen)) == Case.objects.count()
    newest = Case.objects.order_by("-opened_at", "-id").values_list("number", flat=True)
    assert seen == list(newest)


@pytest.mark.parametrize(
    "after", ["x", "0~~1", "9~2026-04-01T00:00:00+08:00~1", "0~2026-04-01T00:00:00~1",
              "0~2026-04-01T00:00:00+08:00~99999999999999999999", "0~2026-13-01T00:00:00+08:00~1",
              "\x00", "~" * 5000],
)  # fmt: skip
def test_a_mangled_address_shows_the_first_page(world: World, lin: Client, after: str) -> None:
    world.open()
    assert Place.parse(after) is None
    assert len(lin.get("/my/", {"after": after}).context["groups"]) == 1


def test_past_the_last_page_there_is_a_way_back(world: World, lin: Client) -> None:
    world.open()
    place = Place(MINE, timezone.now() - dt.timedelta(days=9000), 1)
    page = words(lin.get("/my/", {"after": str(Place(3, place.opened_at, 1))}))
    assert "从头看" in page


@pytest.mark.parametrize("count", [1, 30])
def test_as_many_statements_for_thirty_as_for_one(
    world: World, lin: Client, count: int, django_assert_num_queries: object
) -> None:
    for n in range(count):
        journeys.arrived(world, waybill=f"EMS{n:010d}")
    lin.get("/my/")
    # session, account; page of cases, drafts; unread messages in the frame.
    with django_assert_num_queries(5):  # type: ignore[operator]
        lin.get("/my/")


def test_a_part_is_listed_beside_the_whole_only_while_it_waits_for_the_person(
    world: World, lin: Client
) -> None:
    parent = world.open()
    at_the_window = world.open(parent_id=parent.pk, relation="part", awaited_as="sign")

    def listed() -> set[str]:
        return {row.number for group in lin.get("/my/").context["groups"] for row in group.rows}

    assert listed() == {parent.number, at_the_window.number}
    papers = journeys.papers_of(at_the_window)
    taken_in = {"identity_checked": "on", "papers": papers}
    world.take(at_the_window, "collect", "clerk_cq", taken_in)
    assert listed() == {parent.number}
