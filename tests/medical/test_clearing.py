"""The clearing's months and statements: each settlement in one month, every fen there and back."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from matters.medical.clearing import advance, gathering, statements
from matters.medical.clearing.money import balances, outstanding, post_payment
from matters.medical.clearing.months import ends_at, first_day, following, month_name
from matters.medical.clearing.terms import known_terms
from matters.medical.clearing.tracing import adds_up, books_differ, lines_of, where_is
from matters.medical.models import (
    ClearingAmount,
    ClearingLine,
    ClearingMonth,
    Deduction,
    Difference,
    MoneyEntry,
    Settlement,
    Statement,
)
from tests.medical.books import places
from tests.medical.clearing_lines import (
    CHENGDU,
    LATER,
    TO_CHONGQING,
    ZERO,
    clinic,
    hospital_agrees,
    month_row,
    settled,
    stated,
    sums,
    taken_back,
)
from tests.world import at
from tongban.accounts.models import User
from tongban.offices.models import Department, Office

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 10, 10)


@pytest.fixture(autouse=True)
def _places(db: None) -> None:
    places()


# ---- months ----


def test_months_follow_each_other_and_the_final_is_the_thirteenth() -> None:
    assert [following("2026-12"), following("2026-01", -1)] == ["2027-01", "2025-12"]
    assert (month_name("2026-10"), month_name("2026-13")) == ("2026年10月", "2026年年终清算")
    assert ends_at("2026-10") == at("2026-11-01 00:00")
    assert (first_day("2026-13"), ends_at("2026-13")) == (
        dt.date(2027, 1, 1),
        at("2027-03-01 00:00"),
    )


def test_the_terms_are_rule_rows_with_their_certainty() -> None:
    found = {each.key: each for each in known_terms(DAY)}
    recalled = found["clearing.month_declare_by"]
    assert recalled.text == "次月 20 日前，最多推迟 2 个月"
    assert (recalled.certainty_word, recalled.is_sure) == ("按记忆，待核实", False)
    assert found["clearing.year_final"].is_sure
    assert found["clearing.advance.alert_yellow"].text == "70%"
    assert len(found) == 9


# ---- gathering ----


def test_a_settlement_and_its_account_money_come_into_the_month_by_fund() -> None:
    month, entry = month_row(), settled("1000.00", "50.50")
    settled("1.00", on="2026-11-01 00:00")
    manual = settled("7.00", kind="manual")
    assert gathering.gather(month.pk) == 1
    assert gathering.gather(month.pk) == 0
    line = ClearingLine.objects.get()
    assert (line.settlement, line.sign, line.claimed, line.born_month) == (
        entry, 1, Decimal("1050.50"), "2026-10",
    )  # fmt: skip
    assert (line.city, line.pool) == ("511700", "500000")
    assert dict(line.amounts.values_list("fund_pay_type", "amount")) == {
        "310100": Decimal("1000.00"), "account": Decimal("50.50"),
    }  # fmt: skip
    assert where_is(manual).line is None


def test_a_line_that_comes_late_is_the_next_months_and_a_cut_off_month_takes_nothing() -> None:
    october = month_row()
    gathering.cut_off(october.pk, at("2026-11-01 00:05"))
    late = settled(on="2026-10-31 23:59")
    assert gathering.gather(october.pk) == 0
    november = month_row("2026-11")
    assert gathering.gather(november.pk) == 1
    found = where_is(late)
    assert found.line is not None
    assert (found.line.month, found.line.born_month) == (november, "2026-10")


def test_more_than_two_months_late_is_for_the_years_final_clearing() -> None:
    settled(on="2026-10-31 23:59")
    settled("5.00", on="2026-11-02 09:00")
    january, final = month_row("2027-01"), month_row("2026-13")
    assert gathering.gather(january.pk) == 2
    assert dict(ClearingLine.objects.values_list("born_month", "month__month")) == {
        "2026-10": "2026-13", "2026-11": "2027-01",
    }  # fmt: skip
    gathering.cut_off(final.pk, at("2027-03-01 00:05"))
    settled(on="2026-09-30 12:00")
    assert gathering.gather(month_row("2027-03").pk) == 1, "nothing is ever left outside"


def test_what_was_reversed_after_declaring_is_a_negative_line_of_a_later_month() -> None:
    october, entry = month_row(), settled()
    first = stated(october)
    back = taken_back(entry, on="2026-11-21 10:00", cause="refunded")
    second = stated(month_row("2026-11"), at("2026-12-20 10:00"))
    assert (first.gross, second.gross) == (Decimal("1000.00"), Decimal("-1000.00"))
    line = where_is(back).line
    assert line is not None
    assert (line.origin, line.sign) == (entry, -1)
    assert sums()[0] == sums()[1] == ZERO


# ---- statements ----


def test_every_fen_of_a_statement_leads_to_settlements_and_back() -> None:
    month = month_row()
    entries = [settled("1000.10", "3.03"), settled("0.07", insured_type="resident")]
    entries.append(taken_back(settled("55.55")))
    statement = stated(month)
    assert statement.gross == Decimal("1003.20")
    assert adds_up(statement)
    assert {line.settlement_id for line in lines_of(statement)} >= {e.pk for e in entries}
    for entry in entries:
        assert where_is(Settlement.objects.get(pk=entry.pk)).statement == statement
    months = Settlement.objects.values_list("clearing_month", flat=True)
    assert set(months) == {"2026-10"}
    by_type = {
        (t["insured_type"], t["fund_pay_type"]): t["amount"] for t in statement.content["totals"]
    }
    assert by_type["resident", "310100"] == "0.07"


def test_a_changed_line_or_paper_is_noticed() -> None:
    month = month_row()
    settled()
    statement = stated(month)
    ClearingLine.objects.update(claimed=Decimal("999.99"))
    assert not adds_up(statement)
    ClearingLine.objects.update(claimed=Decimal("1000.00"))
    statement.content["payable"] = "1.00"
    assert not adds_up(statement)


def test_audit_deductions_come_off_the_next_statement_once() -> None:
    settled()
    Deduction.objects.create(
        treated_province="510000", insured_province="500000", institution=clinic(),
        amount=Decimal("100.00"), reason="串换项目", key="d1", found_at=LATER,
    )  # fmt: skip
    first = stated(month_row())
    assert (first.gross, first.deducted) == (Decimal(1000), Decimal(100))
    assert first.payable == Decimal(900)
    assert stated(month_row("2026-11"), at("2026-12-20 10:00")).deducted == 0


def test_a_closed_month_never_changes() -> None:
    month = month_row()
    settled()
    statement = stated(month)
    line = ClearingLine.objects.get()
    ClearingMonth.objects.filter(pk=month.pk).update(closed_at=LATER)
    for change in (
        lambda: ClearingLine.objects.filter(pk=line.pk).update(excluded=Decimal(1)),
        lambda: ClearingAmount.objects.filter(line=line).update(amount=Decimal(1)),
        lambda: Statement.objects.filter(pk=statement.pk).update(voided_at=LATER),
        lambda: ClearingMonth.objects.filter(pk=month.pk).update(closed_at=None),
        lambda: ClearingLine.objects.filter(pk=line.pk).delete(),
        lambda: MoneyEntry.objects.filter(month=month)._raw_delete("default"),
    ):
        with pytest.raises((DatabaseError,)), transaction.atomic():
            change()


def test_both_sides_owe_and_claim_the_same_until_money_goes() -> None:
    month = month_row()
    settled("1000.00", "10.00")
    statement = stated(month)
    owed = {
        (b.side, b.account, b.fund_pay_type): b.amount for b in balances(MoneyEntry.objects.all())
    }
    assert owed["treated", "receivable", "310100"] == owed["insured", "payable", "310100"] == 1000
    assert owed["treated", "receivable", "account"] == 10
    post_payment(month, "insured", statement.payable, voucher="A", key="p", at=LATER)
    post_payment(month, "treated", Decimal("1009.00"), voucher="B", key="r", at=LATER)
    assert outstanding(month, "insured") == 0
    assert outstanding(month, "treated") == 1
    assert [(n.code, n.amount) for n in books_differ(month) if n.code == "money"] == [
        ("money", Decimal(1))
    ]


# ---- signatures ----


def test_a_voided_statement_cannot_be_signed_and_its_signatures_fall_with_it() -> None:
    month = month_row()
    settled()
    first = stated(month)
    general = Department.objects.create(code="general", name="综合")
    office = Office.objects.create(
        code="x", name="医保局", region_id="510100", department=general, kind="medical_insurance"
    )
    user = User.objects.create(username="signer", name="签署人", kind="staff")
    who = {"office_id": office.pk, "user_id": user.pk, "at": LATER}
    assert statements.put_signature(month=month, digest="0" * 64, side="treated", **who) is None  # type: ignore[arg-type]
    signed = statements.put_signature(month=month, digest=first.digest, side="treated", **who)  # type: ignore[arg-type]
    assert signed is not None
    assert not statements.is_signed(month)
    assert statements.void(month, reason="金额有误", at=LATER) == 1
    signed.refresh_from_db()
    assert signed.voided_at == LATER
    assert statements.put_signature(month=month, digest=first.digest, side="insured", **who) is None  # type: ignore[arg-type]
    assert outstanding(month, "treated") == outstanding(month, "insured") == 0
    statements.declare(month, LATER)
    second = statements.issue(month, at=LATER, number="N2")
    assert (second.version, second.gross, second.digest != first.digest) == (2, first.gross, True)


# ---- the advance ----


def test_the_advance_is_twice_the_monthly_average_of_the_last_quarter() -> None:
    for month, amount in (("2026-10", "900.00"), ("2026-11", "100.00"), ("2026-12", "0.01")):
        settled(amount, on=f"{month}-05 10:00")
        stated(month_row(month), at("2027-01-21 08:00"))
    found = advance.size_for(TO_CHONGQING, 2027, dt.date(2027, 1, 22))
    assert (found.base, found.size) == (Decimal("1000.01"), Decimal("666.67"))
    assert (found.months, found.rule.certainty) == (("2026-10", "2026-11", "2026-12"), "recall")


@pytest.mark.parametrize(
    ("used", "colour", "top_up"),
    [("0.00", "green", "0"), ("699.99", "green", "0"), ("700.00", "yellow", "0.00"),
     ("899.99", "yellow", "285.70"), ("900.00", "red", "285.71"), ("1400.00", "red", "1000.00")],
)  # fmt: skip
def test_the_lamp_turns_at_seventy_and_ninety_percent(used: str, colour: str, top_up: str) -> None:
    assert advance.lamp(TO_CHONGQING, DAY).colour == "none"
    advance.post(TO_CHONGQING, "treated", Decimal("1000.00"), voucher="A", key="a", at=LATER)
    month = month_row()
    settled(used)
    gathering.gather(month.pk)
    lamp = advance.lamp(TO_CHONGQING, DAY)
    assert (lamp.colour, lamp.used, lamp.top_up) == (colour, Decimal(used), Decimal(top_up))
    statement = stated(month)
    assert advance.used(TO_CHONGQING) == Decimal(used)
    post_payment(month, "treated", statement.payable, voucher="B", key="b", at=LATER)
    assert advance.used(TO_CHONGQING) == 0


def test_second_tier_names_the_city_of_sichuan_on_either_side() -> None:
    month = month_row(pair=("500000", "510000"))
    settled(pool=CHENGDU, treated_province="500000", treated_at="500103")
    gathering.gather(month.pk)
    line = ClearingLine.objects.get()
    assert (line.city, line.pool, line.pair) == (CHENGDU, CHENGDU, ("500000", "510000"))


def test_nothing_inside_sichuan_is_cleared_between_the_provinces() -> None:
    settled(pool=CHENGDU)
    assert gathering.gather(month_row().pk) == 0
    hospital_agrees()
    assert not Difference.objects.exists()
