"""Invoices 医疗收费票据 that were claimed by hand: each once, in either province."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from matters.money import MoneyField
from tongban.accounts.personal import BlindIndexField, EncryptedTextField

from .institutions import Institution


class ClaimedInvoice(models.Model):
    """An invoice that a reimbursement claims, from its handing in until it is refused or withdrawn.

    `invoice_number`: 票据代码 and 票据号码, normalised (`manual.invoices.normalised`), sealed; two claims meet at
    its keyed index. `tail`: the last four signs, for pages. A released row stays: it tells who claimed
    the invoice before.
    """

    invoice_number = EncryptedTextField()
    invoice_number_index = BlindIndexField(source="invoice_number")
    tail = models.CharField(max_length=4)
    amount = MoneyField()
    institution = models.ForeignKey(
        Institution, models.PROTECT, null=True, blank=True, related_name="+"
    )
    hospital_name = models.CharField(max_length=128, blank=True, default="")
    case_number = models.CharField("办件编号", max_length=32)
    office = models.ForeignKey("offices.Office", models.PROTECT, related_name="+")
    claimed_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)
    release_reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["invoice_number_index"],
                condition=Q(released_at=None),
                name="invoice_claimed_once",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="invoice_has_an_amount"),
            models.CheckConstraint(
                condition=Q(released_at=None) | Q(released_at__gte=F("claimed_at")),
                name="invoice_released_after_claim",
            ),
        ]
        indexes = [models.Index(fields=["case_number"], name="invoice_case")]

    def __str__(self) -> str:
        return f"…{self.tail} {self.case_number}"
