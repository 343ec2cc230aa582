"""Opening an account, deposits and withdrawals: money that comes from outside or goes there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction

from matters.housing_fund.models import Account, DepositMonth, Journal, Line

from .posting import OUTSIDE, Side, held, known, of_account, post
from .refusals import LedgerRefused


def open_account(*, opening: Decimal, at: dt.datetime, key: str, **fields: Any) -> Account:
    """A new account with what was there before this ledger began. The same key gives the same account."""
    with transaction.atomic():
        account = Account.objects.create(**fields)
        if opening:
            sides = [of_account(account, opening), Side(OUTSIDE, account.centre_id, -opening)]
            post(key=key, kind=Journal.Kind.OPENING, at=at, sides=sides)
    return account


def open_accounts(accounts: Sequence[Account], *, at: dt.datetime) -> list[Account]:
    """Many new ones, each with the `balance` that it begins with. Three statements."""
    with transaction.atomic():
        made: list[Account] = Account.objects.bulk_create(accounts)
        funded = [account for account in made if account.balance]
        journals = Journal.objects.bulk_create(
            Journal(
                key=f"opening:{account.centre_id}:{account.number}",
                kind=Journal.Kind.OPENING,
                at=at,
            )
            for account in funded
        )
        Line.objects.bulk_create(
            line
            for account, journal in zip(funded, journals, strict=True)
            for line in _opening_lines(account, journal)
        )
        return made


def _opening_lines(account: Account, journal: Journal) -> tuple[Line, Line]:
    centre = account.centre_id
    return (
        Line(
            journal=journal,
            book=Line.Book.ACCOUNT,
            centre_id=centre,
            account=account,
            amount=account.balance,
        ),
        Line(journal=journal, book=OUTSIDE, centre_id=centre, amount=-account.balance),
    )


def deposit(*, account_id: int, month: dt.date, amount: Decimal, at: dt.datetime, key: str) -> None:
    """A month's deposit. Raises LedgerRefused where the account takes none. Twice is once."""
    with transaction.atomic():
        account = held(account_id)[account_id]
        if known(key) is not None:
            return
        if account.status != Account.Status.NORMAL:
            raise LedgerRefused("not_normal", f"账户{account.get_status_display()}，不能缴存。")
        sides = [of_account(account, amount), Side(OUTSIDE, account.centre_id, -amount)]
        post(key=key, kind=Journal.Kind.DEPOSIT, at=at, sides=sides)
        row = _month(account, month)
        row.deposited += amount
        row.save(update_fields=["deposited"])


def withdraw(
    *,
    account_id: int,
    amount: Decimal,
    at: dt.datetime,
    on: dt.date,
    key: str,
    memo: str = "",
    is_rent: bool = False,
) -> Journal:
    """Money to the person or to a loan. Raises LedgerRefused. Twice is once. Seven statements at most."""
    with transaction.atomic():
        account = held(account_id)[account_id]
        if (before := known(key)) is not None:
            return before
        _may_withdraw(account)
        sides = [of_account(account, -amount), Side(OUTSIDE, account.centre_id, amount)]
        journal = post(key=key, kind=Journal.Kind.WITHDRAWAL, at=at, sides=sides, memo=memo)
        row = _month(account, on.replace(day=1))
        row.withdrawn += amount
        row.for_rent += amount if is_rent else Decimal(0)
        row.save(update_fields=["withdrawn", "for_rent"])
        return journal


def _may_withdraw(account: Account) -> None:
    refused = (Account.Status.FROZEN, Account.Status.MOVING, Account.Status.CLOSED)
    if account.status in refused:
        raise LedgerRefused("not_withdrawable", f"账户{account.get_status_display()}，不能提取。")


def _month(account: Account, month: dt.date) -> DepositMonth:
    row, _ = DepositMonth.objects.get_or_create(
        account=account, month=month, deposited_at_id=account.centre_id
    )
    return row
