"""The demonstration centres carry transfers between them, each knowing the other by the site only."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from matters.housing_fund import ledger
from matters.housing_fund.models import Mark
from tests.flows.test_fund_transfer_books import Moving
from tests.world import ZHOU_ID, World, at
from tongban.offices.models import Office
from workflows.cases.models import Event
from workflows.exchange.caller import Refused
from workflows.exchange.centre import Centre
from workflows.exchange.keys import issue_key
from workflows.exchange.management.commands.demonstration_centre import _depositors, _letters


@dataclass(frozen=True)
class Wired(Centre):
    """Speaks to the site through the test client instead of a socket."""

    def call(self, method: str, path: str, body: Any = None, key: str = "") -> Any:
        headers = {"Authorization": f"Bearer {self.key}", "Idempotency-Key": key}
        client = Client()
        url = f"/api{path}"
        answer = (
            client.get(url, headers=headers)
            if method == "GET"
            else client.post(url, body, content_type="application/json", headers=headers)
        )
        if answer.status_code >= 400:
            raise Refused(answer.status_code, answer.json())
        return answer.json()


def centre_of(office: Office, seed: int, **depositors: str) -> Wired:
    key = issue_key(system=f"centre-{office.region_id}", name="中心系统", offices=[office])
    numbers = {number.removeprefix("a"): who for number, who in depositors.items()}
    return Wired("", key, office.code, seed, depositors=numbers)


def carried(world: World, moving: Moving, seed: int) -> list[str]:
    """The steps that two centres took until nothing of theirs was left."""
    here = centre_of(moving.new.centre, seed, **{f"a{moving.new.number}": ZHOU_ID})
    there = centre_of(moving.old.centre, seed)
    idle = 0
    for _ in range(40):
        idle = 0 if here.answer_all() + there.answer_all() else idle + 1
        if idle == 2:
            break
    assert ledger.differences() == []
    steps = Event.objects.filter(case_id=moving.case.pk).order_by("seq")
    return list(steps.values_list("step", flat=True))[1:]


def test_two_systems_carry_a_transfer_whose_bank_refuses_once(world: World) -> None:
    moving = Moving(world)
    steps = carried(world, moving, seed=bouncing_seed(moving))
    assert steps[:5] == ["accept", "confirm", "send_sheet", "send_money", "bank_refuses"]
    assert moving.case.state == "completed"
    assert moving.books()[0] == "closed"


def bouncing_seed(moving: Moving) -> int:
    """The first one whose bank refuses once, after the fifth event, and takes the second try."""
    for seed in range(500):
        centre = Centre("", "", moving.old.centre.code, seed)
        lucks = [centre._luck(moving.case.number, seq) % 8 for seq in (5, 7)]
        if lucks[0] == 0 and lucks[1]:
            return seed
    raise LookupError


def test_what_the_register_forbids_is_objected_to_with_its_reason(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    moving = Moving(world)
    Mark.objects.create(
        account=moving.old, loan_key="x", loan_centre=moving.new.centre,
        marked_at=at("2026-01-05 09:00"),
    )  # fmt: skip
    monkeypatch.setattr("workflows.flows.fund_register_forms.pool_at", lambda *_: "500000")
    moving.accepted()
    monkeypatch.setattr("workflows.flows.fund_register_forms.pool_at", lambda *_: "510100")
    there = centre_of(moving.old.centre, 1)
    assert there.answer_all() == 1
    event = Event.objects.get(case_id=moving.case.pk, step="object_to_transfer")
    assert event.data["code"] == "live_loan"
    assert "提取偿还贷款" in event.data["reason"]


def test_it_runs_in_a_demonstration_only(db: None, settings: Settings) -> None:
    settings.DEMONSTRATION = False
    with pytest.raises(CommandError, match="演示"):
        call_command("demonstration_centre", "--once", stdout=io.StringIO())


def test_what_a_centre_keeps_of_its_own_is_its_people_and_its_letters(world: World) -> None:
    moving = Moving(world)
    assert _depositors(moving.new.centre) == {moving.new.number: ZHOU_ID}
    assert _letters(moving.new.centre) == {moving.case.number}
    assert _letters(moving.old.centre) == set()
