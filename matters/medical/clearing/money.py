"""Both sides' money books: postings that cancel each other out, and balances as their sums."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum

from matters.medical.models import ClearingMonth, MoneyEntry, Side

Account = MoneyEntry.Account
ZERO = Decimal(0)
# What the treated side may claim, the insured side owes; each keeps it in its own book.
OWED = {Side.TREATED_SIDE: Account.RECEIVABLE, Side.INSURED_SIDE: Account.PAYABLE}


@dataclass(frozen=True)
class Balance:
    """One account of one side, by insured type and fund."""

    side: str
    account: str
    insured_type: str
    fund_pay_type: str
    amount: Decimal


def post_owed(
    month: ClearingMonth,
    owed: Iterable[tuple[str, str, Decimal]],
    deducted: Decimal,
    *,
    key: str,
    at: dt.datetime,
) -> None:
    """A statement's sums into both books. owed: (insured type, fund, amount). Once a key."""
    rows = []
    for side, account in OWED.items():
        for insured_type, fund, amount in owed:
            rows.append(
                _entry(
                    month,
                    side,
                    account,
                    amount,
                    key=f"{key}:{insured_type}:{fund}",
                    at=at,
                    insured_type=insured_type,
                    fund_pay_type=fund,
                )
            )
        if deducted:
            rows.append(
                _entry(month, side, Account.DEDUCTED, -deducted, key=f"{key}:deducted", at=at)
            )
    MoneyEntry.objects.bulk_create(rows)


def unpost_owed(month: ClearingMonth, *, key: str, at: dt.datetime) -> None:
    """Cancel a voided statement's postings by entries of the other sign. Once a key."""
    posted = list(MoneyEntry.objects.filter(month=month, key__contains=f"{key}:"))
    MoneyEntry.objects.bulk_create(
        MoneyEntry(
            treated_province=row.treated_province,
            insured_province=row.insured_province,
            month=month,
            side=row.side,
            account=row.account,
            insured_type=row.insured_type,
            fund_pay_type=row.fund_pay_type,
            amount=-row.amount,
            key=f"{row.key}:void",
            at=at,
        )
        for row in posted
    )


def post_dispute(month: ClearingMonth, amount: Decimal, *, key: str, at: dt.datetime) -> None:
    """What is held back (or, below zero, let go again) in both books."""
    MoneyEntry.objects.bulk_create(
        _entry(month, side, Account.IN_DISPUTE, amount, key=key, at=at) for side in OWED
    )


def post_payment(
    month: ClearingMonth, side: str, amount: Decimal, *, voucher: str, key: str, at: dt.datetime
) -> None:
    """Money that left (insured side) or arrived (treated side): its own book only."""
    account = OWED[Side(side)]
    MoneyEntry.objects.bulk_create(
        [_entry(month, side, account, -amount, key=key, at=at, voucher=voucher)]
    )


def balances(entries: QuerySet[MoneyEntry]) -> list[Balance]:
    """Sums by side, account, insured type and fund. One statement."""
    cut = ("side", "account", "insured_type", "fund_pay_type")
    rows = entries.values(*cut).annotate(total=Sum("amount")).order_by(*cut)
    return [Balance(**{name: row[name] for name in cut}, amount=row["total"]) for row in rows]


def outstanding(month: ClearingMonth, side: str) -> Decimal:
    """What a side's own book says is still owed for a month, deductions taken off. One statement."""
    mine = MoneyEntry.objects.filter(
        month=month, side=side, account__in=(OWED[Side(side)], Account.DEDUCTED)
    )
    total: Decimal | None = mine.aggregate(total=Sum("amount"))["total"]
    return total or ZERO


def _entry(
    month: ClearingMonth, side: str, account: str, amount: Decimal, *, key: str, **more: Any
) -> MoneyEntry:
    return MoneyEntry(
        treated_province=month.treated_province,
        insured_province=month.insured_province,
        month=month,
        side=side,
        account=account,
        amount=amount,
        key=f"{side}:{account}:{key}",
        **more,
    )
