"""The check of the books: silent over what is right, and it names each thing that was tampered with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from matters.medical.ledger import booking, kept_rules
from matters.medical.ledger.checking import differences
from matters.medical.models import Insured, KeptRules, Settlement
from matters.medical.rules import rule_book
from tests.medical.books import places, settle_now, stay, take_back, worker

pytestmark = pytest.mark.django_db
TABLES = ("medical_settlement", "medical_fundline", "medical_yearentry", "medical_accountentry")


@pytest.fixture(autouse=True)
def _places(db: None) -> None:
    places()


@pytest.fixture
def person() -> Insured:
    """Two stays, and a visit that was taken back; the account has paid."""
    person = worker("300.00")
    settle_now(person)
    settle_now(person, stay("70000.00"))
    take_back(settle_now(person, stay("400.00", visit="outpatient")))
    return person


@contextmanager
def past_the_triggers() -> Iterator[None]:
    """As somebody with the keys of the database could."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def run(statement: str) -> None:
    with past_the_triggers(), connection.cursor() as cursor:
        cursor.execute(statement)


def found(person: Insured) -> list[str]:
    return sorted({difference.what for difference in differences(insured_id=person.pk)})


def test_books_that_are_right_have_no_difference(person: Insured) -> None:
    assert found(person) == []
    call_command("check_settlements", stdout=(said := StringIO()))
    assert said.getvalue().strip() == "查了 1 人的账，全部相符。"


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        (
            "UPDATE medical_settlement SET hifp_pay = hifp_pay + 1 WHERE seq = 1",
            ["breakdown.hifp_pay", "hifp_pay"],
        ),
        (
            "UPDATE medical_settlement SET act_pay_dedc = act_pay_dedc - 1 WHERE sign = -1",
            ["act_pay_dedc", "breakdown.act_pay_dedc"],
        ),
        ("UPDATE medical_fundline SET fund_payamt = fund_payamt + 1", ["setldetail 合计"]),
        (
            "UPDATE medical_yearentry SET after = jsonb_set(after, '{hifp_pay}', '\"1.00\"')"
            " WHERE seq = 4",
            ["年度累计 hifp_pay"],
        ),
        (
            "UPDATE medical_yearentry SET seq = 9 WHERE seq = 4",
            ["分录序号"],
        ),
        (
            "UPDATE medical_insured SET account_balance = account_balance + 1",
            ["个人账户余额"],
        ),
        (
            "UPDATE medical_accountentry SET amount = amount - 1",
            ["个人账户分录合计"],
        ),
        (
            "UPDATE medical_settlement SET reverses_id ="
            " (SELECT id FROM medical_settlement WHERE seq = 1) WHERE sign = -1",
            ["act_pay_dedc", "fund_pay_sumamt", "hifp_pay"],
        ),
        (
            "UPDATE medical_settlement SET bill = jsonb_set(bill, '{level}', '\"tier_2\"')"
            " WHERE seq = 1",
            ["act_pay_dedc", "fund_pay_sumamt", "hifp_pay"],
        ),
    ],
)
def test_what_was_tampered_with_is_named(person: Insured, statement: str, named: list[str]) -> None:
    run(statement)
    assert set(named) <= set(found(person))
    said = StringIO()
    with pytest.raises(CommandError, match="查了 1 人的账"):
        call_command("check_settlements", insured=person.pk, stdout=said)
    assert named[0] in said.getvalue()


def test_a_missing_entry_of_the_year_is_named(person: Insured) -> None:
    run("DELETE FROM medical_yearentry WHERE seq = 2")
    assert {"年度分录", "分录序号"} <= set(found(person))


def test_a_settlement_is_computed_by_the_rules_of_its_day_not_by_what_the_files_say_now(
    person: Insured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file changes its mind about the past; what is booked stands as it was, new ones follow the file."""
    (tmp_path / "重庆.yaml").write_text(
        """
pool: "500000"
names: [重庆]
rules:
  - {key: inpatient.deductible, insured_type: employee, level: tier_3, value: 1000, unit: 元/次,
     from: "≤2017", certainty: certain, source: 试验}
""",
        "utf-8",
    )
    changed = rule_book([tmp_path])
    monkeypatch.setattr(booking, "rule_book", lambda: changed)
    later = settle_now(other := worker())
    assert later.act_pay_dedc == 1000
    assert KeptRules.objects.count() == 2
    assert found(person) == found(other) == []
    first = Settlement.objects.get(insured=person, seq=1)
    assert first.act_pay_dedc == 880
    assert first.rule_book_id != later.rule_book_id


def test_a_kept_book_is_the_same_book() -> None:
    kept_rules.keep(rule_book())
    kept_rules.keep(rule_book())
    kept = KeptRules.objects.get()
    assert kept_rules.digest_of(kept_rules.book_of(kept)) == kept.digest
    json.dumps(kept.content)
    with pytest.raises(TypeError, match="set"):
        kept_rules.plain({1})
