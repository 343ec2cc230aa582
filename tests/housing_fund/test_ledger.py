"""Money between two centres: sent is under way, booked, in suspense or come back; no fen is lost."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from matters.housing_fund import ledger
from matters.housing_fund.models import Account, DepositMonth, Journal, Line, Remittance
from tests.housing_fund.conftest import NOON, opened
from tongban.offices.models import Office

LETTER = "LXH5117001"
BALANCE, INTEREST = Decimal("30000.00"), Decimal("123.45")


@pytest.fixture
def moving(chongqing: Office, dazhou: Office) -> tuple[Account, Account]:
    """周晓燕 moves from 重庆 to 达州; her account there stands open, and the old one is frozen."""
    old, new = opened(chongqing, "30000.00"), opened(dazhou)
    ledger.freeze(account_id=old.pk)
    return old, new


def send(old: Account, new: Account, letter: str = LETTER) -> Remittance:
    return ledger.remit(
        letter=letter, sender_id=old.pk, receiver_id=new.pk, interest=INTEREST, at=NOON
    )


def arrive(amount: Decimal, letter: str = LETTER, *, agrees: bool = True) -> Remittance:
    return ledger.book_arrival(letter=letter, amount=amount, agrees=agrees, at=NOON)


def balances(*accounts: Account) -> list[Decimal]:
    return [Account.objects.get(pk=account.pk).balance for account in accounts]


def test_all_that_agrees_is_booked_and_the_old_account_is_closed(
    moving: tuple[Account, Account],
) -> None:
    old, new = moving
    sent = send(old, new)
    assert sent.amount == BALANCE + INTEREST
    assert ledger.totals()["transit"] == sent.amount
    assert arrive(sent.amount).state == "booked"
    assert balances(old, new) == [0, sent.amount]
    assert Account.objects.get(pk=old.pk).status == "closed"
    assert ledger.totals()["transit"] == 0
    assert ledger.differences() == []


def test_the_months_go_with_the_money_and_name_where_they_were_deposited(
    chongqing: Office, dazhou: Office
) -> None:
    old, new = opened(chongqing), opened(dazhou)
    for month in (1, 2, 3):
        day = dt.date(2026, month, 1)
        ledger.deposit(
            account_id=old.pk, month=day, amount=Decimal(2000), at=NOON, key=f"deposit:{month}"
        )
    ledger.freeze(account_id=old.pk)
    arrive(send(old, new).amount)
    months = DepositMonth.objects.filter(account=new)
    assert {row.deposited_at for row in months} == {chongqing}
    assert sum(row.deposited for row in months) == 6000


def test_a_bank_s_refusal_brings_the_money_back_and_it_is_sent_again(
    moving: tuple[Account, Account],
) -> None:
    old, new = moving
    amount = send(old, new).amount
    ledger.come_back_refused(letter=LETTER, at=NOON, reason="户名不符")
    ledger.come_back_refused(letter=LETTER, at=NOON, reason="户名不符")
    assert balances(old, new) == [amount, 0]
    again = send(old, new)
    # Interest was credited once, with the first try.
    assert (again.tries, again.amount) == (2, amount)
    arrive(amount)
    assert balances(old, new) == [0, amount]
    assert ledger.differences() == []


@pytest.mark.parametrize(("short", "agrees"), [(Decimal("0.01"), True), (Decimal(0), False)])
def test_one_key_that_differs_puts_the_money_into_suspense(
    moving: tuple[Account, Account], short: Decimal, agrees: bool
) -> None:
    old, new = moving
    amount = send(old, new).amount
    assert arrive(amount - short, agrees=agrees).state == "suspense"
    assert ledger.totals()["suspense"] == amount - short
    named = [difference.what for difference in ledger.differences()]
    assert named == ([LETTER] if short else [])
    ledger.give_back(letter=LETTER, at=NOON, reason="金额不符")
    assert balances(old, new) == [amount, 0]
    assert ledger.differences() == []


def test_what_was_in_suspense_is_matched_by_hand_only_whole(
    moving: tuple[Account, Account],
) -> None:
    old, new = moving
    amount = send(old, new).amount
    arrive(amount - 1)
    with pytest.raises(ledger.LedgerRefused, match="少到的不能入账"):
        ledger.book_matched(letter=LETTER, at=NOON, reason="人工核对")
    ledger.give_back(letter=LETTER, at=NOON, reason="金额不符")
    send(old, new)
    arrive(amount, agrees=False)
    assert ledger.book_matched(letter=LETTER, at=NOON, reason="同名同证").state == "booked"
    assert balances(old, new) == [0, amount]


def test_every_act_twice_is_once(moving: tuple[Account, Account]) -> None:
    old, new = moving
    send(old, new)
    amount = send(old, new).amount
    arrive(amount)
    arrive(amount)
    assert balances(old, new) == [0, amount]
    assert Journal.objects.filter(remittance__letter=LETTER).count() == 2


def test_what_has_not_been_sent_neither_arrives_nor_comes_back(
    moving: tuple[Account, Account],
) -> None:
    with pytest.raises(ledger.LedgerRefused, match="没有联系函"):
        arrive(BALANCE)
    old, new = moving
    arrive(send(old, new).amount)
    with pytest.raises(ledger.LedgerRefused, match="只有在途的资金"):
        ledger.come_back_refused(letter=LETTER, at=NOON, reason="迟到的退票")
    with pytest.raises(ledger.LedgerRefused, match="没有挂账的资金"):
        ledger.give_back(letter=LETTER, at=NOON, reason="")


def test_a_frozen_account_takes_no_deposit_and_gives_nothing(
    moving: tuple[Account, Account],
) -> None:
    old, _ = moving
    with pytest.raises(ledger.LedgerRefused, match="不能缴存"):
        ledger.deposit(
            account_id=old.pk, month=dt.date(2026, 9, 1), amount=BALANCE, at=NOON, key="d"
        )
    with pytest.raises(ledger.LedgerRefused, match="不能提取"):
        ledger.withdraw(account_id=old.pk, amount=BALANCE, at=NOON, on=NOON.date(), key="w")
    ledger.unfreeze(account_id=old.pk)
    ledger.withdraw(
        account_id=old.pk, amount=Decimal(1800), at=NOON, on=NOON.date(), key="w", is_rent=True
    )
    assert balances(old) == [BALANCE - 1800]
    month = DepositMonth.objects.get(account=old)
    assert month.withdrawn == month.for_rent == Decimal(1800)


def test_nobody_withdraws_more_than_there_is(chongqing: Office) -> None:
    account = opened(chongqing, "100.00")
    with pytest.raises(ledger.LedgerRefused, match="不够这一笔"):
        ledger.withdraw(
            account_id=account.pk, amount=Decimal("100.01"), at=NOON, on=NOON.date(), key="w"
        )
    assert Journal.objects.filter(key="w").count() == 0


def test_a_journal_that_does_not_sum_to_nothing_is_refused_by_the_database(
    chongqing: Office,
) -> None:
    with pytest.raises(IntegrityError, match="its lines sum to"), transaction.atomic():
        one_sided(chongqing)


def one_sided(centre: Office) -> None:
    journal = Journal.objects.create(key="odd", kind="corrected", at=NOON)
    Line.objects.create(journal=journal, book="outside", centre=centre, amount=Decimal(1))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("table", ["housing_fund_journal", "housing_fund_line"])
def test_what_was_written_stays(moving: tuple[Account, Account], table: str) -> None:
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as c,
    ):
        c.execute(f"DELETE FROM {table}")  # noqa: S608 - one of two names above


def test_a_balance_that_is_not_its_lines_is_named(chongqing: Office) -> None:
    account = opened(chongqing, "100.00")
    Account.objects.filter(pk=account.pk).update(balance=Decimal(101))
    found = ledger.differences()
    assert [(each.what, str(each.should), str(each.is_)) for each in found] == [
        (account.number, "100.00", "101.00")
    ]


def test_the_statements_of_an_arrival_are_counted(
    moving: tuple[Account, Account], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    old, new = moving
    amount = send(old, new).amount
    with django_assert_num_queries(13):
        arrive(amount)
