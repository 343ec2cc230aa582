"""What periodic work remembers of itself."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Slot(models.Model):
    """One turn of a periodic job: `slot` says which, "2026-11-21" or the beat's moment."""

    name = models.CharField("作业", max_length=80)
    slot = models.CharField("时段", max_length=40)
    began_at = models.DateTimeField("开始")
    finished_at = models.DateTimeField("完成", null=True)
    cursor = models.JSONField("做到哪里", null=True)
    # How many slices are behind `cursor`: who finds another number has been overtaken.
    slices = models.PositiveIntegerField("已做片数", db_default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("name", "slot"), name="one_row_for_each_slot"),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.slot}"


class Heartbeat(models.Model):
    """A worker or a beat that was alive at `at`: one row each, written every few seconds."""

    class Kind(models.TextChoices):
        WORKER = "worker", "任务进程"
        BEAT = "beat", "定时进程"

    name = models.CharField("名称", max_length=200, primary_key=True)
    kind = models.CharField("种类", max_length=10, choices=Kind)
    queues = ArrayField(models.CharField(max_length=40), verbose_name="队列", default=list)
    began_at = models.DateTimeField("启动")
    at = models.DateTimeField("最近心跳")

    def __str__(self) -> str:
        return self.name


class TaskRun(models.Model):
    """The last run of a task, and counters over all of them since the site was set up."""

    class Outcome(models.TextChoices):
        DONE = "done", "完成"
        FAILED = "failed", "失败"

    name = models.CharField("任务", max_length=80, primary_key=True)
    started_at = models.DateTimeField("开始", null=True)
    finished_at = models.DateTimeField("结束", null=True)
    outcome = models.CharField("结果", max_length=10, choices=Outcome, blank=True, default="")
    # Of the last run; the class of what went wrong, never its text, which may name people.
    seconds = models.FloatField("用时", null=True)
    error = models.CharField("错误", max_length=120, blank=True, default="")
    runs = models.PositiveBigIntegerField("次数", default=0)
    failures = models.PositiveBigIntegerField("失败次数", default=0)
    total_seconds = models.FloatField("总用时", default=0)

    def __str__(self) -> str:
        return self.name


class HttpCount(models.Model):
    """Requests answered by all web processes so far, by method and class of answer ("2xx")."""

    method = models.CharField("方法", max_length=8)
    answer = models.CharField("应答", max_length=3)
    requests = models.PositiveBigIntegerField("次数", default=0)
    slow = models.PositiveBigIntegerField("超过一秒", default=0)
    seconds = models.FloatField("总用时", default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("method", "answer"), name="one_count_for_each_answer"),
        )

    def __str__(self) -> str:
        return f"{self.method} {self.answer}"
