"""ExtensionPlan 批量延长: more time for the applicants whom an outage cost some, proposed and approved."""

import uuid

from django.db import models
from django.db.models import F, Q


class ExtensionPlan(models.Model):
    """One proposal for one office's cases; nothing happens before a second person approves.

    cases: `[{"number", "was", "then"}]`, the due moments of the dry run that was proposed. key: of
    the run in many cases that carries it out.
    """

    key = models.UUIDField("标识", primary_key=True, default=uuid.uuid4, editable=False)
    outage = models.ForeignKey("notices.Outage", models.PROTECT, related_name="+")
    office = models.ForeignKey("offices.Office", models.PROTECT, related_name="+")
    days = models.PositiveSmallIntegerField("延长天数")
    reason = models.CharField("理由", max_length=500)
    cases = models.JSONField("办件", default=list)
    proposed_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField("提出时刻")
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField("审批时刻", null=True)
    is_approved = models.BooleanField("同意", null=True)
    declined_because = models.CharField("不同意的理由", max_length=300, blank=True, default="")
    run = models.ForeignKey("cases.BulkRun", models.PROTECT, null=True, related_name="+")

    class Meta:
        default_permissions = ()
        ordering = ["-proposed_at", "key"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
                name="extension_plan_by_two",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None, decided_at=None, is_approved=None)
                | Q(decided_by__isnull=False, decided_at__isnull=False, is_approved__isnull=False),
                name="extension_plan_decided_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office_id} +{self.days} × {len(self.cases)}"
