"""The clearing between the two provinces 清算: a month a pair, its lines, statements and signatures.

A pair is (place of treatment → place of insurance), by province; 四川's second tier stands on the line
(`city`). A line is one ledger entry, by the settlement it is about and its sign: each is charged once
and taken back once. What a closed month holds never changes (triggers of migration `clearing` refuse it).
"""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from matters.money import MoneyField

from .institutions import Institution, VisitKind
from .insured import Insured
from .settlements import Settlement

TREATED, INSURED = "treated", "insured"


class Side(models.TextChoices):
    """Which of a pair's two agencies."""

    TREATED_SIDE = TREATED, "就医地"
    INSURED_SIDE = INSURED, "参保地"


class Pair(models.Model):
    """What belongs to one pair: `treated_province` is owed, `insured_province` owes."""

    treated_province = models.CharField("就医地省市", max_length=6)
    insured_province = models.CharField("参保地省市", max_length=6)

    class Meta:
        abstract = True

    @property
    def pair(self) -> tuple[str, str]:
        return self.treated_province, self.insured_province


class ClearingMonth(Pair):
    """One month of one pair; its states are those of the case `case_number`.

    Lines are taken in until `cut_off_at`; from `declared_at` on they stand, but for a dispute that
    voids the statement; from `closed_at` on nothing changes.
    """

    month = models.CharField("清算月", max_length=7)
    case_number = models.CharField(max_length=32, blank=True, default="")
    opened_at = models.DateTimeField()
    cut_off_at = models.DateTimeField(null=True, blank=True)
    declared_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["treated_province", "insured_province", "month"],
                name="clearing_month_once",
            ),
            models.CheckConstraint(
                condition=~Q(treated_province=F("insured_province")),
                name="clearing_month_crosses_the_border",
            ),
            models.CheckConstraint(
                condition=Q(declared_at=None) | Q(cut_off_at__isnull=False),
                name="clearing_month_declared_after_cut_off",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.treated_province}→{self.insured_province} {self.month}"


class ClearingLine(Pair):
    """One ledger entry in the clearing. `month` is where it stands now, `born_month` where it arose.

    `claimed` = fund_pay_sumamt + acct_pay + acct_mulaid_pay of the entry, with its sign; `excluded` is
    what a dispute took off; claimed − excluded is what a statement counts.
    """

    class Status(models.TextChoices):
        OPEN = "open", "待申报"
        DISPUTED = "disputed", "争议中"
        DECLARED = "declared", "已申报"

    settlement = models.OneToOneField(Settlement, models.PROTECT, related_name="clearing_line")
    origin = models.ForeignKey(Settlement, models.PROTECT, related_name="+")
    sign = models.SmallIntegerField()
    month = models.ForeignKey(ClearingMonth, models.PROTECT, related_name="lines")
    born_month = models.CharField(max_length=7)
    carried = models.SmallIntegerField("结转次数", default=0)
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    city = models.CharField("四川的统筹区", max_length=6)
    pool = models.CharField("统筹区", max_length=6)
    insured_type = models.CharField(max_length=8, choices=Insured.Type)
    institution = models.ForeignKey(
        Institution, models.PROTECT, null=True, blank=True, related_name="+"
    )
    visit = models.CharField(max_length=12, choices=VisitKind)
    on = models.DateField()
    medfee = MoneyField("医疗费总额")
    claimed = MoneyField("应清算金额")
    excluded = MoneyField("剔除金额", default=Decimal(0))

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["origin", "sign"], name="clearing_line_once"),
            models.CheckConstraint(condition=Q(sign__in=[1, -1]), name="clearing_line_sign"),
            models.CheckConstraint(
                condition=Q(sign=1, excluded__gte=0, excluded__lte=F("claimed"))
                | Q(sign=-1, excluded__lte=0, excluded__gte=F("claimed")),
                name="clearing_line_excludes_of_its_own",
            ),
        ]
        indexes = [
            models.Index(fields=["month", "pool", "id"], name="clearing_line_month"),
        ]

    def __str__(self) -> str:
        return f"{self.origin_id} {self.sign:+d}"

    @property
    def counted(self) -> Decimal:
        return self.claimed - self.excluded


class ClearingAmount(models.Model):
    """What one fund owes of a line. `fund_pay_type` as in setldetail, or `account` for 个人账户."""

    line = models.ForeignKey(ClearingLine, models.PROTECT, related_name="amounts")
    fund_pay_type = models.CharField(max_length=16)
    amount = MoneyField()
    excluded = MoneyField(default=Decimal(0))

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["line", "fund_pay_type"], name="clearing_amount_once")
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.fund_pay_type}"


class Statement(models.Model):
    """清算单: what the insured side owes for a month. `digest` is of `content`; a dispute voids it.

    gross − deducted = payable; payable below zero is owed back.
    """

    month = models.ForeignKey(ClearingMonth, models.PROTECT, related_name="statements")
    version = models.SmallIntegerField()
    line_count = models.IntegerField()
    gross = MoneyField()
    deducted = MoneyField()
    payable = MoneyField()
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    document_number = models.CharField(max_length=48, blank=True, default="")
    issued_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=1000, blank=True, default="")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["month", "version"], name="statement_version_once"),
            models.UniqueConstraint(
                fields=["month"], condition=Q(voided_at=None), name="statement_one_in_force"
            ),
            models.CheckConstraint(
                condition=Q(payable=F("gross") - F("deducted")), name="statement_adds_up"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month_id}/{self.version}"


class Signature(models.Model):
    """One side's signature under a statement, bound to its digest; void once the statement is."""

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="signatures")
    side = models.CharField(max_length=8, choices=Side)
    office = models.ForeignKey("offices.Office", models.PROTECT, related_name="+")
    signed_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    voided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["statement", "side"], name="signature_once_a_side")
        ]

    def __str__(self) -> str:
        return f"{self.statement_id} {self.side}"
