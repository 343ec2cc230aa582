"""Late and about to be late: whom it concerns, and 督办 that an office must answer."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.test import Client

from tests import journeys
from tests.throughput.conftest import SignedIn, numbers_on, row, text_of
from tests.throughput.days import NOON
from tests.world import World, at
from tongban.notices.models import Notice
from workflows.cases.models import Case, Enquiry

LATE = "/throughput/late/"


@pytest.fixture
def late_case(world: World, afternoon: None) -> Case:
    """In review at 通川区 since August: its limit ran out on 14 September."""
    return journeys.reviewing(world, when="2026-08-31 09:00").case


@pytest.fixture
def urgent_case(world: World, afternoon: None) -> Case:
    """At the window of 万州: the last day of its three is today."""
    return journeys.collected(world, when="2026-09-17 09:00").case


def path_of(case: Case) -> str:
    return f"/throughput/urge/{case.number}/"


def urge(client: Client, case: Case, text: str = "请说明原因并尽快办结") -> object:
    token = Case.objects.get(pk=case.pk).seq
    return client.post(path_of(case), {"text": text, "token": token}, follow=True)


def test_red_and_yellow_are_told_apart_and_counted(
    late_case: Case, urgent_case: Case, looking: SignedIn
) -> None:
    client = looking("supervisor_sc")
    red, yellow = client.get(LATE), client.get(f"{LATE}?light=yellow")
    assert numbers_on(red) == [late_case.number]
    assert numbers_on(yellow) == [urgent_case.number]
    assert row(red, late_case.number)["到期"].endswith("已超 8 天")
    assert "超期 1 即将到期 1 送达超期 0 督办（待答复） 0" in text_of(red)
    assert row(red, "通川区民政局")["超期"] == "1"


def test_a_result_that_nobody_hands_over_is_late_in_its_own_way(
    world: World, looking: SignedIn
) -> None:
    case = journeys.delivering(world, when="2026-08-31 09:00").case
    Case.objects.filter(pk=case.pk).update(due_at=NOON - dt.timedelta(days=1))
    client = looking("supervisor_cq")
    assert numbers_on(client.get(LATE)) == []
    assert numbers_on(client.get(f"{LATE}?light=delivering_red")) == [case.number]


def test_an_office_is_asked_and_told_and_has_to_answer_within_three_working_days(
    late_case: Case, world: World, looking: SignedIn
) -> None:
    client = looking("supervisor_sc")
    form = client.get(path_of(late_case))
    assert "督办发给 通川区民政局 ，最迟应在 2026年9月25日 答复" in text_of(form)
    page = urge(client, late_case)
    assert "已向通川区民政局发出督办" in text_of(page)
    assert "最迟应在 2026年9月25日 答复" in text_of(page)

    enquiry = Enquiry.objects.get()
    assert (enquiry.kind, enquiry.asker_name) == ("supervision", "川督办")
    assert enquiry.office_id == world.office("511702", "civil_affairs").pk
    assert enquiry.due_at == at("2026-09-26 00:00")
    told = Notice.objects.filter(template="urged")
    assert {notice.user_id for notice in told} == {
        world.people[name].pk for name in ("clerk_sc", "clerk_sc_2", "head_sc")
    }
    assert told[0].context["kind"] == "督办"


def test_what_became_of_it_stands_beside_the_case(
    late_case: Case, world: World, looking: SignedIn
) -> None:
    client = looking("supervisor_sc")
    urge(client, late_case)
    assert "待答复" in row(client.get(LATE), late_case.number)["督办"]
    with time_machine.travel(NOON + dt.timedelta(days=4), tick=False):
        later = looking("supervisor_sc")
        assert "答复已逾期" in row(later.get(f"{LATE}?light=sent"), late_case.number)["答复"]
        assert "答复已逾期" in row(later.get(LATE), late_case.number)["督办"]
        overdue = f"{LATE}?light=sent_overdue"
        assert "督办逾期未答复 1" in text_of(later.get(overdue))
        assert "答复已逾期" in row(later.get(overdue), late_case.number)["答复"]
        enquiry = Enquiry.objects.get()
        answer = {"enquiry": enquiry.pk, "text": "已补充材料，今日办结"}
        world.take(late_case, "answer", "clerk_sc", answer)
        answered = row(later.get(f"{LATE}?light=sent"), late_case.number)["答复"]
        assert answered.startswith("已答复")
        assert "没有逾期未答复的督办" in text_of(later.get(overdue))
        assert answered.endswith("已补充材料，今日办结")


def test_a_second_person_sees_that_the_office_has_been_asked(
    late_case: Case, looking: SignedIn
) -> None:
    urge(looking("supervisor_sc"), late_case)
    page = looking("supervisor_cq").get(path_of(late_case))
    assert "已有督办等待答复" in text_of(page)
    assert "川督办" in text_of(page)


def test_without_words_nothing_is_sent(late_case: Case, looking: SignedIn) -> None:
    page = urge(looking("supervisor_sc"), late_case, text="")
    assert page.status_code == 422  # type: ignore[attr-defined]
    assert "请写明督办要求" in text_of(page)
    assert not Enquiry.objects.exists()


def test_a_case_that_moved_meanwhile_is_shown_as_it_is_and_the_words_are_kept(
    late_case: Case, world: World, looking: SignedIn
) -> None:
    client = looking("supervisor_sc")
    world.take(late_case, "remark", "clerk_sc", {"text": "正在核对"})
    page = client.post(path_of(late_case), {"text": "请尽快", "token": late_case.seq})
    assert page.status_code == 409
    assert "办件已有新进展" in text_of(page)
    assert "请尽快" in page.content.decode()
    assert not Enquiry.objects.exists()
    again = {"text": "请尽快", "token": Case.objects.get(pk=late_case.pk).seq}
    assert client.post(path_of(late_case), again).status_code == 302


@pytest.mark.parametrize("token", ["", "x", "99999999999", "-1"])
def test_a_page_without_its_token_sends_nothing(
    late_case: Case, looking: SignedIn, token: str
) -> None:
    page = looking("supervisor_sc").post(path_of(late_case), {"text": "请尽快", "token": token})
    assert page.status_code == 409
    assert not Enquiry.objects.exists()


def test_a_closed_case_says_why_it_cannot_be_urged(world: World, looking: SignedIn) -> None:
    case = journeys.begin(world, when="2026-09-22 09:00").take(
        "withdraw", "citizen", reason="不办了"
    )
    client = looking("supervisor_cq")
    assert "现在不能督办" in text_of(client.get(path_of(case.case)))
    refused = client.post(path_of(case.case), {"text": "请尽快", "token": case.case.seq})
    assert refused.status_code == 403
    assert not Enquiry.objects.exists()


def test_a_case_inside_the_other_province_is_not_there(world: World, looking: SignedIn) -> None:
    case = world.open(at=at("2026-09-22 09:00"), origin_region="511703")
    Case.objects.filter(pk=case.pk).update(due_at=NOON - dt.timedelta(days=1))
    cq, sc = looking("supervisor_cq"), looking("supervisor_sc")
    assert numbers_on(cq.get(LATE)) == []
    assert cq.get(path_of(case)).status_code == 404
    assert cq.post(path_of(case), {"text": "x", "token": case.seq}).status_code == 404
    assert numbers_on(sc.get(LATE)) == [case.number]


@pytest.mark.parametrize("who", ["clerk_sc", "head_sc", "citizen"])
def test_only_a_supervisor_urges(late_case: Case, looking: SignedIn, who: str) -> None:
    client = looking(who)
    assert client.get(path_of(late_case)).status_code == 404
    assert client.post(path_of(late_case), {"text": "x", "token": late_case.seq}).status_code == 404
    assert not Enquiry.objects.exists()


def test_an_operator_may_count_but_not_urge(
    late_case: Case, world: World, looking: SignedIn
) -> None:
    world.post("operator", "运维员", "500000", "supervision", "operator")
    client = looking("operator")
    assert "不能打开办件，也不督办" in text_of(client.get(LATE))
    assert client.get(path_of(late_case)).status_code == 404


def test_filters_narrow_what_is_late(
    late_case: Case, urgent_case: Case, world: World, looking: SignedIn
) -> None:
    client = looking("supervisor_sc")
    office = world.office("511702", "civil_affairs").pk
    assert numbers_on(client.get(f"{LATE}?office={office}")) == [late_case.number]
    assert numbers_on(client.get(f"{LATE}?direction=sc")) == []
    assert numbers_on(client.get(f"{LATE}?direction=cross")) == [late_case.number]
    assert "没有这样的办件" in text_of(client.get(f"{LATE}?mode=online"))
