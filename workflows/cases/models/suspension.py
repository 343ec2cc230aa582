"""Suspension 中止: a stretch of time that does not count."""

from django.db import models
from django.db.models import Q


class Suspension(models.Model):
    """A pause of a case's clocks: 补正, 特别程序 or an inquiry at another place, each with its ground.

    At most one is open at a time; the open one's kind stands on the case as `suspended_as`.
    """

    class Kind(models.TextChoices):
        SUPPLEMENT = "supplement", "补正"
        SPECIAL = "special", "特别程序"
        INQUIRY = "inquiry", "协查"

    case = models.ForeignKey("cases.Case", models.CASCADE, related_name="suspensions")
    kind = models.CharField("种类", max_length=20, choices=Kind.choices)
    reason = models.TextField("理由")
    basis = models.CharField("依据", max_length=200, blank=True)
    limit = models.CharField("期限", max_length=8, blank=True)
    started_at = models.DateTimeField("开始")
    ended_at = models.DateTimeField("结束", null=True, blank=True)
    seq = models.PositiveIntegerField("由第几步开始")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_at=None), name="one_open_suspension"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=models.F("started_at")),
                name="suspension_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.case_id}"
