"""Places and who works there: provinces, regions, departments, offices; and their calendar.

Every row carries effective days, half-open: in force from `valid_from` (None: always was) until the
day before `valid_to` (None: still is). Nothing is deleted, because a case of last year still names
the office that decided it.
"""

from datetime import date
from typing import Self, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

WHOLE_SPAN = Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gte=F("valid_from"))


M = TypeVar("M", bound=models.Model)


class Dated(models.QuerySet[M]):
    """Rows with effective days."""

    def in_force(self, on: date) -> Self:
        """The rows that hold on that day."""
        return self.filter(
            Q(valid_from=None) | Q(valid_from__lte=on), Q(valid_to=None) | Q(valid_to__gt=on)
        )


class Province(models.Model):
    """重庆市 or 四川省: the two that work together."""

    code = models.CharField(max_length=6, primary_key=True)
    name = models.CharField(max_length=32)
    short = models.CharField(max_length=4)
    platform = models.CharField(max_length=64)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


class Department(models.Model):
    """主管部门(条线): a line of work that both provinces have, such as 民政."""

    code = models.SlugField(max_length=32, primary_key=True)
    name = models.CharField(max_length=32, unique=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


class Region(models.Model):
    """行政区划: a place with its GB/T 2260 code, or nine digits for a township."""

    class Level(models.TextChoices):
        PROVINCE = "province", "省市"
        CITY = "city", "市州"
        COUNTY = "county", "区县"
        TOWNSHIP = "township", "乡镇街道"

    code = models.CharField(max_length=12, primary_key=True)
    name = models.CharField(max_length=64)
    full_name = models.CharField(max_length=128)
    level = models.CharField(max_length=8, choices=Level.choices)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    province = models.ForeignKey(Province, models.PROTECT, related_name="regions")
    zones = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="predecessors"
    )
    # The official code of a new district can come later than the district itself.
    has_temporary_code = models.BooleanField(default=False)
    is_demonstration = models.BooleanField(default=False)
    note = models.TextField(blank=True, default="")

    objects = Dated.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=WHOLE_SPAN, name="region_span_is_whole")]

    def __str__(self) -> str:
        return self.full_name


class Office(models.Model):
    """机构: who works somewhere.

    `kind` is a slug of `data/office-kinds.csv`, `roles` are the parts it can play in a case.

    Offices made from regions × kinds are `is_demonstration`: pages show 示范 beside them.
    """

    code = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=128)
    region = models.ForeignKey(Region, models.PROTECT, related_name="offices")
    department = models.ForeignKey(Department, models.PROTECT, related_name="offices")
    kind = models.SlugField(max_length=32, db_index=False)
    roles = ArrayField(models.CharField(max_length=16), default=list, blank=True)
    address = models.CharField(max_length=255, blank=True, default="")
    phone = models.CharField(max_length=32, blank=True, default="")
    hours = models.CharField(max_length=128, blank=True, default="")
    is_demonstration = models.BooleanField(default=False)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    objects = Dated.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["region", "kind"], name="office_region_kind")]
        constraints = [models.CheckConstraint(condition=WHOLE_SPAN, name="office_span_is_whole")]

    def __str__(self) -> str:
        return self.name


class TakenOver(models.Model):
    """One kind of office whose deciding in one county another kind has taken over.

    So 主管部门 is not 承办部门: in 广安区 the 行政审批局 registers enterprises, not the 市场监管局.
    """

    region = models.ForeignKey(Region, models.PROTECT, related_name="taken_over")
    kind = models.SlugField(max_length=32)
    by_kind = models.SlugField(max_length=32)
    source = models.TextField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["region", "kind"], name="taken_over_once_per_region")
        ]

    def __str__(self) -> str:
        return f"{self.region_id}: {self.kind} → {self.by_kind}"


class CalendarDay(models.Model):
    """A day that differs from its weekday or has a name of its own; no `region` is the nation.

    A region's own row goes before the nation's. `announced` is False for a day that rests on the
    statute, a rule or memory and not on a published arrangement (暂定).
    """

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", "放假"
        IN_LIEU = "in_lieu", "调休放假"
        MAKE_UP = "make_up", "调休上班"

    day = models.DateField()
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="days")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    is_working = models.BooleanField()
    name = models.CharField(max_length=32)
    source = models.TextField()
    announced = models.BooleanField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["day", "region"], name="calendar_day_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(kind="make_up", is_working=True)
                | Q(kind__in=["holiday", "in_lieu"], is_working=False),
                name="calendar_day_works_only_as_make_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class CalendarVersion(models.Model):
    """The import log of the calendar: every change of days is one version, numbered from 1.

    `year` and `region` are set when a published arrangement for them was imported; `load_calendar`
    leaves such a year alone from then on. `imported_by` is the operator's name, '' for a command.
    """

    number = models.PositiveIntegerField(primary_key=True)
    source = models.TextField()
    imported_at = models.DateTimeField()
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="+")
    moved = models.PositiveIntegerField(default=0)
    imported_by = models.CharField(max_length=100, blank=True, default="", db_default="")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.number}: {self.source}"
