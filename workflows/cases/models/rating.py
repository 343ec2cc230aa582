"""Rating 好差评: one per case, kept with the offices it speaks of; and what follows a bad one."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q


class Rating(models.Model):
    class Level(models.IntegerChoices):
        VERY_GOOD = 5, "非常满意"
        GOOD = 4, "满意"
        FAIR = 3, "基本满意"
        BAD = 2, "不满意"
        VERY_BAD = 1, "非常不满意"

    case = models.OneToOneField("cases.Case", models.PROTECT, related_name="rating")
    level = models.PositiveSmallIntegerField("评价", choices=Level.choices)
    comment = models.TextField("意见", blank=True, default="")
    rated_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    rated_at = models.DateTimeField("评价时刻")

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(level__range=(1, 5)), name="rating_level_1_to_5")
        ]

    def __str__(self) -> str:
        return self.get_level_display()

    @property
    def is_bad(self) -> bool:
        """差评: the lowest two of the five levels."""
        return self.level <= self.Level.BAD


class RatingReview(models.Model):
    """What follows a 差评: verified 核实, put right 整改, called back 回访.

    Where and what the case was is copied in, so that lists and figures join no case. due_at: until when it has
    to be verified and, if justified, put right; calls: how often the person was called.
    """

    class Stage(models.TextChoices):
        VERIFY = "verify", "待核实"
        FIX = "fix", "待整改"
        CALL = "call", "待回访"
        CLOSED = "closed", "已办结"

    rating = models.OneToOneField(Rating, models.PROTECT, related_name="review")
    case = models.OneToOneField("cases.Case", models.PROTECT, related_name="rating_review")
    level = models.PositiveSmallIntegerField("评价", choices=Rating.Level.choices)
    # None: no office has decided the case, the supervisor looks into it.
    office = models.ForeignKey("offices.Office", models.PROTECT, null=True, related_name="+")
    origin_province = models.CharField(max_length=6)
    owner_province = models.CharField(max_length=6)
    mode = models.CharField(max_length=12)
    matter = models.ForeignKey("catalogue.Matter", models.PROTECT, related_name="+")
    # Of an application that is no part of another: what the figures count.
    is_counted = models.BooleanField()
    stage = models.CharField("环节", max_length=6, choices=Stage.choices, default=Stage.VERIFY)
    opened_at = models.DateTimeField("评价时刻")
    due_at = models.DateTimeField("整改期限")
    is_justified = models.BooleanField("是否属实", null=True)
    finding = models.TextField("核实情况", blank=True, default="")
    verified_at = models.DateTimeField("核实时刻", null=True)
    verified_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    fix = models.TextField("整改情况", blank=True, default="")
    fixed_at = models.DateTimeField("整改时刻", null=True)
    fixed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    calls = models.PositiveSmallIntegerField("回访次数", default=0)
    is_reached = models.BooleanField("是否联系上", null=True)
    is_satisfied = models.BooleanField("回访是否满意", null=True)
    words = models.TextField("回访意见", blank=True, default="")
    called_at = models.DateTimeField("回访时刻", null=True)
    called_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    # When head and supervisors were told that it is not done in time; told once.
    overdue_told_at = models.DateTimeField("超期提醒时刻", null=True)

    class Meta:
        default_permissions = ()
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(level__range=(1, 2)), name="review_of_a_bad_rating"),
            models.CheckConstraint(
                condition=Q(stage="verify") | Q(is_justified__isnull=False),
                name="review_verified_first",
            ),
        ]
        indexes = [
            models.Index(fields=["opened_at", "id"], name="review_by_day"),
            models.Index(
                fields=["stage", "due_at", "id"],
                name="review_open",
                condition=~Q(stage="closed"),
            ),
            models.Index(fields=["office", "due_at", "id"], name="review_of_office"),
        ]

    def __str__(self) -> str:
        return f"{self.get_stage_display()} {self.case_id}"

    @property
    def answered_at(self) -> dt.datetime | None:
        """When what had to be done by `due_at` was done; None while it is not."""
        if self.stage in (self.Stage.VERIFY, self.Stage.FIX):
            return None
        return self.fixed_at or self.verified_at
