"""`POST /api/medical/settle`: the same as the command, for who has a key."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from tests.exchange.test_api import System
from tests.world import World

CQ_01 = (
    '{"region": "重庆", "insured_type": "职工", "person_class": "退休", "hospital_level": "二级",'
    ' "visit": "住院", "on": "2023-05-01", "filing": "home", "medfee_sumamt": 10000.00}'
)


@pytest.fixture
def bank(world: World) -> System:
    return System(world)


def post(system: System, body: str) -> Any:
    return system.client.post(
        "/api/medical/settle",
        body,
        "application/json",
        headers={"Authorization": f"Bearer {system.key}"},
    )


def test_each_bill_has_its_own_answer(bank: System) -> None:
    made = post(bank, f'[{CQ_01}, {{"region": "达州"}}, 7]')
    assert made.status_code == 200
    settled, unknown, wrong = made.json()
    assert (settled["fund_pay_sumamt"], settled["psn_cash_pay"]) == ("9082.00", "918.00")
    assert "达州" in unknown["refused"]["text"]
    assert (wrong["index"], wrong["ok"]) == (2, False)


@pytest.mark.parametrize("body", ["", "{}", "[]", "[1", "null", f"[{','.join(['{}'] * 201)}]"])
def test_what_is_no_list_of_bills_is_refused_whole(bank: System, body: str) -> None:
    made = post(bank, body)
    assert (made.status_code, made["Content-Type"]) == (422, "application/problem+json")
    assert any("\u4e00" <= sign <= "\u9fff" for sign in made.json()["detail"])


def test_too_much_at_once_is_refused_in_a_sentence(bank: System) -> None:
    made = post(bank, f"[{CQ_01}{' ' * 3_000_000}]")
    assert (made.status_code, made.json()["code"]) == (413, "too_large")


def test_without_a_key_nobody_settles(bank: System) -> None:
    made = Client().post("/api/medical/settle", f"[{CQ_01}]", "application/json")
    assert (made.status_code, made.json()["code"]) == (401, "no_access")


def test_the_documentation_names_every_field(client: Client) -> None:
    read = json.loads(client.get("/api/openapi.json").content)
    told = read["paths"]["/api/medical/settle"]["post"]
    fields = told["requestBody"]["content"]["application/json"]["schema"]["items"]["properties"]
    assert {"region", "items", "ytd", "medfee_sumamt"} <= set(fields)
    assert set(told["responses"]) == {"200", "401", "413", "422"}
