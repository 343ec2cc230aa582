"""提取: what was asked out of an account and for what, so that nothing is taken out for twice."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from matters.money import MoneyField

from .accounts import Account

LIVE = ("claimed", "paid")


class Withdrawal(models.Model):
    """One withdrawal, from the moment its amount is settled until it is paid or let go.

    person: the blind index of whoever withdraws, the same at every centre. year: what rent or repayment
    it is for. home: the blind index of the home's number; loan: the number of the loan's contract.
    """

    class Kind(models.TextChoices):
        RETIREMENT = "retirement", "退休提取"
        PURCHASE = "purchase", "购房提取"
        RENT = "rent", "租房提取"
        REPAYMENT = "repayment", "偿还异地贷款提取"

    class State(models.TextChoices):
        CLAIMED = "claimed", "已核定，待支付"
        PAID = "paid", "已支付"
        RELEASED = "released", "已终止"

    account = models.ForeignKey(Account, models.PROTECT, related_name="withdrawals")
    person = models.CharField(max_length=64)
    kind = models.CharField(max_length=10, choices=Kind)
    state = models.CharField(max_length=8, choices=State, default=State.CLAIMED)
    case_number = models.CharField(max_length=40, unique=True)
    amount = MoneyField()
    year = models.PositiveSmallIntegerField()
    home = models.CharField(max_length=64, blank=True, default="")
    loan = models.CharField(max_length=40, blank=True, default="")
    claimed_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)
    voucher = models.CharField("银行凭证号", max_length=40, blank=True, default="")

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="fund_withdrawal_of_something"),
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(state="claimed"),
                name="fund_withdrawal_one_under_way",
            ),
            models.UniqueConstraint(
                fields=["person", "home"],
                condition=Q(state__in=LIVE, kind="purchase"),
                name="fund_withdrawal_home_once",
            ),
            models.UniqueConstraint(
                fields=["person", "loan", "year"],
                condition=Q(state__in=LIVE, kind="repayment"),
                name="fund_withdrawal_loan_year_once",
            ),
        ]
        indexes = [models.Index(fields=["person", "year"], name="fund_withdrawal_person")]

    def __str__(self) -> str:
        return self.case_number
