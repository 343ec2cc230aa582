"""The visits 就诊 that hospitals have registered for direct settlement, and the fees they uploaded."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from matters.money import MoneyField

from .filings import Filing
from .institutions import Institution, VisitKind
from .insured import Insured


class Visit(models.Model):
    """One visit, from the card reading on. Written by the steps of its case only.

    `mdtrt_id` is the case's number. `filing_code` is what the place of insurance said of it last
    (`filing.standing`). `is_admitted` from admission until it is settled or ends otherwise: one stay at
    a time, wherever. `presettled` is the breakdown shown last, {} where there is none that still holds.
    `settle_key` names the latest order in the ledger. Accident flags are None until told.
    """

    mdtrt_id = models.CharField("就诊ID", max_length=64, unique=True)
    insured = models.ForeignKey(Insured, models.PROTECT, related_name="visits")
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="visits")
    kind = models.CharField(max_length=12, choices=VisitKind)
    began_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    is_admitted = models.BooleanField(default=False)

    filing = models.ForeignKey(Filing, models.PROTECT, null=True, blank=True, related_name="+")
    filing_code = models.CharField(max_length=16)
    filing_sentence = models.CharField(max_length=500)
    filing_doubts = models.JSONField(default=list)
    is_emergency = models.BooleanField("急诊标志", default=False)
    is_accident = models.BooleanField("外伤标志", null=True)
    is_third_party = models.BooleanField("涉及第三方标志", null=True)
    is_promised = models.BooleanField("无第三方责任承诺", default=False)
    diagnosis = models.CharField("主要诊断", max_length=200, blank=True, default="")
    disease = models.CharField("慢特病病种", max_length=40, blank=True, default="")

    presettled = models.JSONField(default=dict)
    presettled_at = models.DateTimeField(null=True, blank=True)
    settle_key = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["insured"], condition=Q(is_admitted=True), name="visit_one_stay_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("began_on")),
                name="visit_span_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.mdtrt_id

    @property
    def is_stay(self) -> bool:
        return self.kind == VisitKind.INPATIENT


class FeeLine(models.Model):
    """One line of fees 费用明细, split by the catalogue of the place of treatment.

    `batch` is the message that brought it. What the hospital took back keeps its row (`cancelled_at`).
    """

    # The levels of an item 收费项目等级 as messages name them, and as rules do.
    LEVELS: ClassVar[dict[str, str]] = {"01": "甲", "02": "乙", "03": "丙"}

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="fees")
    feedetl_sn = models.CharField("费用明细流水号", max_length=30)
    batch = models.CharField(max_length=80)
    fee_ocur_on = models.DateField("费用发生日")
    med_list_codg = models.CharField("医疗目录编码", max_length=50)
    name = models.CharField("项目名称", max_length=100)
    med_chrgitm_type = models.CharField("医疗收费项目类别", max_length=6)
    chrgitm_lv = models.CharField("收费项目等级", max_length=3)
    cnt = models.DecimalField("数量", max_digits=16, decimal_places=4)
    pric = models.DecimalField("单价", max_digits=16, decimal_places=6)
    det_item_fee_sumamt = MoneyField("明细项目费用总额")
    fulamt_ownpay_amt = MoneyField("全自费金额", default=Decimal(0))
    overlmt_amt = MoneyField("超限价金额", default=Decimal(0))
    preselfpay_amt = MoneyField("先行自付金额", default=Decimal(0))
    inscp_scp_amt = MoneyField("符合政策范围金额", default=Decimal(0))
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["visit", "feedetl_sn"],
                condition=Q(cancelled_at=None),
                name="fee_line_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    det_item_fee_sumamt=F("fulamt_ownpay_amt")
                    + F("overlmt_amt")
                    + F("preselfpay_amt")
                    + F("inscp_scp_amt")
                ),
                name="fee_line_is_its_parts",
            ),
        ]
        indexes = [models.Index(fields=["visit", "id"], name="fee_line_visit")]

    def __str__(self) -> str:
        return self.feedetl_sn
