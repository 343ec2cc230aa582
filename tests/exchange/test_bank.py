"""The demonstration bank answers through the API, over HTTP, as any bank's computer would."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.flows.test_financing import Demand
from tests.world import build_world
from workflows.cases.models import Event
from workflows.exchange.bank import Bank


def test_the_bank_answers_what_waits_and_nothing_twice(
    transactional_db: None, live_server: LiveServer, settings: Settings
) -> None:
    settings.DEMONSTRATION = True
    demand = Demand(build_world()).send_out()
    said = io.StringIO()
    for _ in range(2):
        call_command("demonstration_bank", "--once", "--site", live_server.url, stdout=said)
    assert said.getvalue().split() == ["answered", "1", "answered", "0"]
    part = demand.at_bank("510000")
    event = Event.objects.get(case=part, step__in=("offer", "decline"))
    assert (event.actor_name, event.seat) == ("四川省示范银行系统", "bank")
    assert demand.at_bank("500000").state == "asked"


def test_the_same_demand_gets_the_same_answer_and_another_seed_another() -> None:
    case = {"answers": [{"field": "amount", "value": "1,200.50元"}], "steps": [], "seq": 1}
    first, again, other = (Bank("", "", "b", seed) for seed in (1, 1, 2))
    numbers = [str(n) for n in range(40)]
    answers = [first.decide(number, case) for number in numbers]
    assert answers == [again.decide(number, case) for number in numbers]
    assert answers != [other.decide(number, case) for number in numbers]
    assert {answer.step for answer in answers} == {"offer", "decline"}


def test_it_runs_in_a_demonstration_only(db: None, settings: Settings) -> None:
    settings.DEMONSTRATION = False
    with pytest.raises(CommandError, match="演示"):
        call_command("demonstration_bank", "--once")
