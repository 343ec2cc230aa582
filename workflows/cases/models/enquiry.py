"""Enquiry 咨询、催办、投诉、督办: a question that an office owes an answer to."""

from django.db import models
from django.db.models import Q


class Enquiry(models.Model):
    class Kind(models.TextChoices):
        QUESTION = "question", "咨询"
        NUDGE = "nudge", "催办"
        COMPLAINT = "complaint", "投诉"
        SUPERVISION = "supervision", "督办"

    case = models.ForeignKey("cases.Case", models.CASCADE, related_name="enquiries")
    kind = models.CharField("种类", max_length=12, choices=Kind.choices)
    text = models.TextField("内容")
    asked_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    asker_name = models.CharField("提出人", max_length=100)
    asked_at = models.DateTimeField("提出时刻")
    office = models.ForeignKey("offices.Office", models.PROTECT, related_name="enquiries")
    due_at = models.DateTimeField("答复期限")
    answer = models.TextField("答复", blank=True, default="")
    answered_at = models.DateTimeField("答复时刻", null=True, blank=True)
    answered_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")

    # When asker and head were told that it was not answered in time; told once.
    overdue_told_at = models.DateTimeField("超期提醒时刻", null=True, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                name="enquiry_supervision_waits",
                condition=Q(kind="supervision", answered_at=None, overdue_told_at=None),
            ),
            models.Index(
                fields=["office", "due_at", "id"],
                name="enquiry_open",
                condition=Q(answered_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.case_id}"
