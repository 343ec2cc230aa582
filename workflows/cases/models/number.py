"""Numbers by which others know a case: the other province's, a ministry's system's, a permit's."""

from django.db import models
from django.db.models import Q


class CaseNumber(models.Model):
    """One more number of a case, besides its own. Written by opening and `perform` only.

    `number` is kept as `numbers.plain_number` writes it. system: whose number it is, for one that
    was fed back from another system; such a number belongs to one case. seq: the step that brought it.
    """

    class Kind(models.TextChoices):
        OWNER = "owner", "属地办件编号"
        JOINT = "joint", "业务协同编号"
        ELSEWHERE = "elsewhere", "业务系统编号"
        PAPER = "paper", "文书或证件编号"

    case = models.ForeignKey("cases.Case", models.CASCADE, related_name="numbers")
    kind = models.CharField("种类", max_length=12, choices=Kind.choices)
    system = models.CharField("业务系统", max_length=200, blank=True, default="")
    name = models.CharField("编号名称", max_length=200, blank=True, default="")
    number = models.CharField("编号", max_length=60)
    result = models.CharField("结果", max_length=200, blank=True, default="")
    happened_at = models.DateTimeField("办理时刻", null=True, blank=True)
    seq = models.PositiveIntegerField("流转序号")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["number", "system"],
                condition=Q(kind="elsewhere"),
                name="number_of_a_system_once",
            ),
            models.UniqueConstraint(
                fields=["number"],
                condition=Q(kind__in=["owner", "joint"]),
                name="number_of_ours_once",
            ),
        ]
        indexes = [models.Index(fields=["number"], name="case_number_found")]

    def __str__(self) -> str:
        return self.number
