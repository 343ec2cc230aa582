"""Loans as they are repaid over the years, whose accounts secure them, and the certificates before them."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q

from matters.money import MoneyField

from .accounts import Account


class LoanCertificate(models.Model):
    """异地贷款职工住房公积金缴存使用证明: what the deposit city says of an account, for one loan elsewhere.

    Issued → verified by the loan city → used with the money's release. Past its last day it counts as
    expired whatever stands here; the row says so from the next issue on.
    """

    class State(models.TextChoices):
        ISSUED = "issued", "已开具"
        VERIFIED = "verified", "贷款城市已核验"
        USED = "used", "已使用"
        EXPIRED = "expired", "已过期"
        REVOKED = "revoked", "已撤销"

    number = models.CharField("证明编号", max_length=40, unique=True)
    account = models.ForeignKey(Account, models.PROTECT, related_name="loan_certificates")
    loan_centre = models.ForeignKey("offices.Office", models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.ISSUED)
    issued_at = models.DateTimeField()
    last_day = models.DateField("有效期至")
    # The application that verified it; a certificate serves one.
    case_number = models.CharField(max_length=40, blank=True, default="")
    revoked_because = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(state__in=["issued", "verified"]),
                name="fund_certificate_one_live",
            )
        ]

    def __str__(self) -> str:
        return self.number

    def standing(self, on: dt.date) -> str:
        """Its state on that day."""
        is_live = self.state in (self.State.ISSUED, self.State.VERIFIED)
        return self.State.EXPIRED.value if is_live and on > self.last_day else self.state


class Loan(models.Model):
    """A loan that was paid out. The application for it ended with that; this is what lives on for years.

    rate: per cent a year. case_number: of its application; "" for a loan made before, or a local one.
    """

    class Plan(models.TextChoices):
        EQUAL_PAYMENT = "equal_payment", "等额本息"
        EQUAL_PRINCIPAL = "equal_principal", "等额本金"

    class State(models.TextChoices):
        REPAYING = "repaying", "还款中"
        OVERDUE = "overdue", "已逾期"
        COLLECTING = "collecting", "逾期催收中"
        SETTLED = "settled", "已结清"

    number = models.CharField("借款合同编号", max_length=40, unique=True)
    centre = models.ForeignKey("offices.Office", models.PROTECT, related_name="+")
    amount = MoneyField()
    rate = models.DecimalField(max_digits=6, decimal_places=4)
    months = models.PositiveSmallIntegerField()
    plan = models.CharField(max_length=16, choices=Plan)
    state = models.CharField(max_length=10, choices=State, default=State.REPAYING)
    released_on = models.DateField()
    settled_on = models.DateField(null=True, blank=True)
    case_number = models.CharField(max_length=40, blank=True, default="")
    is_demonstration = models.BooleanField(default=False)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, months__gt=0), name="fund_loan_of_something"
            ),
            models.CheckConstraint(
                condition=Q(state="settled", settled_on__isnull=False)
                | Q(state__in=["repaying", "overdue", "collecting"], settled_on=None),
                name="fund_loan_settled_on_a_day",
            ),
        ]
        indexes = [
            models.Index(fields=["centre"], condition=~Q(state="settled"), name="fund_loan_live"),
            models.Index(fields=["case_number"], name="fund_loan_case"),
        ]

    def __str__(self) -> str:
        return self.number


class Borrower(models.Model):
    """Whose account secures a loan; where the account moves, the row names the new one."""

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="borrowers")
    account = models.ForeignKey(Account, models.PROTECT, related_name="borrowings")
    is_main = models.BooleanField(default=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["loan", "account"], name="fund_borrower_once"),
            models.UniqueConstraint(
                fields=["loan"], condition=Q(is_main=True), name="fund_borrower_one_main"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.loan_id} {self.account_id}"
