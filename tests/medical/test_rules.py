"""The rule files: nothing of the parameter list is lost, nothing is guessed, another pool is a file."""

from __future__ import annotations

import csv
import datetime as dt
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from matters.medical.rules import RuleFileWrong, rule_book
from matters.rules import Day, Row, RuleMissing

PARAMETERS = list(
    csv.DictReader((Path(__file__).parent / "parameters.csv").read_text("utf-8").splitlines())
)
BOOK = rule_book()
DAY = dt.date(2025, 6, 1)
# Numbers of a parameter that stand in a row's words instead of its value, or name a document.
IN_WORDS = {"M01", "M02", "M03", "M16", "M80"}


def rows_of(parameter: str) -> list[Row]:
    return [row for row in BOOK.rows() if row.parameter == parameter]


@pytest.mark.parametrize("told", PARAMETERS, ids=lambda row: row["id"])
def test_every_medical_parameter_is_a_rule_with_its_value_dates_certainty_and_source(
    told: dict[str, str],
) -> None:
    rows = rows_of(told["id"])
    assert rows, f"{told['key']} {told['scope']} stands in no rule file"
    source = told["source"]
    for row in rows:
        if source not in ("same", ""):
            assert row.source == source
    assert min(_starts(row) for row in rows) == (Day.read(told["valid_from"]).first or dt.date.min)
    ends = [row.valid_to for row in rows]
    if told["valid_to"]:
        assert set(ends) == {Day.read(told["valid_to"]).last}
    else:
        assert None in ends
    assert _certainty(told) in {row.certainty for row in rows}
    if told["id"] not in IN_WORDS:
        assert _numbers(told["value"]) <= _numbers_of(rows), rows


def _starts(row: Row) -> dt.date:
    return row.valid_from or dt.date.min


def _certainty(told: dict[str, str]) -> str:
    word = told["certainty"].split()[0].lower()
    # "certain (step), uncertain (linear or compound)": what a sum rests on is the weaker.
    if told["id"] == "M39":
        return "probable"
    return word


def _numbers(text: str) -> set[Decimal]:
    """The figures of a published value: `-10%` is 0.10, `-5pp` is 0.05, `1万` is 10000."""
    found = set()
    text = re.sub(r"(\d+)-(\d+)万", r"\1万-\2万", text)
    words = {"of the following year": "", "二级": "", "March": "3"}
    for word, plain in words.items():
        text = text.replace(word, plain)
    for figure, unit in re.findall(r"(\d+(?:\.\d+)?)\s*(%|pp|万)?", text):
        scale = {"%": Decimal("0.01"), "pp": Decimal("0.01"), "万": Decimal(10000), "": Decimal(1)}
        found.add((Decimal(figure) * scale[unit]).normalize())
    # A band that begins at nothing says no figure.
    return found - {Decimal(0)}


def _numbers_of(rows: list[Row]) -> set[Decimal]:
    found: set[Decimal] = set()
    for row in rows:
        # A figure may stand in the value, in a rival value, or bound the row (age).
        for value in (row.value, *row.rivals, dict(row.scope), row.note, row.label):
            found |= {each.normalize() for each in _flat(value)}
    return found


def _flat(value: Any) -> list[Decimal]:
    if isinstance(value, Decimal):
        return [value]
    if isinstance(value, bool) or value is None:
        return []
    if isinstance(value, int):
        return [Decimal(value)]
    if isinstance(value, dict):
        return [each for pair in value.items() for part in pair for each in _flat(part)]
    if isinstance(value, list | tuple | frozenset):
        return [each for part in value for each in _flat(part)]
    return sorted(_numbers(str(value)))


def test_an_open_start_is_never_a_start_date() -> None:
    row = BOOK.value(
        "inpatient.deductible",
        "500000",
        dt.date(1999, 1, 1),
        insured_type="employee",
        level="tier_3",
    )
    assert (row.valid_from, row.span) == (None, "≤2017～")
    assert row.value == 880


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("≤2024-10", None, None),
        ("2022-08", dt.date(2022, 8, 1), dt.date(2022, 8, 31)),
        ("≈2020", dt.date(2020, 1, 1), dt.date(2020, 12, 31)),
        ("2022-01-01", dt.date(2022, 1, 1), dt.date(2022, 1, 1)),
    ],
)
def test_a_day_is_read_as_its_source_gives_it(
    text: str, first: dt.date | None, last: dt.date | None
) -> None:
    assert Day.read(text) == Day(first, last)


def test_a_rule_that_nobody_knows_is_named_with_key_pool_and_day() -> None:
    with pytest.raises(RuleMissing) as raised:
        BOOK.value("manual.apply_deadline", "511600", DAY)
    (missing,) = raised.value.missing
    assert (missing.key, missing.pool, missing.on) == (
        "manual.apply_deadline",
        "511600",
        "2025-06-01",
    )
    assert missing.sentence == "广安在2025年6月1日的“手工报销的申请期限”没有查到"


def test_a_city_reads_its_own_rule_before_its_provinces_and_the_nations() -> None:
    assert BOOK.value("filing.long_term.lock_months", "511600", DAY).pool == "510000"
    assert BOOK.value("manual.processing_max", "511600", DAY).pool == "000000"
    assert BOOK.value("manual.apply_deadline", "510100", DAY).pool == "510100"


WAYS = [
    ("510100", "511602", "employee", "inpatient", dt.date(2024, 1, 1), True, False),
    ("510100", "511602", "employee", "inpatient", dt.date(2022, 2, 28), None, False),
    ("510100", "511602", "employee", "inpatient", dt.date(2025, 1, 1), True, True),
    ("510100", "500103", "resident", "outpatient", dt.date(2022, 8, 1), True, True),
    ("510100", "500103", "resident", "outpatient", dt.date(2024, 1, 1), True, False),
    ("510100", "500103", "resident", "chronic", dt.date(2024, 1, 1), False, True),
    ("500000", "510104", "employee", "inpatient", dt.date(2024, 1, 1), True, True),
    ("500000", "510104", "employee", "inpatient", dt.date(2022, 7, 31), None, False),
    ("500000", "510104", "employee", "outpatient", dt.date(2024, 1, 1), None, False),
    ("511600", "500103", "employee", "inpatient", dt.date(2024, 1, 1), False, True),
    ("511600", "510104", "employee", "inpatient", dt.date(2024, 1, 1), None, False),
]


@pytest.mark.parametrize(("pool", "to", "kind", "visit", "on", "applies", "doubted"), WAYS)
def test_an_exemption_is_a_dated_row_and_the_unknown_stays_unknown(
    pool: str, to: str, kind: str, visit: str, on: dt.date, applies: bool | None, doubted: bool
) -> None:
    found = BOOK.exemption(from_pool=pool, to_region=to, insured_type=kind, visit=visit, on=on)
    assert (found.applies if found else None) is applies
    assert bool(found and found.doubt) is doubted
    if found:
        assert found.row.source or found.row.certainty == "uncertain"


NEW_POOL = """
pool: "511700"
names: [达州]
rules:
  - {key: inpatient.deductible, level: tier_3, value: 700, unit: 元/次, certainty: probable, source: 试}
"""


def test_another_pool_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "达州.yaml").write_text(NEW_POOL, "utf-8")
    book = rule_book([tmp_path])
    row = book.value("inpatient.deductible", "511700", DAY, level="tier_3")
    assert (row.value, row.layer, book.code_of("达州")) == (700, 1, "511700")
    assert BOOK.code_of("达州") == ""


def test_an_extra_row_goes_before_the_projects_where_it_fits(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(
        'pool: "500000"\nnames: [重庆]\nrules:\n  - {key: fund.cap, insured_type: employee,'
        " value: 150000, from: 2024-01-01, certainty: certain, source: 试}\n",
        "utf-8",
    )
    book = rule_book([tmp_path])
    assert book.value("fund.cap", "500000", DAY, insured_type="employee").value == 150000
    before = book.value("fund.cap", "500000", dt.date(2023, 6, 1), insured_type="employee")
    assert before.value == 47000
    resident = book.value(
        "fund.cap", "500000", DAY, insured_type="resident", person_class=frozenset({"tier_1"})
    )
    assert resident.value == 80000


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("{key: inpatient.ratio, value: 1.2, certainty: certain}", "比例"),
        ("{key: inpatient.ratio, value: 0.8, certainty: sure}", "certainty"),
        ("{key: inpatient.ratio, value: 0.8, certainty: certain, levle: tier_3}", "levle"),
        ("{key: inpatient.ratio, certainty: certain}", "value"),
        ("{key: inpatient.deductible, value: 800, certainty: certain}", "unit"),
        (
            "{key: inpatient.deductible.repeat, value: {shape: linear}, certainty: certain}",
            "多次住院",
        ),
        ("{key: inpatient.reduction, value: {ratio: 0.1}, certainty: certain}", "ratio"),
        ("{key: inpatient.ratio, value: 0.8, from: 2024年, certainty: certain}", "日期"),
        ("{key: fund.cap, value: lots, certainty: certain}", "限额"),
        ("{key: settlement.order, value: any, certainty: certain}", "顺序"),
        ("just words", "键值"),
        (
            "{key: major_illness.ratio, certainty: certain,"
            " value: {counted_from: zero, bands: [{to: 5, ratio: 0.5}, {to: 3, ratio: 0.6}, {ratio: 1.0}]}}",
            "递增",
        ),
    ],
)
def test_a_mistake_in_a_file_is_named_with_its_place(tmp_path: Path, row: str, says: str) -> None:
    text = f'pool: "511700"\nnames: [达州]\nrules:\n  - {row}\n'
    (tmp_path / "达州.yaml").write_text(text, "utf-8")
    with pytest.raises(RuleFileWrong, match=says) as raised:
        rule_book([tmp_path])
    assert "达州.yaml" in str(raised.value)


def test_two_rows_of_one_scope_on_one_day_are_refused(tmp_path: Path) -> None:
    twice = "{key: fund.cap, value: %s, from: '%s', certainty: certain, source: 试}"
    text = (
        f'pool: "511700"\nnames: [达州]\nrules:\n  - {twice % (1, "")}\n  - {twice % (2, "2024")}\n'
    )
    (tmp_path / "达州.yaml").write_text(text, "utf-8")
    with pytest.raises(RuleFileWrong, match="同一天"):
        rule_book([tmp_path])


def test_two_rows_that_fit_equally_are_not_guessed_between(tmp_path: Path) -> None:
    text = """
pool: "511700"
names: [达州]
rules:
  - {key: fund.cap, level: tier_3, value: 1, certainty: certain, source: 试}
  - {key: fund.cap, visit: inpatient, value: 2, certainty: certain, source: 试}
"""
    (tmp_path / "达州.yaml").write_text(text, "utf-8")
    with pytest.raises(RuleFileWrong, match="无法取舍"):
        rule_book([tmp_path]).value("fund.cap", "511700", DAY, level="tier_3", visit="inpatient")
    assert rule_book([tmp_path]).value("fund.cap", "511700", DAY, level="tier_3").value == 1


def test_recalled_and_unconfirmed_rules_say_so() -> None:
    assert BOOK.value("clearing.month_declare_by", "500000", DAY).certainty == "recall"
    unconfirmed = [row for row in BOOK.rows() if row.certainty == "uncertain"]
    assert all(row.note for row in unconfirmed)
    assert all(row.source for row in BOOK.rows() if row.certainty in ("certain", "probable"))
