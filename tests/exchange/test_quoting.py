"""`POST /api/housing-fund/quote`: the same as the command, for who has a key."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from tests.exchange.test_api import System
from tests.world import World

PATH = "/api/housing-fund/quote"
RENT = '{"kind": "rent", "city": "重庆", "on": "2026-09-21", "area": "central", "rent": 1650.10}'
LOAN = (
    '{"kind": "loan", "city": "重庆", "on": "2026-09-21", "price": 1000000, "down_payment": "200000",'
    ' "household": [{"balance": 20000.04, "in_a_row": 12}]}'
)


@pytest.fixture
def centre(world: World) -> System:
    return System(world)


def post(system: System, body: str) -> Any:
    key = {"Authorization": f"Bearer {system.key}"}
    return system.client.post(PATH, body, "application/json", headers=key)


def test_one_request_has_one_answer_to_the_fen(centre: System) -> None:
    made = post(centre, LOAN)
    assert made.status_code == 200
    # 20,000.04 × 25: a binary fraction on the way would show in the last fen.
    assert (made.json()["amount"], made.json()["binding"]) == ("500001.00", "formula")
    assert post(centre, RENT).json()["amount"] == "19801.20"


def test_of_many_each_has_its_own_answer(centre: System) -> None:
    odd = '{"kind": "loan", "city": "达州", "on": "2026-09-21", "household": [{"balance": 1, "in_a_row": 9}]}'
    made = post(centre, f"[{LOAN}, {odd}, 7]").json()
    assert [(each["index"], each["ok"]) for each in made] == [(0, True), (1, False), (2, False)]
    assert "达州" in made[1]["problem"]["sentence"]


@pytest.mark.parametrize(
    "body", ["", "[]", "[1", "null", '"x"', f"[{','.join(['{}'] * 101)}]", '["\\ud800"]']
)
def test_what_is_no_request_is_refused_whole(centre: System, body: str) -> None:
    made = post(centre, body)
    assert (made.status_code, made["Content-Type"]) == (422, "application/problem+json")


@pytest.mark.parametrize(
    "given",
    [
        '"kind": []',
        '"kind": "repayment", "principal": 1, "months": 12, "method": {}',
        '"kind": "repayment", "principal": 1, "months": 12, "rate": 1e-60',
        '"kind": "repayment", "principal": NaN, "months": 12, "rate": 3',
        '"kind": "repayment", "principal": 1, "months": 12, "home": ["first"], "on": "2026-01-01"',
    ],
)
def test_hostile_values_are_named_and_not_stumbled_over(centre: System, given: str) -> None:
    made = post(centre, f"{{{given}}}").json()
    assert (made["ok"], made["problem"]["code"]) == (False, "invalid")


def test_too_much_at_once_and_no_key(centre: System) -> None:
    assert post(centre, f"[{LOAN}{' ' * 3_000_000}]").status_code == 413
    assert Client().post(PATH, LOAN, "application/json").status_code == 401


def test_the_documentation_names_every_field(client: Client) -> None:
    read = json.loads(client.get("/api/openapi.json").content)
    told = read["paths"][PATH]["post"]
    one, many = told["requestBody"]["content"]["application/json"]["schema"]["oneOf"]
    assert one == many["items"]
    assert {"household", "price", "area", "principal", "credit"} <= set(one["properties"])
    assert set(told["responses"]) == {"200", "401", "413", "422"}
