"""Writing one journal: its lines, and the balances of the accounts that they touch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import F

from matters.housing_fund.models import Account, Journal, Line, Remittance

from .refusals import LedgerRefused

ACCOUNT, TRANSIT = Line.Book.ACCOUNT, Line.Book.TRANSIT
SUSPENSE, OUTSIDE = Line.Book.SUSPENSE, Line.Book.OUTSIDE


@dataclass(frozen=True)
class Side:
    """So much more (or less) in one book of a centre."""

    book: str
    centre_id: int
    amount: Decimal
    account: Account | None = None


def of_account(account: Account, amount: Decimal) -> Side:
    return Side(ACCOUNT, account.centre_id, amount, account)


def known(key: str) -> Journal | None:
    """What was written under this key before: once is enough."""
    found: Journal | None = Journal.objects.filter(key=key).first()
    return found


def post(
    *,
    key: str,
    kind: str,
    at: dt.datetime,
    sides: Sequence[Side],
    remittance: Remittance | None = None,
    memo: str = "",
) -> Journal:
    """Write it, in the caller's transaction, which holds the accounts' rows. Raises LedgerRefused.

    Two statements, and one for each account. `balance` of the accounts given is brought up to date.
    """
    moving = [side for side in sides if side.amount]
    if sum(side.amount for side in moving) != 0:
        raise ValueError(f"journal {key}: the sides sum to {sum(side.amount for side in moving)}")
    for side in moving:
        if side.account is not None and side.account.balance + side.amount < 0:
            raise LedgerRefused("too_little", f"账户余额{side.account.balance}元，不够这一笔。")
    with transaction.atomic():
        journal = Journal(key=key, kind=kind, at=at, remittance=remittance, memo=memo)
        journal.save(force_insert=True)
        Line.objects.bulk_create(
            Line(
                journal=journal,
                book=side.book,
                centre_id=side.centre_id,
                account=side.account,
                amount=side.amount,
            )
            for side in moving
        )
        for side in moving:
            if side.account is not None:
                _move(side.account, side.amount)
    return journal


def _move(account: Account, amount: Decimal) -> None:
    Account.objects.filter(pk=account.pk).update(balance=F("balance") + amount)
    account.balance += amount


def held(*accounts: int) -> dict[int, Account]:
    """The accounts under lock, always in the same order, so that two never wait for each other."""
    rows = Account.objects.select_for_update(no_key=True).filter(pk__in=accounts).order_by("pk")
    return {row.pk: row for row in rows}
