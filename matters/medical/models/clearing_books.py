"""What each side of the clearing keeps for itself, and where the two differ.

The insured side's book is the settlement ledger. The treated side's is `TreatmentEntry`: what its
hospitals reported and what passed through its platform. `MoneyEntry` is both sides' money.
"""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q

from matters.money import MoneyField
from tongban.sharing.models.asking import AppendOnly

from .clearing import ClearingLine, ClearingMonth, Pair, Side
from .institutions import Institution, VisitKind
from .insured import Insured


class TreatmentEntry(Pair):
    """就医地's own line of a settlement, by the number that the hospital has and its sign."""

    class Source(models.TextChoices):
        MESSAGE = "message", "结算报文"
        TOTALS = "totals", "3201 对总账相符"
        DETAILS = "details", "3202 明细"
        ACCEPTED = "accepted", "认账更正"

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="+")
    setl_id = models.CharField(max_length=30)
    sign = models.SmallIntegerField()
    visit = models.CharField(max_length=12, choices=VisitKind)
    on = models.DateField()
    medfee_sumamt = MoneyField()
    fund_pay_sumamt = MoneyField()
    acct_pay = MoneyField(default=Decimal(0))
    source = models.CharField(max_length=8, choices=Source)
    booked_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["setl_id", "sign"],
                condition=Q(voided_at=None),
                name="treatment_entry_once",
            )
        ]
        indexes = [models.Index(fields=["institution", "on"], name="treatment_entry_day")]

    def __str__(self) -> str:
        return f"{self.setl_id} {self.sign:+d}"


class DailyCheck(AppendOnly):
    """One 3201 对总账 of a hospital and a day: what it said, what the agency has, do they agree."""

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="+")
    day = models.DateField()
    said = models.JSONField()
    found = models.JSONField()
    agrees = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["institution", "day"], name="daily_check_day")]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.day}"


class Difference(Pair):
    """对账差异: a line that the two books do not have alike; somebody has to settle it.

    `waiting`: the hospital was asked to send it again; the next comparison closes it.
    """

    class Kind(models.TextChoices):
        ONLY_HOSPITAL = "only_hospital", "仅医院有"
        ONLY_AGENCY = "only_agency", "仅经办机构有"
        AMOUNTS = "amounts", "金额不一致"

    class State(models.TextChoices):
        OPEN = "open", "待处理"
        WAITING = "waiting", "等待医院重传"
        SETTLED = "settled", "已处理"

    class Resolution(models.TextChoices):
        RESEND = "resend", "医院重传"
        REVERSE = "reverse", "撤销"
        ACCEPT = "accept", "认账"
        AGREED = "agreed", "再次核对相符"

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="+")
    day = models.DateField()
    setl_id = models.CharField(max_length=30)
    sign = models.SmallIntegerField()
    kind = models.CharField(max_length=13, choices=Kind)
    hospital = models.JSONField("医院账", default=dict)
    agency = models.JSONField("经办机构账", default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    resolution = models.CharField(max_length=8, choices=Resolution, blank=True, default="")
    note = models.CharField(max_length=1000, blank=True, default="")
    found_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["setl_id", "sign"],
                condition=~Q(state="settled"),
                name="difference_once_while_open",
            )
        ]
        indexes = [
            models.Index(
                fields=["treated_province", "insured_province", "day"], name="difference_pair_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.setl_id} {self.kind}"


class LineDispute(models.Model):
    """A line that one side does not accept: evidence, then upheld (taken off) or dismissed (paid)."""

    class State(models.TextChoices):
        RAISED = "raised", "已提出"
        EVIDENCE = "evidence", "已举证"
        UPHELD = "upheld", "成立，剔除"
        DISMISSED = "dismissed", "不成立，支付"

    line = models.ForeignKey(ClearingLine, models.PROTECT, related_name="disputes")
    raised_in = models.ForeignKey(ClearingMonth, models.PROTECT, related_name="disputes")
    side = models.CharField(max_length=8, choices=Side)
    reason = models.CharField(max_length=1000)
    evidence = models.CharField(max_length=2000, blank=True, default="")
    decision = models.CharField(max_length=1000, blank=True, default="")
    excluded = MoneyField(default=Decimal(0))
    state = models.CharField(max_length=9, choices=State, default=State.RAISED)
    raised_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["line"],
                condition=Q(state__in=["raised", "evidence"]),
                name="line_dispute_one_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.state}"


class Deduction(Pair):
    """违规扣款 that the place of treatment found in an audit; it comes off the next statement."""

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="+")
    amount = MoneyField()
    reason = models.CharField(max_length=1000)
    setl_id = models.CharField(max_length=30, blank=True, default="")
    key = models.CharField(max_length=80, unique=True)
    found_at = models.DateTimeField()
    # The month whose statement takes it off; None while it waits for the next one.
    month = models.ForeignKey(
        ClearingMonth, models.PROTECT, null=True, blank=True, related_name="deductions"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="deduction_takes_something")
        ]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.amount}"


class MoneyEntry(AppendOnly, Pair):
    """One movement in one side's money book. Balances are sums; nothing is changed.

    receivable (就医地) and payable (参保地) by insured type and fund; `in_dispute`: held back;
    `deducted`: taken off; `advance`: 预付金 held by the treated side, given by the insured side.
    """

    class Account(models.TextChoices):
        RECEIVABLE = "receivable", "应收"
        PAYABLE = "payable", "应付"
        IN_DISPUTE = "in_dispute", "争议"
        DEDUCTED = "deducted", "违规扣款"
        ADVANCE = "advance", "预付金"

    side = models.CharField(max_length=8, choices=Side)
    account = models.CharField(max_length=10, choices=Account)
    month = models.ForeignKey(
        ClearingMonth, models.PROTECT, null=True, blank=True, related_name="money"
    )
    insured_type = models.CharField(max_length=8, choices=Insured.Type, blank=True, default="")
    fund_pay_type = models.CharField(max_length=16, blank=True, default="")
    amount = MoneyField()
    key = models.CharField(max_length=120, unique=True)
    voucher = models.CharField("凭证号", max_length=40, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["treated_province", "insured_province", "side", "account"],
                name="money_entry_account",
            )
        ]

    def __str__(self) -> str:
        return f"{self.side} {self.account} {self.amount}"


class Advance(Pair):
    """预付金 of a pair and a year: `size` = 2 × the monthly average of the last quarter before.

    `base` is that quarter's sum of statements. What is held is the sum of the money book.
    """

    year = models.SmallIntegerField()
    base = MoneyField()
    size = MoneyField()
    rules = models.JSONField()
    case_number = models.CharField(max_length=32, blank=True, default="")
    calculated_at = models.DateTimeField()
    adjusted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["treated_province", "insured_province", "year"], name="advance_once_a_year"
            )
        ]

    def __str__(self) -> str:
        return f"{self.treated_province}→{self.insured_province} {self.year}"
