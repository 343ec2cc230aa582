"""Booking a settlement: once, as agreed, by the year and the accounts that the ledger holds."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from matters.medical.bill import YearToDate
from matters.medical.breakdown import AMOUNTS
from matters.medical.ledger import (
    AlreadySettled,
    AmountsDiffer,
    KeyTaken,
    OutOfOrder,
    book,
    carry_in,
    preview,
    settlement_by_key,
)
from matters.medical.ledger.checking import differences
from matters.medical.models import (
    AccountEntry,
    FamilyAccount,
    FundLine,
    Insured,
    KeptRules,
    Settlement,
    YearEntry,
)
from tests.medical.books import (
    CHENGDU,
    GUANGAN,
    balance_of,
    hospital,
    places,
    settle_now,
    stay,
    take_back,
    worker,
    year_of,
)
from tests.world import at
from tongban.sharing.models import LedgerIsAppendOnly

pytestmark = pytest.mark.django_db
NEW_YEAR, LAST_DAY = dt.date(2027, 1, 9), dt.date(2026, 12, 31)


@pytest.fixture(autouse=True)
def _places(db: None) -> None:
    places()


def counts() -> tuple[int, ...]:
    return tuple(t.objects.count() for t in (Settlement, FundLine, YearEntry, AccountEntry))


def test_a_stay_of_a_chongqing_worker_in_dazhou_is_booked_with_all_that_hangs_on_it() -> None:
    person, clinic = worker("300.00"), hospital()
    shown = preview(insured=person, order=(order := stay(institution=clinic)))
    assert counts() == (0, 0, 0, 0)
    booked = settle_now(person, order, agreed=shown)
    assert {name: getattr(booked, name) for name in AMOUNTS} == shown.amounts
    assert booked.fund_pay_sumamt == sum(line.fund_payamt for line in booked.lines.all())
    assert (booked.acct_pay, balance_of(person)) == (Decimal("300.00"), Decimal("0.00"))
    assert booked.account_entries.get().amount == Decimal("-300.00")
    assert year_of(person) == shown.year_after
    assert (booked.year, booked.seq, booked.sign, booked.clearing_month) == (2026, 1, 1, "")
    assert (booked.pool, booked.treated_province) == ("500000", "510000")
    assert booked.rules
    assert {"explanation", "setldetail", "ytd"} <= set(booked.breakdown)
    assert KeptRules.objects.get().digest == booked.rule_book_id


def test_the_same_order_twice_is_one_settlement() -> None:
    person, order = worker("300.00"), stay()
    first = settle_now(person, order, key="2304-1")
    after = (counts(), balance_of(person))
    assert settle_now(person, order, key="2304-1") == first == settlement_by_key("2304-1")
    assert (counts(), balance_of(person)) == after
    assert settlement_by_key("2304-2") is None


def test_a_key_stands_for_one_order_of_one_person() -> None:
    person, order = worker(), stay()
    settle_now(person, order, key="2304-1")
    with pytest.raises(KeyTaken):
        settle_now(worker(), order, key="2304-1")
    with pytest.raises(KeyTaken):
        settle_now(person, stay(), key="2304-1")


def test_a_visit_is_settled_once_whatever_the_key() -> None:
    person, order = worker(), stay()
    first = settle_now(person, order)
    with pytest.raises(AlreadySettled) as refused:
        settle_now(person, order)
    assert refused.value.settlement == first
    with pytest.raises(AlreadySettled):
        preview(insured=person, order=order)


def test_what_is_not_as_agreed_changes_nothing_and_the_callers_transaction_goes_on() -> None:
    person, order = worker("300.00"), stay()
    shown = preview(insured=person, order=order)
    settle_now(person)  # another stay came between: the account is empty, the deductible lower
    before = counts()
    with transaction.atomic():
        with pytest.raises(AmountsDiffer) as refused:
            settle_now(person, order, agreed=shown)
        assert counts() == before
    was, now = refused.value.differences["acct_pay"]
    assert (was, now) == (Decimal("300.00"), Decimal("0.00"))
    assert "act_pay_dedc" in refused.value.differences


def test_what_was_shown_may_come_back_as_the_json_in_which_it_was_kept() -> None:
    person, order = worker(), stay()
    shown = preview(insured=person, order=order).as_json()
    with pytest.raises(AmountsDiffer):
        settle_now(person, order, agreed=shown | {"psn_cash_pay": "0.01"})
    assert settle_now(person, order, agreed=shown).sign == 1


def test_seven_statements_settle_a_stay_that_two_accounts_pay(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    settle_now(worker())  # the rule book is kept from now on
    person, father = worker("10.00", GUANGAN), worker("20.00", GUANGAN)
    FamilyAccount.objects.create(payer=father, member=person, valid_from=dt.date(2025, 1, 1))
    with django_assert_num_queries(7):
        booked = settle_now(person)
    assert (booked.acct_pay, booked.acct_mulaid_pay) == (Decimal("10.00"), Decimal("20.00"))


def test_no_name_and_no_number_of_a_person_is_read() -> None:
    person = worker()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        settle_now(person)
    said = " ".join(query["sql"] for query in asked.captured_queries)
    assert "id_number" not in said
    assert '"medical_insured"."name"' not in said


def test_the_second_stay_of_a_year_is_the_second_admission() -> None:
    person = worker()
    first, second = settle_now(person), settle_now(person)
    assert (first.act_pay_dedc, second.act_pay_dedc) == (Decimal("880.00"), Decimal("792.00"))
    assert (second.bill["admission_no"], year_of(person).admissions) == (2, 2)


def test_a_year_that_began_elsewhere_goes_on_here() -> None:
    """Two stays and nearly the whole cap were settled in the core system before."""
    person = worker()
    totals = YearToDate(admissions=2, hifp_pay=Decimal("46900.00"))
    carried = carried_in(person, totals, key="core-1")
    assert carried_in(person, totals, key="core-1") == carried
    booked = settle_now(person)
    assert (booked.bill["admission_no"], booked.hifp_pay, booked.seq) == (3, Decimal("100.00"), 2)
    take_back(booked)
    assert year_of(person) == totals
    assert list(differences(insured_id=person.pk)) == []
    with pytest.raises(OutOfOrder, match="已有结算"):
        carried_in(person, totals, key="core-2")
    with pytest.raises(OutOfOrder, match="小于零"):
        carried_in(worker(), YearToDate(admissions=-1), key="core-3")
    with pytest.raises(KeyTaken):
        carried_in(worker(), totals, key="core-1")


def carried_in(person: Insured, totals: YearToDate, *, key: str) -> YearEntry:
    return carry_in(
        insured_id=person.pk,
        year=2026,
        totals=totals,
        key=key,
        at=at("2026-03-01 09:00"),
        reason="核心系统转入",
    )


def test_each_calendar_year_counts_for_itself() -> None:
    person = worker()
    settle_now(person)
    new = settle_now(person, stay(began_on=NEW_YEAR, on=NEW_YEAR))
    assert (new.year, new.seq, new.bill["admission_no"]) == (2027, 1, 1)
    assert year_of(person).admissions == year_of(person, 2027).admissions == 1


def test_a_stay_across_the_years_end_is_settled_in_two_parts_with_one_deductible() -> None:
    person = worker()
    began = dt.date(2026, 12, 28)
    first = settle_now(person, stay("500.00", began_on=began, on=LAST_DAY, mdtrt_id="ZY-1"))
    second = settle_now(person, stay("9000.00", began_on=began, on=NEW_YEAR, mdtrt_id="ZY-1"))
    assert (first.act_pay_dedc, second.act_pay_dedc) == (Decimal("500.00"), Decimal("380.00"))
    assert (first.year, second.year) == (2026, 2027)
    assert year_of(person).admissions == 1
    assert year_of(person, 2027).admissions == 0
    assert year_of(person, 2027).hifp_pay == second.hifp_pay
    # The next stay of the new year is its first admission.
    third = settle_now(person, stay(began_on=NEW_YEAR, on=NEW_YEAR))
    assert third.act_pay_dedc == Decimal("880.00")


def test_a_stay_over_two_years_ends_bears_its_deductible_once() -> None:
    person, began = worker(), dt.date(2026, 12, 28)
    ends = (LAST_DAY, dt.date(2027, 12, 31), dt.date(2028, 1, 9))
    parts = [
        settle_now(person, stay(fee, began_on=began, on=on, mdtrt_id="ZY-1"))
        for fee, on in zip(("500.00", "200.00", "9000.00"), ends, strict=True)
    ]
    assert [part.act_pay_dedc for part in parts] == [500, 200, 180]


def test_a_visit_to_the_outpatient_department_has_no_second_part() -> None:
    person, day = worker(), dt.date(2026, 12, 31)
    settle_now(person, stay(visit="outpatient", began_on=day, on=day, mdtrt_id="MZ-1"))
    with pytest.raises(AlreadySettled):
        settle_now(person, stay(visit="outpatient", began_on=day, on=NEW_YEAR, mdtrt_id="MZ-1"))


def test_chongqing_settles_at_the_years_end_before_it_settles_the_rest() -> None:
    with pytest.raises(OutOfOrder, match="2026年12月31日"):
        settle_now(worker(), stay(began_on=dt.date(2026, 12, 28), on=NEW_YEAR))
    with pytest.raises(OutOfOrder, match="早于入院"):
        settle_now(worker(), stay(began_on=NEW_YEAR, on=LAST_DAY))


def test_elsewhere_a_stay_across_the_years_end_counts_in_the_year_of_discharge() -> None:
    person = worker(pool=CHENGDU)
    whole = settle_now(person, stay(began_on=dt.date(2026, 12, 28), on=NEW_YEAR))
    assert (whole.year, year_of(person, 2027).admissions) == (2027, 1)


def test_the_rules_are_those_of_the_day_of_discharge() -> None:
    def ratio(on: dt.date) -> str:
        person = worker(insured_type="resident", person_class="tier_1")
        order = stay(began_on=on, on=on, filing="home", treated_at="500101")
        return str(settle_now(person, order).breakdown["ratio"])

    assert Decimal(ratio(dt.date(2022, 1, 1))) == Decimal("0.50")
    assert Decimal(ratio(dt.date(2021, 12, 31))) == Decimal("0.40")


def test_an_account_pays_only_if_it_is_asked_to_and_no_more_than_it_holds() -> None:
    person = worker("100.00")
    kept = settle_now(person, stay(use_account=False))
    assert (kept.acct_pay, balance_of(person)) == (Decimal(0), Decimal("100.00"))
    assert AccountEntry.objects.count() == 0
    assert settle_now(person).acct_pay == Decimal("100.00")
    assert settle_now(person).acct_pay == Decimal(0)


def test_the_family_pays_after_oneself_one_account_after_the_other() -> None:
    person = worker("10.00", CHENGDU)
    mother, father = worker("50.00", CHENGDU), worker("5000.00", CHENGDU)
    for payer in (mother, father):
        FamilyAccount.objects.create(payer=payer, member=person, valid_from=dt.date(2025, 1, 1))
    booked = settle_now(person)
    assert booked.acct_pay == Decimal("10.00")
    assert booked.psn_cash_pay == 0
    assert balance_of(mother) == 0
    assert balance_of(father) == Decimal("5050.00") - booked.acct_mulaid_pay
    drawn = {entry.insured_id: entry.amount for entry in booked.account_entries.all()}
    assert sum(drawn.values()) == -(booked.acct_pay + booked.acct_mulaid_pay)


@pytest.mark.parametrize(
    ("is_open", "since", "until", "pays"),
    [
        (True, dt.date(2025, 1, 1), None, True),
        (False, dt.date(2025, 1, 1), None, False),
        (True, dt.date(2026, 4, 1), None, False),
        (True, dt.date(2025, 1, 1), dt.date(2026, 3, 10), False),
    ],
)
def test_across_the_border_the_family_pays_only_where_its_agency_opened_that(
    is_open: bool, since: dt.date, until: dt.date | None, pays: bool
) -> None:
    """From 广安 to 重庆; opening it is known as a pilot there only (2024-12-19)."""
    person, father = worker(pool=GUANGAN), worker("100.00", GUANGAN)
    FamilyAccount.objects.create(
        payer=father,
        member=person,
        is_open_across_provinces=is_open,
        valid_from=since,
        valid_to=until,
    )
    booked = settle_now(person, stay(treated_at="500101"))
    assert booked.acct_mulaid_pay == (Decimal("100.00") if pays else 0)


def test_nothing_booked_is_changed_or_removed() -> None:
    booked = settle_now(worker("300.00"))
    line, entry, drawn = booked.lines.all()[0], booked.year_entry, booked.account_entries.get()
    booked.psn_cash_pay = Decimal("1.00")
    for row in (booked, line, entry, drawn, booked.rule_book):
        with pytest.raises(LedgerIsAppendOnly):
            row.save()
        with pytest.raises(LedgerIsAppendOnly):
            row.delete()
    with pytest.raises(LedgerIsAppendOnly):
        Settlement.objects.update(psn_cash_pay=0)
    with pytest.raises(LedgerIsAppendOnly):
        Settlement.objects.all().delete()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE medical_settlement SET psn_cash_pay = psn_cash_pay + 1, psn_part_amt = psn_part_amt",
        "UPDATE medical_settlement SET on = on, reason = 'x'",
        "DELETE FROM medical_settlement",
        "UPDATE medical_fundline SET fund_payamt = 0",
        "DELETE FROM medical_fundline",
        "UPDATE medical_yearentry SET after = '{}'",
        "DELETE FROM medical_yearentry",
        "UPDATE medical_accountentry SET amount = 0",
        "DELETE FROM medical_accountentry",
        "UPDATE medical_keptrules SET content = '{}'",
    ],
)
def test_the_database_refuses_it_too(statement: str) -> None:
    settle_now(worker("300.00"))
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        run(statement.replace(" on = on", ' "on" = "on"'))


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_only_the_month_of_clearing_is_learnt_later() -> None:
    booked = settle_now(worker())
    assert Settlement.objects.filter(pk=booked.pk).update(clearing_month="2026-03") == 1
    assert Settlement.objects.get().clearing_month == "2026-03"


def test_fund_lines_that_do_not_sum_up_are_not_committed() -> None:
    booked = settle_now(worker())
    FundLine.objects.create(
        settlement=booked,
        number=9,
        fund_pay_type="oth_pay",
        fund_payamt=Decimal(1),
        inscp_scp_amt=Decimal(0),
    )
    with pytest.raises(IntegrityError, match="fund lines sum to"), transaction.atomic():
        run("SET CONSTRAINTS ALL IMMEDIATE")
    transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("seq", "delta", "after"),
    [
        (3, {"hifp_pay": "1.00"}, {"hifp_pay": "1.00"}),
        (2, {"admissions": 1}, {"admissions": 3}),
        (2, {}, {}),
        (2, {"admissions": -2, "scope_selfpay": "0.00"}, {"admissions": -1}),
    ],
)
def test_an_entry_that_does_not_follow_from_the_one_before_is_refused(
    seq: int, delta: dict[str, object], after: dict[str, object]
) -> None:
    last = settle_now(person := worker()).year_entry
    with pytest.raises(IntegrityError, match="does not follow"), transaction.atomic():
        YearEntry.objects.create(
            insured=person, year=2026, seq=seq, key="planted", at=last.at,
            delta=delta, after=({**last.after, **after} if after else {}),
        )  # fmt: skip


def test_an_order_of_nobody_is_refused() -> None:
    with pytest.raises(worker().DoesNotExist):
        book(insured_id=10**9, order=stay(), key="K", at=at("2026-03-11 10:00"))
