"""Every known parameter of the housing fund stands in a rule file, and a wrong file is named."""

from __future__ import annotations

import csv
import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from matters.housing_fund.words import WORDS, rule_book
from matters.rules import Day, RuleBook, RuleFileWrong, RuleMissing, read_folder

HERE = Path(__file__).parent
PARAMETERS = list(csv.DictReader((HERE / "parameters.csv").read_text("utf-8").splitlines()))


def test_no_parameter_is_lost_and_none_is_surer_than_its_source() -> None:
    rows = rule_book().rows()
    for parameter in PARAMETERS:
        read = [row for row in rows if row.parameter == parameter["id"]]
        assert read, parameter["key"]
        if parameter["certainty"].startswith("RECALL"):
            assert {row.certainty for row in read} == {"recall"}
        if parameter["certainty"].startswith("UNCERTAIN"):
            assert {row.certainty for row in read} == {"uncertain"}
        if parameter["certainty"].startswith("probable"):
            assert "certain" not in {row.certainty for row in read}


def test_a_source_s_day_may_be_open_or_vague() -> None:
    assert Day.read("≤2017") == Day(None, None)
    assert Day.read("2022-08") == Day(dt.date(2022, 8, 1), dt.date(2022, 8, 31))
    assert Day.read("2024-Q4") == Day(dt.date(2024, 10, 1), dt.date(2024, 12, 31))
    assert Day.read("2024") == Day(dt.date(2024, 1, 1), dt.date(2024, 12, 31))
    with pytest.raises(ValueError, match="读不懂的日期"):
        Day.read("去年")


def test_another_city_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "达州.yaml").write_text(
        'pool: "511700"\nnames: [达州]\nrules:\n'
        "  - {key: rent.month, area: central, value: 1000, unit: 元/月, from: '2024-01-01', certainty: certain}\n",
        "utf-8",
    )
    found = rule_book([tmp_path]).value("rent.month", "511700", dt.date(2024, 5, 1), area="central")
    assert found.value == Decimal(1000)


def test_what_a_city_does_not_say_its_province_and_the_nation_may() -> None:
    book, on = rule_book(), dt.date(2025, 7, 1)
    assert book.value("loan.min_months", "510100", on, product="employee").pool == "000000"
    assert book.value("loan.min_months", "500000", on, product="flex_free").pool == "500000"
    with pytest.raises(RuleMissing, match=r"成都在2025年7月1日的“月供占收入的上限”没有查到"):
        book.value("loan.income_share", "510100", on)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{key: loan.cap, value: 1, certainty: certain}", "unit 应为 元"),
        ("{key: loan.cap, value: -1, unit: 元, certainty: certain}", "应为不小于 0 的数"),
        ("{key: loan.formula, value: {shape: magic}, certainty: certain}", "公式应为"),
        ("{key: loan.formula, value: {shape: average_multiple}, certainty: certain}", "应有"),
        ("{key: loan.down_payment, value: 20, certainty: certain}", "应在 0 与 1 之间"),
        ("{key: loan.cap, value: 1, unit: 元, certainty: sure}", "certainty 应为"),
        ("{key: loan.cap, unit: 元, certainty: certain}", "缺少 value"),
        ("{key: loan.cap, value: 1, unit: 元, certainty: certain, colour: red}", "不认识的字段"),
        ("{value: 1, certainty: certain}", "缺少 key"),
    ],
)
def test_a_wrong_row_is_refused_with_its_place(tmp_path: Path, line: str, says: str) -> None:
    (tmp_path / "x.yaml").write_text(
        f'pool: "511700"\nnames: [达州]\nrules:\n  - {line}\n', "utf-8"
    )
    with pytest.raises(RuleFileWrong, match=rf"x\.yaml：第1条.*{says}"):
        list(read_folder(tmp_path, 1, WORDS))


def test_two_rows_of_one_scope_on_one_day_are_refused(tmp_path: Path) -> None:
    row = "  - {key: rent.month, area: central, value: 1, unit: 元/月, certainty: certain}\n"
    (tmp_path / "x.yaml").write_text(f'pool: "511700"\nnames: [达州]\nrules:\n{row}{row}', "utf-8")
    with pytest.raises(RuleFileWrong, match="同一条规则有两行在同一天有效"):
        RuleBook(read_folder(tmp_path, 1, WORDS), WORDS)
