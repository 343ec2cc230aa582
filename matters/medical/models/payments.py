"""What is paid to a person for a reimbursement, paid besides, and taken back: a ledger of its own."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models
from django.db.models import Q

from matters.money import MoneyField
from tongban.sharing.models.asking import LedgerIsAppendOnly


class ReimbursementPayment(models.Model):
    """One order to pay, or a claim for money back; a claim's amount is negative.

    An order ends once, paid or failed, and is never changed after that: the next try is a row of its
    own. `setl_ids` are the settlements whose money it is.
    """

    class Kind(models.TextChoices):
        PAYMENT = "payment", "支付"
        SUPPLEMENT = "supplement", "补支"
        CLAWBACK = "clawback", "追回"

    class Status(models.TextChoices):
        ORDERED = "ordered", "待到账"
        PAID = "paid", "已到账"
        FAILED = "failed", "银行退票"

    case_number = models.CharField("办件编号", max_length=32)
    nth = models.SmallIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    amount = MoneyField()
    setl_ids = models.JSONField(default=list)
    status = models.CharField(max_length=8, choices=Status, default=Status.ORDERED)
    account_tail = models.CharField("收款账号末四位", max_length=4, blank=True, default="")
    ordered_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    voucher = models.CharField("凭证号", max_length=40, blank=True, default="")
    failure = models.CharField("退票原因", max_length=200, blank=True, default="")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["case_number", "nth"], name="payment_once_a_place"),
            models.UniqueConstraint(
                fields=["case_number"], condition=Q(status="ordered"), name="payment_one_open"
            ),
            models.UniqueConstraint(
                fields=["voucher"], condition=~Q(voucher=""), name="payment_voucher_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="clawback", amount__lt=0)
                | Q(kind__in=["payment", "supplement"], amount__gt=0),
                name="payment_sign_says_what_it_is",
            ),
            models.CheckConstraint(
                condition=Q(status="ordered", ended_at=None, voucher="", failure="")
                | Q(status="paid", ended_at__isnull=False, failure="") & ~Q(voucher="")
                | Q(status="failed", ended_at__isnull=False, voucher="") & ~Q(failure=""),
                name="payment_ends_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_number} {self.kind} {self.amount}"

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise LedgerIsAppendOnly("A payment is never removed.")
