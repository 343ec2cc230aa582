"""Moving 搬迁: running cases carried from one version of their matter to another, each with its result."""

from django.db import models
from django.db.models import Q


class Moving(models.Model):
    """One planned move: which cases, by which maps, by whom. Its cases' results hang on it."""

    from_version = models.ForeignKey("catalogue.MatterVersion", models.PROTECT, related_name="+")
    to_version = models.ForeignKey("catalogue.MatterVersion", models.PROTECT, related_name="+")
    plan = models.JSONField("对照表")
    started_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    started_by_name = models.CharField("发起人", max_length=100)
    started_at = models.DateTimeField("开始")
    finished_at = models.DateTimeField("完成", null=True, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.from_version_id} → {self.to_version_id}"


class MovedCase(models.Model):
    """What became of one case in one moving.

    before: the columns that the move changed, as they were, sealed answers sealed; {} if it was
    left. seq_after: the case's step that the move was; as long as the case stands there, nobody has
    touched it since and it can go back exactly.
    """

    class Result(models.TextChoices):
        MOVED = "moved", "已搬"
        LEFT = "left", "未搬"
        REVERTED = "reverted", "已恢复"

    moving = models.ForeignKey(Moving, models.CASCADE, related_name="results", db_index=False)
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="moves")
    result = models.CharField("结果", max_length=8, choices=Result.choices)
    reasons = models.JSONField("原因", default=list)
    seq_after = models.PositiveIntegerField("搬迁后的流转序号", null=True)
    before = models.JSONField("搬迁前", default=dict)
    at = models.DateTimeField("时刻")
    # Why it was not taken back when that was wanted, "" if it was not wanted or was done.
    kept_because = models.CharField("未恢复的原因", max_length=200, blank=True, default="")
    reverted_at = models.DateTimeField("恢复时刻", null=True, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["moving", "case"], name="moved_once"),
            models.CheckConstraint(
                condition=Q(result="left") | Q(seq_after__isnull=False), name="moved_to_some_step"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.result}"
