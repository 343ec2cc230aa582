"""定点医药机构: where somebody can be treated, and which visits are open across the border."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from tongban.offices.models import Dated


class VisitKind(models.TextChoices):
    INPATIENT = "inpatient", "住院"
    OUTPATIENT = "outpatient", "普通门诊"
    CHRONIC = "chronic", "门诊慢特病"
    PHARMACY = "pharmacy", "药店购药"


class Institution(models.Model):
    """A hospital or pharmacy under an agreement with the agency of its place.

    `level` is a level that rule files know: tier_3 三级, tier_2 二级, tier_1 一级, community_2 二级社区,
    community 一级社区/乡镇, pharmacy. `open_visits`: kinds of visit (VisitKind) that people from other
    places can settle here. `office` is its seat in cases, if it works on this site.
    """

    class Kind(models.TextChoices):
        HOSPITAL = "hospital", "医院"
        PHARMACY = "pharmacy", "药店"

    code = models.CharField("定点医药机构编号", max_length=30, unique=True)
    name = models.CharField(max_length=128)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.HOSPITAL)
    level = models.CharField(max_length=16)
    is_tcm = models.BooleanField("中医医院", default=False)
    region = models.ForeignKey("offices.Region", models.PROTECT, related_name="+")
    open_visits = ArrayField(models.CharField(max_length=12, choices=VisitKind), default=list)
    office = models.OneToOneField(
        "offices.Office", models.PROTECT, null=True, blank=True, related_name="+"
    )
    address = models.CharField(max_length=255, blank=True, default="")
    phone = models.CharField(max_length=32, blank=True, default="")
    is_demonstration = models.BooleanField(default=False)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    objects: ClassVar[Dated[Institution]] = Dated.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["hospital", "pharmacy"]), name="institution_kind_known"
            )
        ]
        indexes = [models.Index(fields=["region", "level"], name="institution_region_level")]

    def __str__(self) -> str:
        return self.name
