"""Other systems at the door: what they see, what they may do, and why not."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.flows.test_financing import OFFER, Demand
from tests.world import LIN_ID, World
from tongban.accounts.models import Posting, User
from workflows.cases.models import Case, Event
from workflows.exchange.kept import forget_old
from workflows.exchange.keys import SystemNameTaken, actor_with, issue_key
from workflows.exchange.models import ApiKey, KeptAnswer

BANK = "510000-bank"


class System:
    """The computer of a bank."""

    def __init__(self, world: World, region: str = "510000", name: str = "bank") -> None:
        self.key = issue_key(
            system=name, name="示范银行系统", offices=[world.office(region, "bank")]
        )
        self.client = Client()

    def get(self, path: str) -> Any:
        return self.client.get(f"/api{path}", headers={"Authorization": f"Bearer {self.key}"})

    def take(
        self, case: Case, step: str, data: Any = None, *, key: str = "", token: int = -1
    ) -> Any:
        headers = {
            "Authorization": f"Bearer {self.key}",
            "Idempotency-Key": key or str(uuid.uuid4()),
        }
        body = {"token": case.seq if token < 0 else token, "data": data or {}}
        return self.client.post(
            f"/api/cases/{case.number}/steps/{step}",
            json.dumps(body),
            "application/json",
            headers=headers,
        )


@pytest.fixture
def demand(world: World) -> Demand:
    return Demand(world).send_out()


@pytest.fixture
def bank(demand: Demand) -> System:
    return System(demand.world)


def test_a_system_lists_the_work_of_its_own_office_page_by_page(
    demand: Demand, bank: System
) -> None:
    part = demand.at_bank("510000")
    page = bank.get(f"/cases?office={BANK}").json()
    assert [row["number"] for row in page["cases"]] == [part.number]
    assert page["next"] is None
    assert bank.get(f"/cases?office={BANK}&after={part.pk}").json()["cases"] == []
    assert bank.get("/cases?office=500000-bank").status_code == 404


def test_one_case_says_what_can_be_done_and_why_the_rest_cannot(
    demand: Demand, bank: System
) -> None:
    case = bank.get(f"/cases/{demand.at_bank('510000').number}").json()
    answers = {row["field"]: row["value"] for row in case["answers"]}
    assert answers["purpose"] == "示范说明"
    assert answers["phone"] == "138****0000"
    steps = {row["step"]: row for row in case["steps"]}
    assert [f["name"] for f in steps["offer"]["fields"]] == ["amount", "rate", "months", "note"]
    refused = {row["step"]: row["reasons"] for row in case["refused"]}
    assert refused["be_chosen"]
    assert all(reason for reasons in refused.values() for reason in reasons)


def test_nobody_elses_case_is_there(demand: Demand, bank: System) -> None:
    for number in (demand.at_bank("500000").number, demand.case.number, "0"):
        answer = bank.get(f"/cases/{number}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        assert answer["Content-Type"] == "application/problem+json"


def test_the_bank_offers_through_the_same_door(demand: Demand, bank: System) -> None:
    part = demand.at_bank("510000")
    done = bank.take(part, "offer", OFFER)
    assert (done.status_code, done.json()["state"]) == (200, "offered")
    event = Event.objects.get(case=part, step="offer")
    assert (event.actor_kind, event.actor_name, event.seat) == ("staff", "示范银行系统", "bank")


def test_the_same_key_is_answered_the_same_and_done_once(demand: Demand, bank: System) -> None:
    part = demand.at_bank("510000")
    first = bank.take(part, "offer", OFFER, key="once")
    again = bank.take(part, "offer", OFFER, key="once")
    assert (again.json(), again["Idempotency-Replayed"]) == (first.json(), "true")
    assert Event.objects.filter(case=part, step="offer").count() == 1
    other = bank.take(part, "offer", OFFER | {"rate": "1.00"}, key="once")
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    # Another system's keys are its own.
    elsewhere = System(demand.world, "500000", "other")
    assert elsewhere.take(demand.at_bank("500000"), "offer", OFFER, key="once").status_code == 200


@pytest.mark.parametrize(
    ("step", "data", "token", "status", "code"),
    [
        ("offer", {**OFFER, "rate": "免费"}, -1, 422, "invalid"),
        ("offer", OFFER, 0, 409, "stale"),
        ("be_chosen", {}, -1, 403, "not_allowed"),
        ("no_such_step", {}, -1, 404, "not_found"),
        ("decline", {"kind": "debt"}, -1, 422, "invalid"),
    ],
)
def test_a_refusal_says_why_in_chinese_and_changes_nothing(
    demand: Demand,
    bank: System,
    step: str,
    data: dict[str, str],
    token: int,
    status: int,
    code: str,
) -> None:
    part = demand.at_bank("510000")
    answer = bank.take(part, step, data, token=token)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"
    assert any("\u4e00" <= sign <= "\u9fff" for sign in json.dumps(problem, ensure_ascii=False))
    assert demand.at_bank("510000").seq == part.seq


def test_without_a_key_of_ours_nobody_comes_in(demand: Demand, bank: System) -> None:
    anonymous = Client()
    anonymous.force_login(demand.world.people["clerk_510000"])
    wrong = ["", "Bearer x", f"Bearer {bank.key}x", f"Bearer {bank.key[:-1]}", f"Basic {bank.key}"]
    for header in wrong:
        answer = anonymous.get(f"/api/cases?office={BANK}", headers={"Authorization": header})
        assert (answer.status_code, answer.json()["code"]) == (401, "no_access")


def test_a_key_is_kept_as_a_digest_and_a_new_one_ends_the_old(world: World) -> None:
    office = world.office("510000", "bank")
    old = issue_key(system="core", name="核心系统", offices=[office])
    secret = old.rsplit("_", 1)[1]
    assert secret not in str(list(ApiKey.objects.values()))
    new = issue_key(system="core", name="核心系统", offices=[office], grace=dt.timedelta(hours=1))
    later = timezone.now() + dt.timedelta(hours=2)
    assert actor_with(old) is not None
    assert (actor_with(old, at=later), actor_with(new, at=later) is not None) == (None, True)
    user = User.objects.get(username="system-core")
    assert not user.has_usable_password()
    browser = Client()
    browser.post("/sign-in/", {"account": "system-core", "password": old})
    assert "_auth_user_id" not in browser.session


def test_a_key_for_other_offices_takes_the_old_ones_away(world: World) -> None:
    here, there = world.office("510000", "bank"), world.office("500000", "bank")
    issue_key(system="core", name="核心系统", offices=[here])
    key = issue_key(system="core", name="核心系统", offices=[there])
    actor = actor_with(key)
    assert actor is not None
    assert actor.desks == {there.pk}
    issue_key(system="core", name="核心系统", offices=[here])
    assert Posting.objects.filter(user_id=actor.user_id or 0, valid_to=None).get().office == here


def test_a_person_is_no_system(world: World) -> None:
    User.objects.create_user(username="system-core", name="某人", password="x" * 20)
    with pytest.raises(SystemNameTaken):
        issue_key(system="core", name="核心系统", offices=[])


def test_the_command_prints_a_key_that_works(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("issue_api_key", "core", "--name", "核心系统", "--office", BANK)
    assert actor_with(capsys.readouterr().out.strip()) is not None


def test_answers_are_kept_for_thirty_days(demand: Demand, bank: System) -> None:
    bank.take(demand.at_bank("510000"), "offer", OFFER)
    assert forget_old() == 0
    assert forget_old(now=timezone.now() + dt.timedelta(days=31)) == 1
    assert not KeptAnswer.objects.exists()


def test_what_is_documented_is_what_is_answered(demand: Demand, bank: System) -> None:
    schema = Client().get("/api/openapi.json").json()
    assert {path for path in schema["paths"] if path.startswith("/api/cases")} == {
        "/api/cases", "/api/cases/{number}", "/api/cases/{number}/steps/{step}",
    }  # fmt: skip
    parts = schema["components"]["schemas"]
    part = demand.at_bank("510000")
    answers = {
        "WorkPage": bank.get(f"/cases?office={BANK}").json(),
        "CaseOut": bank.get(f"/cases/{part.number}").json(),
        "ProblemOut": bank.take(part, "be_chosen").json(),
        "TakenOut": bank.take(part, "offer", OFFER).json(),
    }
    for name, given in answers.items():
        properties, required = parts[name]["properties"], set(parts[name].get("required", ()))
        assert required <= given.keys() <= properties.keys(), name


def test_the_documentation_needs_nothing_from_elsewhere(db: None) -> None:
    page = Client().get("/api/docs").content.decode()
    assert "//" not in page.replace("http://www.w3.org", "")
    assert "<script>" not in page


def test_no_answer_holds_a_number_in_clear(demand: Demand, bank: System) -> None:
    demand.world.citizen.id_number = LIN_ID
    text = bank.get(f"/cases/{demand.at_bank('510000').number}").content.decode()
    assert LIN_ID not in text
    assert "13800000000" not in text


def test_the_list_costs_the_same_however_long_it_is(demand: Demand, bank: System) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert bank.get(f"/cases?office={BANK}").status_code == 200
        return len(captured)

    statements()
    few = statements()
    for _ in range(3):
        demand.id = demand.another()
        demand.send_out()
    assert statements() == few <= 4
    page = bank.get(f"/cases?office={BANK}&limit=3").json()
    assert (len(page["cases"]), page["next"] is not None) == (3, True)
    rest = bank.get(f"/cases?office={BANK}&limit=3&after={page['next']}").json()
    assert (len(rest["cases"]), rest["next"]) == (1, None)
