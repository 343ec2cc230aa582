"""A loan's money paid out and paid back, and what an account says of its depositor to the sum of a loan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Sum

from .ledger.posting import held
from .models import Account, Borrower, DepositMonth, Loan

MOST_MONTHS = 600


class LendingRefused(ValueError):
    """Nothing was written; the text is for people."""


def pay_out(
    *,
    number: str,
    centre_id: int,
    account_ids: Sequence[int],
    amount: Decimal,
    rate: Decimal,
    months: int,
    plan: str,
    on: dt.date,
    case_number: str = "",
) -> Loan:
    """The money is paid: the loan lives from now on. The first account is the main borrower's.

    Each borrower has used one more loan. The same number gives the same loan. Raises LendingRefused where
    an account is on its way out: its 账户信息表 is written, and would not name this loan. Five statements.
    """
    with transaction.atomic():
        for account in held(*account_ids).values():
            if account.status in (Account.Status.MOVING, Account.Status.CLOSED):
                raise LendingRefused(
                    f"账户{account.number}{account.get_status_display()}，不能放款。"
                )
        known: Loan | None = Loan.objects.filter(number=number).first()
        if known is not None:
            return known
        loan = Loan.objects.create(
            number=number,
            centre_id=centre_id,
            amount=amount,
            rate=rate,
            months=months,
            plan=plan,
            released_on=on,
            case_number=case_number,
        )
        Borrower.objects.bulk_create(
            Borrower(loan=loan, account_id=each, is_main=nth == 0)
            for nth, each in enumerate(account_ids)
        )
        Account.objects.filter(pk__in=account_ids).update(loans_used=F("loans_used") + 1)
        return loan


def close_loan(*, loan_id: int, on: dt.date) -> Loan:
    """结清. Twice is once; the first day stands. Two statements."""
    with transaction.atomic():
        loan = Loan.objects.select_for_update(no_key=True).get(pk=loan_id)
        if loan.state != Loan.State.SETTLED:
            loan.state, loan.settled_on = Loan.State.SETTLED, on
            loan.save(update_fields=["state", "settled_on"])
        return loan


def turn(*, loan_id: int, into: str) -> Loan:
    """Between repaying, overdue and collecting; what is settled stays so. Two statements."""
    live = Loan.objects.filter(pk=loan_id).exclude(state=Loan.State.SETTLED)
    live.update(state=into)
    return Loan.objects.get(pk=loan_id)


def deposits_of(account: Account) -> dict[str, Any]:
    """The account as `requests.SCHEMA` wants a depositor: months anywhere count once. One statement.

    `own.depositor_of` adds how many months in a row there are up to a day.
    """
    rows = (
        DepositMonth.objects.filter(account=account)
        .values("month")
        .annotate(deposit=Sum("deposited"), out=Sum("withdrawn"), rent=Sum("for_rent"))
        .order_by("month")
    )
    months = list(rows)[-MOST_MONTHS:]
    return {
        "months": [
            {
                "month": f"{row['month']:%Y-%m}",
                "deposit": str(row["deposit"]),
                "withdrawn": str(row["out"]),
                "for_rent": str(row["rent"]),
            }
            for row in months
        ],
        "balance": str(account.balance),
        "product": account.product,
    }
