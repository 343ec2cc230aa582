"""Every published worked case: equal to the fen from rule files, or shown why it cannot be."""

from __future__ import annotations

import csv
import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from matters.medical.entries import answer
from matters.medical.rules import rule_book
from matters.medical.supplement import Supplement, supplement

HERE = Path(__file__).parent
RULES = HERE / "rules"
PUBLISHED = {
    row["case_id"]: row
    for row in csv.DictReader((HERE / "examples.csv").read_text("utf-8").splitlines())
}
ASKED: dict[str, dict[str, Any]] = yaml.safe_load((HERE / "examples.yaml").read_text("utf-8"))
REPRODUCING = [case for case, row in PUBLISHED.items() if row["reproduces"] == "yes"]
OTHERS = [case for case, row in PUBLISHED.items() if row["reproduces"] != "yes"]
JZ_01 = {
    "region": "荆州", "insured_type": "居民", "hospital_level": "三级", "visit": "住院",
    "on": "2023-05-01", "filing": "home",
    "items": [
        {"name": "甲类", "class": "甲", "amount": "4088.05"},
        {"name": "乙类", "class": "乙", "amount": "3172.87", "preself_ratio": "0.10"},
    ],
}  # fmt: skip


def test_every_published_case_is_asked() -> None:
    assert set(ASKED) == set(PUBLISHED)
    assert (len(REPRODUCING), len(OTHERS)) == (27, 8)


@pytest.mark.parametrize("case", REPRODUCING)
def test_a_reproducing_case_comes_out_equal_to_the_fen(case: str) -> None:
    asked = ASKED[case]
    if "supplement" in asked:
        paid = _paid(asked["supplement"])
    else:
        made = answer(asked["entry"], book=rule_book([RULES]))
        assert made["ok"], made
        paid = Decimal(made[asked.get("amount", "fund_pay_sumamt")])
    assert paid == Decimal(PUBLISHED[case]["published_fund_pay"])


@pytest.mark.parametrize("case", OTHERS)
def test_a_case_that_does_not_reproduce_is_refused_or_explained(case: str) -> None:
    """The rules, given the page's own inputs, do not give the page's figure; `why` says what is wrong."""
    asked, row = ASKED[case], PUBLISHED[case]
    made = answer(asked["entry"], book=rule_book([RULES]))
    assert asked["why"]
    if "missing" in asked:
        assert [each["key"] for each in made["missing"]] == [asked["missing"]]
        return
    assert Decimal(made["fund_pay_sumamt"]) == Decimal(row["recomputed_fund"])
    assert Decimal(made["fund_pay_sumamt"]) != Decimal(row["published_fund_pay"])
    deductible = f"{Decimal(row['deductible']):,.2f} 元"
    assert any(deductible in line["text"] for line in made["explanation"])


def _paid(asked: dict[str, Any]) -> Decimal:
    found = _supplement(asked)
    if "liability" not in asked:
        assert found.untold == ()
        return found.pay
    assert [each.name for each in found.liabilities] == [asked["liability"]]
    return found.liabilities[0].pay


def _supplement(asked: dict[str, Any]) -> Supplement:
    amounts = {name: Decimal(str(amount)) for name, amount in asked["amounts"].items()}
    on = dt.date.fromisoformat(asked["on"])
    return supplement(
        asked["plan"], amounts=amounts, pool=asked["pool"], on=on, book=rule_book([RULES])
    )


def test_the_deductible_off_the_gross_class_amount_gives_72_yuan_more() -> None:
    """荆州, answered by its government: 3518.18; the interface's order gives 3446.18."""
    made = answer(JZ_01, book=rule_book([RULES]))
    assert made["fund_pay_sumamt"] == "3518.18"
    other = answer(
        JZ_01 | {"region": "荆州接口"}, book=rule_book([RULES, HERE / "rules_interface"])
    )
    assert other["fund_pay_sumamt"] == "3446.18"


def test_a_deductible_that_was_to_be_told_apart_and_was_not_is_refused() -> None:
    entry = ASKED["WH-01"]["entry"] | {"medfee_sumamt": 19200}
    made = answer(entry, book=rule_book([RULES]))
    assert "起付线 800" in made["refused"]["text"]


def test_the_supplement_takes_the_settlements_outputs(tmp_path: Path) -> None:
    """惠蓉保 after 成都's basic part, with what stands on no settlement sheet told beside it."""
    entry = {
        "region": "成都", "insured_type": "职工", "person_class": "在职", "age": 35,
        "hospital_level": "三级", "visit": "住院", "on": "2022-08-15", "filing": "home",
        "medfee_sumamt": 200000, "fulamt_ownpay_amt": 80000, "plans": ["惠蓉保2022"],
        "claims": {"特药费用": "100000"},
    }  # fmt: skip
    made = answer(entry, book=rule_book())
    left = Decimal(120000) - Decimal(made["fund_pay_sumamt"])
    (plan,) = made["supplements"]
    pays = {each["name"]: Decimal(each["pay"]) for each in plan["liabilities"]}
    assert pays == {
        "医保内自付": max(left - 10000, Decimal(0)) * Decimal("0.75"),
        "特药": Decimal(75000),
        "医保外": Decimal(16250),
    }
    assert Decimal(made["fund_pay_sumamt"]) + Decimal(made["psn_part_amt"]) == 200000
