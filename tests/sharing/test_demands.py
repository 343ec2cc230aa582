"""通川区民政局 lacks what the police of 万州 hold: they ask, and are answered in time or marked late."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from tests.portal.applying import shown
from tests.portal.conftest import signed_in
from tests.sharing.registers import load_registers
from tests.world import World, at
from tongban.notices.models import Notice
from tongban.notices.rendering import render
from tongban.sharing import demands
from tongban.sharing.models import Demand, Holder, LedgerIsAppendOnly, Responsibility, Turn

Counting = Callable[[int], AbstractContextManager[object]]
MONDAY = at("2026-09-14 10:00")
ASKED = {
    "title": "居住证状态",
    "need": "核对申请人是否在万州居住",
    "fields_wanted": "是否持有有效居住证",
    "ground": "示范条例第一条",
}


@pytest.fixture
def police(world: World) -> Holder:
    load_registers()
    return Holder.objects.create(
        code="500101-police",
        name="万州区公安局",
        province_id="500000",
        region_code="500101",
        department_id="police",
        office=world.office("500101", "police"),
    )


def made(world: World, police: Holder, **more: str) -> Demand:
    office = world.office("511702", "civil_affairs")
    return demands.make(
        actor=world.actor("clerk_sc"), office=office, holder=police, at=MONDAY, **ASKED, **more
    )


def told(template: str) -> list[tuple[str, str]]:
    found = Notice.objects.filter(template=template, channel="inbox").order_by("id")
    return [(notice.user.username, render(notice).subject) for notice in found if notice.user]


def test_one_asks_and_the_other_answers_through_the_pages(world: World, police: Holder) -> None:
    asker, giver = signed_in(world.clerk_sc), signed_in(world.police_cq)
    form = shown(asker.get("/sharing/demands/new/?holder=500101-police"))
    assert 'value="500101-police" selected' in form
    office = world.office("511702", "civil_affairs").pk
    wrong = shown(asker.post("/sharing/demands/new/", {"office": office}))
    assert "请写明需要什么数据" in wrong
    sent = ASKED | {"office": office, "holder": police.pk, "item_key": "m-1"}
    page = asker.post("/sharing/demands/new/", sent)["Location"]
    assert told("demand_made") == [("police-cq", "数据需求待答复：居住证状态")]
    for client in (asker, giver):
        assert "居住证状态" in shown(client.get("/sharing/demands/"))
    assert "同意提供" not in shown(asker.get(page)).split("往来")[1]
    both = giver.post(f"{page}accept/", {"turn": "1", "text": ""})
    assert "二者选一" in shown(both)
    answered = giver.post(
        f"{page}accept/", {"turn": "1", "new_name": "居住证状态信息"}, follow=True
    )
    assert "已提交，对方已收到通知" in shown(answered)
    assert told("demand_answered") == [("head-sc", "数据需求已答复：居住证状态")]
    line = Responsibility.objects.get()
    assert (line.item_key, line.office_kinds, line.needs_consent) == (
        "m-1",
        ["civil_affairs"],
        True,
    )
    assert "居住证状态信息" in shown(asker.get(page))


def test_the_holder_has_ten_working_days_and_they_stand_still_while_it_waits(
    world: World, police: Holder
) -> None:
    demand = made(world, police)
    first = demand.due_on
    assert first == demands.last_day(police, MONDAY, 10)
    police_actor, clerk = world.actor("police_cq"), world.actor("clerk_sc")
    friday = at("2026-09-18 16:00")
    demand = demands.ask_back(
        demand_id=demand.pk, actor=police_actor, turn=1, question="哪些人？", at=friday
    )
    assert (demand.state, demand.days_left) == ("asked_back", 6)
    much_later = at("2026-11-02 09:00")
    assert demands.mark_overdue(now=much_later) == 0
    demand = demands.explain(
        demand_id=demand.pk, actor=clerk, turn=2, text="申请人本人", at=much_later
    )
    assert demand.due_on == dt.date(2026, 11, 10)
    assert [turn.kind for turn in demand.turns.all()] == ["made", "asked_back", "explained"]
    assert told("demand_explained") == [("police-cq", "数据需求已补充说明：居住证状态")]


def test_who_lets_the_time_pass_is_marked_and_both_are_told_once(
    world: World, police: Holder
) -> None:
    demand = made(world, police)
    late = at("2026-10-20 09:05")
    assert demands.mark_overdue(now=at("2026-09-20 09:05")) == 0
    assert [demands.mark_overdue(now=late) for _ in range(2)] == [1, 1]
    assert sorted(who for who, _ in told("demand_overdue")) == ["head-sc", "police-cq"]
    assert demands.is_overdue(demand, late.date())
    assert "逾期未答复" in shown(signed_in(world.clerk_sc).get("/sharing/demands/"))


def test_nobody_answers_for_another_or_over_a_newer_word(world: World, police: Holder) -> None:
    demand = made(world, police)
    asker, giver = world.actor("clerk_sc"), world.actor("police_cq")
    with pytest.raises(demands.NotTheirs):
        demands.refuse(demand_id=demand.pk, actor=asker, turn=1, reason="不", at=MONDAY)
    with pytest.raises(demands.NotTheirs):
        demands.explain(demand_id=demand.pk, actor=asker, turn=1, text="早", at=MONDAY)
    demands.refuse(demand_id=demand.pk, actor=giver, turn=1, reason="没有", at=MONDAY)
    with pytest.raises(demands.Moved):
        demands.accept(
            demand_id=demand.pk, actor=giver, turn=1, resource=None, new_name="新", at=MONDAY
        )
    page = signed_in(world.police_cq).post(
        f"/sharing/demands/{demand.pk}/refuse/", {"turn": "1", "text": "再说一次"}, follow=True
    )
    assert "您的操作没有生效" in shown(page)
    assert Demand.objects.get().state == "refused"
    with pytest.raises(LedgerIsAppendOnly):
        Turn.objects.all().delete()
    with pytest.raises(demands.NotTheirs):
        demands.make(
            actor=giver, office=world.office("511702", "civil_affairs"), holder=police,
            at=MONDAY, **ASKED,
        )  # fmt: skip


def test_the_list_costs_the_same_with_one_demand_and_with_sixty(
    world: World, police: Holder, django_assert_num_queries: Counting
) -> None:
    first = made(world, police)
    client = signed_in(world.clerk_sc)
    # Session, account, desks, unread messages; the demands. Of one: it, its turns.
    costs = {"/sharing/demands/": 5, f"/sharing/demands/{first.pk}/": 6}
    for page in costs:
        client.get(page)
    for page, cost in costs.items():
        with django_assert_num_queries(cost):
            client.get(page)
    copies = [Demand(**{**fields_of(first), "title": f"第 {n} 项"}) for n in range(59)]
    Demand.objects.bulk_create(copies)
    for page, cost in costs.items():
        with django_assert_num_queries(cost):
            client.get(page)
    listed = shown(client.get("/sharing/demands/"))
    assert listed.count('scope="row"') == 50
    following = re.search(r'rel="next" href="([^"]+)"', listed)
    assert following
    assert shown(client.get(f"/sharing/demands/{following[1]}")).count('scope="row"') == 10


def fields_of(demand: Demand) -> dict[str, Any]:
    return {
        field.attname: getattr(demand, field.attname)
        for field in Demand._meta.concrete_fields
        if field.name != "id"
    }
