"""ClockDifference: a clock that came out otherwise when it was derived anew, and what became of it."""

from django.db import models
from django.db.models import Q


class ClockDifference(models.Model):
    """What stood in an open case and what the calendar of that version makes of it.

    A nightly check leaves it open for a person to mend; after an import of a calendar the clock is
    derived anew at once, and the row says that it moved.
    """

    class Settled(models.TextChoices):
        OPEN = "", "待处理"
        RECOUNTED = "recounted", "已重算"
        GONE = "gone", "已不再有差异"

    case = models.ForeignKey("cases.Case", models.CASCADE, related_name="clock_differences")
    clock = models.CharField("时限", max_length=12)
    calendar = models.PositiveIntegerField("日历版本")
    stood_due_at = models.DateTimeField("原到期", null=True)
    derived_due_at = models.DateTimeField("推算到期", null=True)
    stood_yellow_at = models.DateTimeField("原黄灯", null=True)
    derived_yellow_at = models.DateTimeField("推算黄灯", null=True)
    is_provisional = models.BooleanField("暂定")
    found_at = models.DateTimeField("发现时刻")
    settled = models.CharField(
        "处理", max_length=10, choices=Settled, default=Settled.OPEN, blank=True
    )
    settled_at = models.DateTimeField("处理时刻", null=True)
    settled_by = models.CharField("处理人", max_length=100, blank=True, default="")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["case", "clock"],
                condition=Q(settled_at=None),
                name="one_open_clock_difference",
            )
        ]
        indexes = [
            models.Index(fields=["id"], name="clock_difference_open", condition=Q(settled_at=None)),
            models.Index(fields=["calendar", "settled", "id"], name="clock_difference_calendar"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.clock}"
