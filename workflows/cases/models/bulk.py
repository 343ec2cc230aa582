"""BulkRun 批量办理: one step for many cases, each with a result of its own."""

from django.db import models
from django.db.models import Q


class BulkRun(models.Model):
    """One press for many: which step, with which answers, by whom, and how far it is.

    key: of the page that asked; the same key twice is the same run. done and refused: how many of
    `total` have come out how; the rest still waits.
    """

    key = models.UUIDField("标识", unique=True)
    step = models.CharField("步骤", max_length=40)
    label = models.CharField("步骤名称", max_length=60)
    data = models.JSONField("统一填写的内容", default=dict)
    actor = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    total = models.PositiveIntegerField("件数")
    done = models.PositiveIntegerField("已办", default=0)
    refused = models.PositiveIntegerField("没有办", default=0)
    begun_at = models.DateTimeField("开始")
    finished_at = models.DateTimeField("完成", null=True, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["begun_at"], name="bulk_unfinished", condition=Q(finished_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step} × {self.total}"

    @property
    def waiting(self) -> int:
        return max(self.total - self.done - self.refused, 0)


class BulkResult(models.Model):
    """What became of one case in one run. token: the case's `seq` as the page showed it."""

    class State(models.TextChoices):
        WAITING = "waiting", "待办"
        DONE = "done", "成功"
        REFUSED = "refused", "没有办"

    run = models.ForeignKey(BulkRun, models.CASCADE, related_name="results", db_index=False)
    # None: there is no such case, or whoever asked may not see it.
    case = models.ForeignKey(
        "cases.Case", models.PROTECT, null=True, related_name="+", db_index=False
    )
    number = models.CharField("办件编号", max_length=32)
    token = models.PositiveIntegerField("流转序号")
    state = models.CharField("结果", max_length=8, choices=State.choices, default=State.WAITING)
    text = models.CharField("说明", max_length=500, blank=True, default="")

    class Meta:
        default_permissions = ()
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="bulk_case_once")]
        indexes = [
            models.Index(fields=["run", "case"], name="bulk_waiting", condition=Q(state="waiting")),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.state}"
