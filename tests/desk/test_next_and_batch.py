"""Taking cases on: from the list, many at once, and one after the other."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from tests import journeys
from tests.desk.conftest import SignedIn, text_of
from tests.world import World
from workflows.cases.models import Case, Event


def pick(case: Case) -> str:
    now = Case.objects.get(pk=case.pk)
    return f"{now.number}:{now.seq}"


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def go_next(client: Client, current: Case | None = None) -> str:
    query = f"?from={current.number}" if current else ""
    return str(client.get(f"/desk/next/{query}")["Location"])


def test_a_press_in_the_list_claims_a_case_and_comes_back_to_the_list(
    world: World, at_desk: SignedIn
) -> None:
    case = world.open()
    client = at_desk("clerk_cq")
    here = "/desk/?view=office&light=none"
    answer = client.post("/desk/batch/", {"claim": pick(case), "next": here}, follow=True)
    assert answer.redirect_chain == [(here, 302)]
    assert f"{case.number}：已领取" in text_of(answer)
    assert fresh(case).claimed_by_id == world.clerk_cq.pk


def test_of_two_clerks_who_claim_the_same_case_the_second_is_told_who_was_first(
    world: World, at_desk: SignedIn
) -> None:
    case = world.open()
    shown = pick(case)
    at_desk("clerk_cq").post("/desk/batch/", {"claim": shown})
    told = at_desk("clerk_cq_2").post("/desk/batch/", {"claim": shown}, follow=True)
    assert "万窗口（万州区政务服务中心）已于" in text_of(told)
    assert "办理“领取”" in text_of(told)
    assert fresh(case).claimed_by_id == world.clerk_cq.pk
    assert Event.objects.filter(case=case, step="claim").count() == 1


def test_a_batch_says_of_each_case_what_became_of_it(world: World, at_desk: SignedIn) -> None:
    free, stale, taken = world.open(), world.open(), world.open()
    picks = [pick(free), pick(stale)]
    world.take(stale, "remark", "clerk_cq_2", {"text": "等一下"})
    world.take(taken, "claim", "clerk_cq_2")
    elsewhere = journeys.arrived(world, waybill="EMS0000000009").case
    Case.objects.filter(pk=elsewhere.pk).update(office_ids=elsewhere.office_ids[1:])
    asked = {"step": "claim", "case": [*picks, pick(taken), pick(elsewhere), picks[0]]}
    page = at_desk("clerk_cq").post("/desk/batch/", asked, follow=True)
    told = text_of(page)
    assert "批量领取：1 件成功，3 件没有办" in told
    assert "已有人领取" in told
    assert "万同事（万州区政务服务中心）已于" in told
    assert "没有这个办件，或您不能查看" in told
    assert fresh(free).claimed_by_id == world.clerk_cq.pk
    assert fresh(stale).claimed_by_id is None


def test_many_cases_are_accepted_at_once_each_with_its_event(
    world: World, at_desk: SignedIn
) -> None:
    cases = [journeys.arrived(world, waybill=f"EMS000000001{n}").case for n in range(3)]
    done = at_desk("clerk_sc").post(
        "/desk/batch/", {"step": "accept", "case": [pick(case) for case in cases]}, follow=True
    )
    assert "批量受理：3 件成功" in text_of(done)
    assert {fresh(case).state for case in cases} == {"reviewing"}
    assert Event.objects.filter(step="accept").count() == 3


def test_a_step_that_each_case_answers_for_itself_is_taken_one_by_one(
    world: World, at_desk: SignedIn
) -> None:
    matter = world.matter("住房公积金异地转移接续")
    case = world.open(matter)
    holder = next(
        n for n in ("fund_cq", "fund_sc") if case.holder_office_id in world.actor(n).desks
    )
    asked = {"step": "accept", "case": [pick(case)]}
    told = at_desk(holder).post("/desk/batch/", asked, follow=True)
    assert "须逐件办理，请打开办件" in text_of(told)
    assert fresh(case).state == "accepting"


def test_a_step_with_a_form_asks_once_and_one_parcel_carries_them_all(
    world: World, at_desk: SignedIn
) -> None:
    cases = [journeys.collected(world).case for _ in range(2)]
    client, picked = at_desk("clerk_cq"), [pick(case) for case in cases]
    asked = {"step": "forward", "case": picked, "next": "/desk/?view=office"}
    page = client.post("/desk/batch/", asked)
    assert "批量转递属地：2 件" in text_of(page)
    run = page.context["run_key"]
    asked |= {"asked": "1", "run": str(run), "way": "post", "waybill": "短"}
    wrong = client.post("/desk/batch/", asked)
    assert "运单号应为 8 至 20 位字母或数字" in text_of(wrong)
    assert wrong.context["form"]["way"].value() == "post"
    asked["waybill"] = "EMS0000000009"
    for _ in range(2):
        told = client.post("/desk/batch/", asked, follow=True)
        assert told.redirect_chain[0][0].startswith(f"/desk/batch/{run}/")
        assert "批量转递属地：2 件成功" in text_of(told)
    assert {item.parcel.waybill for case in cases for item in case.parcel_items.all()} <= {
        "EMS0000000009"
    }
    assert Event.objects.filter(step="forward").count() == 2


def test_all_that_the_filters_show_are_confirmed_before_they_are_taken(
    world: World, at_desk: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [world.open() for _ in range(3)]
    world.take(cases[2], "claim", "clerk_cq_2")
    client = at_desk("clerk_cq")
    here = "/desk/?view=office&claimed=no"
    page = client.post("/desk/batch/", {"step": "claim", "all": "on", "next": here})
    assert "批量领取：2 件" in text_of(page)
    assert Event.objects.filter(step="claim").count() == 1
    asked = {"step": "claim", "asked": "1", "next": here}
    asked["case"] = [f"{p.number}:{p.token}" for p in page.context["picks"]]  # type: ignore[assignment]
    told = client.post("/desk/batch/", asked, follow=True)
    assert "批量领取：2 件成功" in text_of(told)


def test_a_run_that_waits_goes_on_by_a_press_and_is_nobody_elses(
    world: World, at_desk: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, client = world.open(), at_desk("clerk_cq")
    monkeypatch.setattr("workflows.desk.queue.batch.PATIENCE_SECONDS", 0)
    told = client.post("/desk/batch/", {"step": "claim", "case": [pick(case)]}, follow=True)
    here = told.redirect_chain[0][0].split("?")[0]
    assert "还有 1 件" in text_of(told)
    assert "继续办理" in text_of(told)
    assert at_desk("clerk_cq_2").get(here).status_code == 404
    assert at_desk("clerk_cq_2").post(f"{here}on/").status_code == 404
    monkeypatch.setattr("workflows.desk.queue.batch.PATIENCE_SECONDS", 5)
    part = client.post(f"{here}on/", headers={"hx-request": "true"})
    assert "批量领取：1 件成功" in text_of(part)
    assert "hx-post" not in part.content.decode()


@pytest.mark.parametrize("step", ["refuse", "withdraw", "", "claim' OR 1=1", "__class__"])
def test_no_other_step_is_taken_for_many(world: World, at_desk: SignedIn, step: str) -> None:
    case = world.open()
    answer = at_desk("clerk_cq").post("/desk/batch/", {"step": step, "case": [pick(case)]})
    assert answer.status_code == 400
    assert fresh(case).seq == 1


@pytest.mark.parametrize(
    "picked", ["", "x", ":", "1:1", "50010126112100000017:", "²³:1", "9" * 60 + ":1", "\x00:1"]
)
def test_a_mangled_pick_is_no_case(world: World, at_desk: SignedIn, picked: str) -> None:
    told = at_desk("clerk_cq").post("/desk/batch/", {"step": "claim", "case": picked}, follow=True)
    assert "请先勾选办件" in text_of(told)


def test_the_way_back_never_leads_to_another_site(world: World, at_desk: SignedIn) -> None:
    asked = {"claim": pick(world.open()), "next": "https://example.com/"}
    assert at_desk("clerk_cq").post("/desk/batch/", asked)["Location"] == "/desk/"


def test_next_is_my_case_due_first_then_the_offices_unclaimed_ones(
    world: World, at_desk: SignedIn
) -> None:
    client = at_desk("clerk_cq")
    assert go_next(client) == "/desk/"
    cases = [world.open() for _ in range(5)]
    for nth, case in enumerate(cases):
        Case.objects.filter(pk=case.pk).update(
            due_at=timezone.now() + dt.timedelta(days=nth) if nth < 4 else None
        )
    urgent, mine, colleagues, later_mine, undated = cases
    for case, who in ((mine, "clerk_cq"), (later_mine, "clerk_cq"), (colleagues, "clerk_cq_2")):
        world.take(case, "claim", who)
        Case.objects.filter(pk=case.pk).update(due_at=fresh(case).due_at or timezone.now())
    Case.objects.filter(pk=later_mine.pk).update(due_at=timezone.now() + dt.timedelta(days=9))
    way, here = [], None
    for _ in range(5):
        number = go_next(client, here).split("/")[2]
        here = Case.objects.get(number=number)
        way.append(here.pk)
    # Through mine, on among the unclaimed, and round again; never a colleague's.
    assert way == [mine.pk, later_mine.pk, urgent.pk, undated.pk, mine.pk]


def test_the_only_case_has_no_next_one(world: World, at_desk: SignedIn) -> None:
    case = world.open()
    answer = at_desk("clerk_cq").get(f"/desk/next/?from={case.number}", follow=True)
    assert "没有其他等您办理的件了" in text_of(answer)


@pytest.mark.parametrize("current", ["x", "9" * 40, "%00", ""])
def test_next_from_nowhere_begins_at_the_front(
    world: World, at_desk: SignedIn, current: str
) -> None:
    case = world.open()
    answer = at_desk("clerk_cq").get(f"/desk/next/?from={current}")
    assert answer["Location"] == f"/desk/{case.number}/"
