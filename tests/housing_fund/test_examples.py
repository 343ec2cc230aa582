"""The published examples of both provinces and of other cities come out equal, from rule files alone."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from matters.housing_fund.answering import answer
from matters.housing_fund.words import rule_book

HERE = Path(__file__).parent
BOOK = rule_book([HERE / "rules"])
EXAMPLES = {
    row["case_id"]: row
    for row in csv.DictReader((HERE / "examples.csv").read_text("utf-8").splitlines())
}
FLEX = {"kind": "loan", "city": "重庆", "on": "2025-07-01", "product": "flex_monthly"}
CHENGDU = {"kind": "loan", "city": "成都", "on": "2020-06-01"}
SHEET = [
    {"month": "2021-08", "deposit": 2000},
    {"month": "2021-09", "deposit": 2000},
    {"month": "2021-10", "deposit": 2000},
    {"month": "2021-11", "deposit": 2000, "withdrawn": 4000},
    {"month": "2021-12", "deposit": 2000, "withdrawn": 1000},
    {"month": "2022-01", "deposit": 2000},
]


def monthly(deposit: int, months: int) -> dict[str, Any]:
    return {"months": [deposit] * months}


def rent(city: str, area: str, people: int = 1, children: int = 0) -> dict[str, Any]:
    on = {"kind": "rent", "city": city, "on": "2024-02-01"}
    return on | {"area": area, "people": people, "children": children}


ASKED: dict[str, dict[str, Any]] = {
    "HCQ-01": FLEX | {"household": [monthly(5715, 6)]},
    "HCQ-03": FLEX | {"household": [monthly(3369, 12)]},
    "HCQ-05": FLEX | {"household": [monthly(5715, 6)] * 2},
    "HCQ-07": FLEX | {"household": [monthly(3369, 12)] * 2},
    "HCQ-13": rent("重庆", "central"),
    "HCQ-15": rent("重庆", "district"),
    "HCQ-16": rent("重庆", "district", 2),
    "HCQ-17": rent("重庆", "central", 1, 3),
    "HCQ-19": rent("重庆", "district", 1, 3),
    "HCQ-20": rent("重庆", "district", 2, 3),
    "HCD-01": CHENGDU | {"household": [{"balance": 10000, "in_a_row": 24}]},
    "HCD-02": CHENGDU | {"household": [{"balance": 20000, "in_a_row": 11}]},
    "HCD-04": CHENGDU | {"on": "2022-02-01", "household": [{"months": SHEET}]},
    "HCD-07": CHENGDU
    | {"on": "2025-09-01", "housing": "affordable", "household": [monthly(20000, 24)]},
    "HCD-09": rent("成都", "central"),
    "HCD-11": rent("成都", "suburb"),
    "HCD-12": rent("成都", "suburb", 2),
    "HCD-13": rent("成都", "unregistered"),
    "HCD-15": rent("成都", "unregistered", 1, 3),
    "HGN-01": {"kind": "repayment", "principal": 300000, "months": 360, "rate": "3.25"},
    "HGN-03": {"kind": "repayment", "principal": 300000, "months": 360, "rate": "4.90"},
    "HOT-01": {"kind": "loan", "city": "兰州新区", "on": "2023-03-01"}
    | {"household": [{"balance": 17000, "in_a_row": 17}]},
    "HOT-03": {"kind": "loan", "city": "山东某市", "on": "2015-06-01"}
    | {"household": [{"months": [0] * 12, "balance": 23935, "in_a_row": 12}]},
    "HOT-05": {"kind": "loan", "city": "通用", "on": "2020-01-01"}
    | {"household": [{"months": [700] * 360, "balance": 700 * 360 + 10000}]},
}
# What is printed there is the sum before it is rounded down: HCD-04 is the same bill whole.
BEFORE_ROUNDING = {"HCD-04b": ("HCD-04", "23,400元")}


def test_each_published_example_is_tried() -> None:
    assert set(ASKED) | set(BEFORE_ROUNDING) == set(EXAMPLES)
    assert all(row["reproduces"] == "yes" for row in EXAMPLES.values())


@pytest.mark.parametrize("case", sorted(ASKED))
def test_a_published_example_comes_out_equal(case: str) -> None:
    found = answer(ASKED[case], book=BOOK)
    assert found["ok"], found
    assert Decimal(found["amount"]) == Decimal(EXAMPLES[case]["published_result_yuan"])


@pytest.mark.parametrize("case", sorted(BEFORE_ROUNDING))
def test_an_example_of_a_step_is_named_in_the_explanation(case: str) -> None:
    whole, printed = BEFORE_ROUNDING[case]
    assert Decimal(EXAMPLES[case]["published_result_yuan"]) == Decimal(23400)
    assert printed in answer(ASKED[whole], book=BOOK)["explanation"][0]


@pytest.mark.parametrize(
    ("deposit", "months", "children", "cap"),
    [(5715, 6, 0, 500000), (6858, 6, 3, 600000), (3369, 12, 0, 800000), (4211, 12, 3, 1000000)],
)
def test_the_smallest_deposit_that_reaches_a_cap_reaches_it_and_one_yuan_less_misses(
    deposit: int, months: int, children: int, cap: int
) -> None:
    enough = FLEX | {"children": children, "household": [monthly(deposit, months)]}
    short = FLEX | {"children": children, "household": [monthly(deposit - 1, months)]}
    reached, missed = answer(enough, book=BOOK), answer(short, book=BOOK)
    assert (reached["amount"], reached["binding"]) == (f"{cap}.00", "cap")
    assert Decimal(missed["amount"]) < cap
    assert missed["binding"] == "formula"
