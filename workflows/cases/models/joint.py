"""虚拟综窗: when an office looks at papers by video, and the sessions booked for it."""

import datetime as dt
import uuid

from django.db import models
from django.db.models import Q

SECURE = "https://"


class JointHours(models.Model):
    """One weekday's hours in which a clerk of the deciding office sits at the video."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, "周一"
        TUESDAY = 1, "周二"
        WEDNESDAY = 2, "周三"
        THURSDAY = 3, "周四"
        FRIDAY = 4, "周五"
        SATURDAY = 5, "周六"
        SUNDAY = 6, "周日"

    office = models.ForeignKey("offices.Office", models.PROTECT, related_name="+")
    clerk = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    weekday = models.PositiveSmallIntegerField("星期", choices=Weekday.choices)
    opens_at = models.TimeField("从几点")
    closes_at = models.TimeField("到几点")
    minutes = models.PositiveSmallIntegerField("每场分钟数")
    # An outside meeting room: this site carries no video.
    video_url = models.URLField("视频链接", max_length=300)
    set_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        ordering = ["weekday", "opens_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["clerk", "weekday"], name="joint_hours_once"),
            models.CheckConstraint(
                condition=Q(closes_at__gt=models.F("opens_at"), minutes__gt=0),
                name="joint_hours_last",
            ),
            models.CheckConstraint(
                condition=Q(video_url__startswith=SECURE), name="joint_hours_secure"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens_at:%H:%M}"


class JointSession(models.Model):
    """The deciding office's clerk looks at a case's papers while the applicant is at the window.

    Written by the steps of the case only. Who sits where is kept as it was booked.
    """

    class Status(models.TextChoices):
        BOOKED = "booked", "已预约"
        DONE = "done", "已核验"
        MISSED = "missed", "未到场"
        CANCELLED = "cancelled", "已取消"

    class Outcome(models.TextChoices):
        PASSED = "passed", "核验通过"
        LISTED = "listed", "已一次性告知补正"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="joint_sessions")
    # The two indexes below begin with these.
    collector = models.ForeignKey(
        "offices.Office", models.PROTECT, related_name="+", db_index=False
    )
    owner = models.ForeignKey("offices.Office", models.PROTECT, related_name="+", db_index=False)
    clerk = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", db_index=False)
    starts_at = models.DateTimeField("开始时刻")
    minutes = models.PositiveSmallIntegerField("分钟数")
    video_url = models.URLField("视频链接", max_length=300)
    status = models.CharField("情况", max_length=12, choices=Status.choices, default=Status.BOOKED)
    outcome = models.CharField(
        "结论", max_length=12, choices=Outcome.choices, blank=True, default=""
    )
    booked_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    booked_at = models.DateTimeField("预约时刻")
    settled_at = models.DateTimeField("了结时刻", null=True, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["starts_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clerk", "starts_at"],
                condition=~Q(status="cancelled"),
                name="joint_slot_once",
            ),
            models.UniqueConstraint(
                fields=["case"], condition=Q(status="booked"), name="joint_session_of_case"
            ),
            models.CheckConstraint(
                condition=Q(video_url__startswith=SECURE), name="joint_session_secure"
            ),
        ]
        indexes = [
            models.Index(fields=["collector", "starts_at"], name="joint_at_window"),
            models.Index(fields=["owner", "starts_at"], name="joint_at_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def ends_at(self) -> dt.datetime:
        return self.starts_at + dt.timedelta(minutes=self.minutes)
