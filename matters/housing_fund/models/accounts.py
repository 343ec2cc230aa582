"""Accounts of depositors 个人账户 at their centres, and what travels with them: months and marks."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q

from matters.money import MoneyField
from tongban.accounts.personal import BlindIndexField, EncryptedTextField


class AccountQuerySet(models.QuerySet["Account"]):
    def kept_here(self) -> AccountQuerySet:
        """Whose books are on this site: what moves money moves only these."""
        return self.filter(is_entered=False)


class Account(models.Model):
    """One person's account at one centre.

    `balance` is the sum of its lines in the ledger; only the ledger writes it. `loans_used`: how often a
    fund loan was taken anywhere, as the account's papers say. `is_entered`: its books are elsewhere, and
    its centre's clerk entered what they say, for a certificate and the loan on it.
    """

    class Status(models.TextChoices):
        NORMAL = "normal", "正常缴存"
        SEALED = "sealed", "封存"
        HELD = "held", "托管"
        MOVING = "moving", "转出中，已冻结"
        FROZEN = "frozen", "司法冻结"
        CLOSED = "closed", "已销户"

    number = models.CharField("个人公积金账号", max_length=30)
    centre = models.ForeignKey("offices.Office", models.PROTECT, related_name="+")
    name = models.CharField(max_length=100)
    id_number = EncryptedTextField(null=True, blank=True)
    id_number_index = BlindIndexField(source="id_number")
    employer = models.CharField(max_length=200, blank=True, default="")
    employer_code = models.CharField("统一社会信用代码", max_length=18, blank=True, default="")
    product = models.CharField(max_length=12, default="employee")
    status = models.CharField(max_length=8, choices=Status, default=Status.NORMAL)
    # What it returns to when a transfer ends without one.
    status_before = models.CharField(max_length=8, blank=True, default="")
    balance = MoneyField(default=Decimal(0))
    loans_used = models.PositiveSmallIntegerField(default=0)
    opened_on = models.DateField()
    sealed_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    is_demonstration = models.BooleanField(default=False)
    is_entered = models.BooleanField(default=False, db_default=False)

    objects = AccountQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["centre", "number"], name="fund_account_once"),
            models.UniqueConstraint(
                fields=["centre", "id_number_index"],
                condition=~Q(status="closed"),
                name="fund_account_one_open_per_person",
            ),
            models.CheckConstraint(
                condition=Q(balance__gte=0), name="fund_account_never_below_zero"
            ),
            models.CheckConstraint(
                condition=~Q(status="closed") | Q(balance=0, closed_on__isnull=False),
                name="fund_account_closed_is_empty",
            ),
        ]
        indexes = [
            models.Index(fields=["id_number_index"], name="fund_account_person"),
            models.Index(fields=["centre", "employer_code"], name="fund_account_employer"),
        ]

    def __str__(self) -> str:
        return self.number


class DepositMonth(models.Model):
    """What happened in one month of an account. Months that came with a transfer name where they were
    deposited: they count there and here 互认, once."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="months")
    month = models.DateField(help_text="the first of the month")
    deposited = MoneyField(default=Decimal(0))
    withdrawn = MoneyField(default=Decimal(0))
    for_rent = MoneyField(default=Decimal(0))
    deposited_at = models.ForeignKey("offices.Office", models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["account", "month", "deposited_at"], name="fund_month_once"
            ),
            models.CheckConstraint(
                condition=Q(deposited__gte=0, withdrawn__gte=0, for_rent__gte=0),
                name="fund_month_never_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.month:%Y-%m}"


class Mark(models.Model):
    """异地贷款标记: the account secures a loan of another city's centre, until it is lifted.

    loan_key: the loan's number. One that moves away is lifted there and set anew at the new centre.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="marks")
    loan_key = models.CharField(max_length=64)
    loan_centre = models.ForeignKey("offices.Office", models.PROTECT, related_name="+")
    marked_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_because = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["account", "loan_key"],
                condition=Q(lifted_at=None),
                name="fund_mark_once_per_loan",
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.loan_key}"
