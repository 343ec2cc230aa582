"""Orders to pay, and claims for money back: each ends once, paid or failed; another try is a new row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Max, Sum

from matters.medical.models import ReimbursementPayment

Kind, Status = ReimbursementPayment.Kind, ReimbursementPayment.Status


class VoucherTaken(ValueError):
    """Another payment has this voucher."""


def order_payment(
    *,
    case_number: str,
    amount: Decimal,
    setl_ids: Sequence[str],
    at: dt.datetime,
    account_tail: str = "",
    is_first: bool = True,
) -> ReimbursementPayment:
    """Order a sum to be paid, or claim a negative one back. Two statements.

    is_first: the reimbursement itself; otherwise 补支 or, below zero, 追回.
    """
    kind = Kind.CLAWBACK if amount < 0 else Kind.PAYMENT if is_first else Kind.SUPPLEMENT
    last = ReimbursementPayment.objects.filter(case_number=case_number).aggregate(n=Max("nth"))
    return ReimbursementPayment.objects.create(
        case_number=case_number,
        nth=(last["n"] or 0) + 1,
        kind=kind,
        amount=amount,
        setl_ids=list(setl_ids),
        account_tail=account_tail,
        ordered_at=at,
    )


def pay(*, case_number: str, voucher: str, at: dt.datetime) -> ReimbursementPayment:
    """The open order was paid, or the money that was claimed came back. Three statements at most.

    Raises VoucherTaken; ReimbursementPayment.DoesNotExist where nothing is open.
    """
    if ReimbursementPayment.objects.filter(voucher=voucher).exists():
        raise VoucherTaken(voucher)
    return _end(case_number, at, status=Status.PAID, voucher=voucher)


def fail(*, case_number: str, failure: str, at: dt.datetime) -> ReimbursementPayment:
    """The bank refused the open order. Two statements."""
    return _end(case_number, at, status=Status.FAILED, failure=failure[:200])


def open_order(case_number: str) -> ReimbursementPayment | None:
    """One statement."""
    rows = ReimbursementPayment.objects.filter(case_number=case_number, status=Status.ORDERED)
    return rows.first()


def last_failed(case_number: str) -> ReimbursementPayment:
    """The order that the bank refused last. One statement."""
    rows = ReimbursementPayment.objects.filter(case_number=case_number, status=Status.FAILED)
    return rows.latest("nth")


def payments_of(case_number: str) -> list[ReimbursementPayment]:
    """All of a case's, in their order. One statement."""
    return list(ReimbursementPayment.objects.filter(case_number=case_number).order_by("nth"))


def paid_so_far(case_number: str) -> Decimal:
    """What the person has of this reimbursement: paid, plus what was paid besides, less what came back."""
    rows = ReimbursementPayment.objects.filter(case_number=case_number, status=Status.PAID)
    return rows.aggregate(all=Sum("amount"))["all"] or Decimal(0)


def _end(
    case_number: str, at: dt.datetime, *, status: str, voucher: str = "", failure: str = ""
) -> ReimbursementPayment:
    """Its case is locked by whoever takes the step, so that nobody else ends it meanwhile."""
    row = ReimbursementPayment.objects.get(case_number=case_number, status=Status.ORDERED)
    row.status, row.ended_at, row.voucher, row.failure = status, at, voucher, failure
    row.save(update_fields=["status", "ended_at", "voucher", "failure"])
    return row
