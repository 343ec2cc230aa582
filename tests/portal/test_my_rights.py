"""Who opens a case under /my/, and what each may do there."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from tests import journeys
from tests.portal.conftest import signed_in
from tests.portal.mine import Mine, on
from tests.world import World
from workflows.cases.opening import PartyInput

PAGES = ["", "ask/", "withdraw/", "clock/promise/"]


def among(world: World, **daughter: object) -> journeys.Journey:
    """林晓梅's case in which 周晓燕 has the part that is given."""
    part = {"role": "agent", "name": "周晓燕", "user": world.daughter} | daughter
    applicant = PartyInput(role="applicant", name="林晓梅", user=world.citizen)
    parties = [applicant, PartyInput(**part)]  # type: ignore[arg-type]
    return journeys.collected(world, parties=parties)


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_a_contact_and_whoever_is_not_signed_in_find_nothing(
    world: World, page: str
) -> None:
    case = among(world, role="contact").case
    assert Mine(world, "outsider", case).get(page).status_code == 404
    assert Mine(world, "daughter", case).get(page).status_code == 404
    there = f"/my/{case.number}/{page}"
    assert Client().get(there)["Location"] == f"/sign-in/?next={there}"


@pytest.mark.parametrize("page", PAGES)
def test_an_agent_whose_time_is_over_finds_nothing(world: World, page: str) -> None:
    case = among(world, scope=("sign",), expires_on=dt.date(2026, 4, 10)).case
    with on("2026-04-10 23:59"):
        assert Mine(world, "daughter", case).get().status_code == 200
    with on("2026-04-11 00:01"):
        assert Mine(world, "daughter", case).get(page).status_code == 404
        assert Mine(world, "daughter", case).post("ask/", kind="nudge", text="?").status_code == 404


def test_an_office_of_the_case_is_shown_to_its_desk(world: World) -> None:
    case = journeys.collected(world).case
    for who in ("clerk_cq", "clerk_sc", "supervisor_sc"):
        answer = signed_in(world.people[who]).get(f"/my/{case.number}/")
        assert answer["Location"] == f"/desk/{case.number}/"
    for who in ("clerk_elsewhere", "police_sc"):
        assert signed_in(world.people[who]).get(f"/my/{case.number}/").status_code == 404


def test_an_agent_without_the_right_reads_why_not_and_who_can(world: World) -> None:
    journey = among(world, scope=("sign", "supplement"))
    mine = Mine(world, "daughter", journey.case)
    page = mine.page()
    assert "撤回申请 您的身份或授权不包含此项操作。可以办的：申请人。" in page
    assert "您不能：撤回申请" in page
    assert f"/my/{mine.number}/withdraw/" not in mine.get().content.decode()
    answer = mine.get("withdraw/")
    assert answer.status_code == 403
    assert "您的身份或授权不包含此项操作" in answer.content.decode()
    posted = mine.post("withdraw/", reason="不办了", confirmed="yes")
    assert posted.status_code == 403
    assert "不办了" in posted.content.decode(), "what was typed is kept"
    assert mine.case.state == "collected"


def test_a_beneficiary_sees_and_asks_and_no_more(world: World) -> None:
    journey = among(world, role="beneficiary")
    mine = Mine(world, "daughter", journey.case)
    page = mine.page()
    assert "您可以：查看办件。" in page
    assert "您不能：签署、补正材料、撤回申请。" in page
    assert mine.post("ask/", kind="question", text="办到哪了？").status_code == 302
    assert mine.post("withdraw/", reason="x", confirmed="yes").status_code == 403


def test_an_agent_without_it_is_not_asked_to_supplement(world: World) -> None:
    journey = among(world, scope=("sign",))
    journey.take("forward", "clerk_cq", way="electronic").take("accept", "clerk_sc")
    journey.take("require_supplement", "clerk_sc", items="证明", reason="缺")
    page = Mine(world, "daughter", journey.case).page()
    assert "现在需要您办理" not in page
    assert "办理机构在等申请人补正" in page
    assert "提交补正 您的身份或授权不包含此项操作" in page
    assert "现在需要您办理" in Mine(world, "citizen", journey.case).page()


@pytest.mark.parametrize(
    "step", ["accept", "claim", "remark", "urge", "serve", "record_service", "answer", "approve",
             "open", "deem_accepted", "__class__", "delete", "reassign"],
)  # fmt: skip
def test_steps_of_offices_and_timers_are_no_pages_of_the_people(world: World, step: str) -> None:
    journey = journeys.arrived(world)
    mine = Mine(world, "citizen", journey.case)
    assert mine.get(f"{step}/").status_code == 404
    assert mine.post(f"{step}/").status_code == 404
    assert mine.case.seq == journey.case.seq


@pytest.mark.parametrize("number", ["0", "x" * 200, "50010126033100000000", "-1"])
def test_a_number_that_is_none_is_not_found(lin: Client, number: str) -> None:
    for page in ("", "ask/", "clock/promise/", "receipt/"):
        assert lin.get(f"/my/{number}/{page}").status_code == 404
