"""What somebody may borrow: limits, refusals, what is doubtful and what is not known, each by name."""

from __future__ import annotations

import json
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from matters.housing_fund.answering import answer
from matters.housing_fund.words import rule_book

BOOK = rule_book()
CHONGQING = {"kind": "loan", "city": "重庆", "on": "2024-11-01"}
CHENGDU = {"kind": "loan", "city": "成都", "on": "2025-03-01"}


def person(balance: int, months: int = 24, **more: Any) -> dict[str, Any]:
    return {"balance": balance, "in_a_row": months, **more}


def asked(base: dict[str, Any], **more: Any) -> dict[str, Any]:
    return answer(base | more, book=BOOK)


def refused(base: dict[str, Any], **more: Any) -> dict[str, Any]:
    found = asked(base, **more)
    assert not found["ok"], found
    return dict(found["problem"])


def test_a_couple_of_chongqing_adds_up_to_the_family_s_highest() -> None:
    found = asked(CHONGQING, household=[person(20000), person(50000)])
    assert found["persons"] == ["500000.00", "800000.00"]
    assert (found["amount"], found["binding"]) == ("1200000.00", "cap")


def test_the_day_decides_which_highest_amount_holds() -> None:
    days = {"2022-09-01": "400000.00", "2022-09-02": "500000.00", "2024-10-13": "500000.00",
            "2024-10-14": "800000.00"}  # fmt: skip
    found = {day: asked(CHONGQING, on=day, household=[person(99999)])["amount"] for day in days}
    assert found == days


def test_the_price_less_the_down_payment_may_be_the_lowest() -> None:
    home = {"price": 600000, "down_payment": 200000}
    found = asked(CHONGQING, household=[person(40000)], **home)
    assert (found["amount"], found["binding"]) == ("400000.00", "price")
    least = asked(CHONGQING, household=[person(40000)], price=600000)
    assert least["amount"] == "480000.00"


def test_a_down_payment_one_yuan_short_is_refused_with_what_is_needed() -> None:
    enough = asked(CHONGQING, household=[person(40000)], price=600000, down_payment=120000)
    assert enough["ok"]
    problem = refused(CHONGQING, household=[person(40000)], price=600000, down_payment=119999)
    assert problem["code"] == "down_payment"
    assert "至少要120,000元" in problem["sentence"]


@pytest.mark.parametrize(
    "credit",
    [{"consecutive": 3}, {"total": 6}, {"overdue_now": True}, {"dishonest": True}],
)
def test_bad_credit_is_refused_in_chongqing_with_its_reason(credit: dict[str, Any]) -> None:
    problem = refused(CHONGQING, household=[person(40000)], credit=credit)
    assert problem["code"] == "credit"
    almost = {"consecutive": 2, "total": 5, "overdue_now": False, "dishonest": False}
    assert asked(CHONGQING, household=[person(40000)], credit=almost)["ok"]


def test_chengdu_s_credit_rule_is_not_known_and_is_named() -> None:
    months = {"months": [1000] * 24}
    found = asked(CHENGDU, household=[months], credit={"consecutive": 9})
    assert [each["key"] for each in found["missing"]] == ["loan.credit_refuse"]


def test_five_months_are_too_few_and_six_are_enough() -> None:
    assert refused(CHONGQING, household=[person(9000, 5)])["code"] == "months_too_few"
    assert asked(CHONGQING, household=[person(9000, 6)])["amount"] == "225000.00"


def test_the_highest_amount_may_be_another_city_s() -> None:
    # 成德眉资: the loan follows one city's rules, and not above the highest amount of the house's.
    found = asked(CHONGQING, household=[person(99999)], cap_of="成都")
    assert found["amount"] == "600000.00"
    assert "成都单人最高额度" in found["limits"][1]["text"]


def test_in_the_quarter_whose_day_nobody_found_both_outcomes_are_told() -> None:
    months = {"months": [3000] * 24}
    found = asked(CHENGDU, on="2024-11-01", household=[months])
    assert found["amount"] == "600000.00"
    assert "400000.00" in [doubt["amount"] for doubt in found["doubts"]]
    assert asked(CHENGDU, on="2024-09-30", household=[months])["amount"] == "400000.00"


def test_what_one_page_claims_of_chengdu_is_told_beside_the_sum() -> None:
    found = asked(CHENGDU, household=[{"months": [100] * 24}])
    # 100 × (1+…+24) × 0.9 = 27,000; at 25 times the balance of 2,400 it would be 60,000.
    assert found["amount"] == "27000.00"
    assert [doubt["amount"] for doubt in found["doubts"]] == ["60000.00"]


def test_two_children_are_more_children_only_by_memory_and_three_surely() -> None:
    two = asked(CHONGQING, household=[person(99999)], children=2)
    assert (two["amount"], two["doubts"][0]["amount"]) == ("1000000.00", "800000.00")
    three = asked(CHONGQING, household=[person(99999)], children=3)
    assert (three["amount"], three["doubts"]) == ("1000000.00", [])


def test_an_income_without_a_published_share_is_named_and_left_out() -> None:
    found = asked(CHONGQING, household=[person(9000)], income=8000)
    assert found["amount"] == "225000.00"
    assert "月供占收入的上限" in found["missing"][0]["sentence"]
    capped = asked(CHONGQING, household=[person(9000)], repayment_limit=180000)
    assert (capped["amount"], capped["binding"]) == ("180000.00", "repayment")


def test_the_provincial_centre_s_rules_are_not_chengdu_s() -> None:
    problem = refused(CHENGDU, city="四川省级", household=[person(9000)])
    assert problem["code"] == "rule_missing"
    assert problem["missing"][0]["key"] == "loan.formula"


def test_a_rate_known_only_from_memory_is_not_used() -> None:
    plan = {"kind": "repayment", "principal": 300000, "months": 360}
    assert refused(plan, on="2026-01-01")["code"] == "rule_missing"
    known = asked(plan, on="2024-05-17")
    assert (known["rate"], known["amount"]) == ("3.10", "1281.05")
    assert asked(plan, on="2024-05-17", months=60)["rate"] == "2.60"


def test_rent_is_what_is_paid_where_that_is_less() -> None:
    rent = {"kind": "rent", "city": "重庆", "on": "2024-01-01", "area": "central"}
    assert asked(rent, rent=1000)["amount"] == "12000.00"
    assert asked(rent, balance="500.50")["binding"] == "balance"
    assert asked(rent, on="2023-06-07")["amount"] == "18000.00"


WRONG: list[tuple[Any, str]] = [
    (7, "请求应为对象"),
    ({"kind": "gift"}, "kind：应为"),
    (CHONGQING | {"household": []}, "household：应为一到两位"),
    (CHONGQING | {"household": [{}]}, "household[0]：应有 months 或 balance"),
    (CHONGQING | {"household": [person(1)], "colour": 1}, "不认识的项：colour"),
    (CHONGQING | {"household": [{"months": ["x"]}]}, "household[0].months[0]：应为金额"),
    (CHONGQING | {"household": [{"months": [-1]}]}, "household[0].months[0]：应为不小于 0"),
    (CHONGQING | {"household": [{"months": ["NaN"]}]}, "household[0].months[0]：应为"),
    (CHONGQING | {"household": [{"months": [True]}]}, "household[0].months[0]：应为金额"),
    (CHONGQING | {"household": [person(1)], "on": "2024-02-30"}, "on：没有这一天"),
    (CHONGQING | {"household": [person(1)], "on": None}, "on：应为日期"),
    (CHONGQING | {"household": [person(1)], "city": "北京"}, "没有“北京”的规则"),
    (CHONGQING | {"household": [person(1)], "children": 1.5}, "children：应为"),
    (CHONGQING | {"household": [person(1)], "price": "1.234"}, "price：金额最多两位小数"),
    (CHONGQING | {"household": [{"months": [{"month": "2024-13"}]}]}, "应为 2025-01 这样的月份"),
    ({"kind": "repayment", "principal": 1, "months": 0}, "months：应为"),
    ({"kind": "repayment", "principal": 1, "months": 9, "rate": "x"}, "rate：应为百分数"),
]


@pytest.mark.parametrize(("request_", "says"), WRONG)
def test_a_wrong_request_is_one_sentence_with_its_place(request_: Any, says: str) -> None:
    found = answer(request_, book=BOOK)
    assert not found["ok"]
    assert found["problem"]["code"] == "invalid"
    assert says in found["problem"]["sentence"]


def test_the_command_answers_each_request_of_a_file(tmp_path: Path) -> None:
    path, said = tmp_path / "asked.json", StringIO()
    path.write_text(json.dumps([CHONGQING | {"household": [person(9000)]}, 7]), "utf-8")
    call_command("quote_loan", str(path), stdout=said)
    first, second = json.loads(said.getvalue())
    assert (Decimal(first["amount"]), second["ok"]) == (Decimal(225000), False)


def test_the_command_says_in_one_sentence_what_it_cannot_read(tmp_path: Path) -> None:
    path = tmp_path / "asked.json"
    with pytest.raises(CommandError, match="读不到文件"):
        call_command("quote_loan", str(path))
    path.write_text("{", "utf-8")
    with pytest.raises(CommandError, match="不是 JSON"):
        call_command("quote_loan", str(path))
    path.write_text("[]", "utf-8")
    with pytest.raises(CommandError, match="没有规则目录"):
        call_command("quote_loan", str(path), "--rules", str(tmp_path / "nowhere"))
