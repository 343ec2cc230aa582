"""What can be applied for, and each published version of how."""

import datetime as dt
from collections.abc import Iterable
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from matters.catalogue.acts import VersionAct
from matters.catalogue.offering import MatterClaim, Pause

__all__ = [
    "Certainty",
    "Matter",
    "MatterClaim",
    "MatterVersion",
    "Mode",
    "ModeCertainty",
    "Pause",
    "PublishedIsFinal",
    "Status",
    "VersionAct",
    "VersionQuerySet",
]


class Certainty(models.TextChoices):
    STATED = "stated", "来源载明"
    INFERRED = "inferred", "推断"
    FROM_MEMORY = "from_memory", "凭记忆，待核实"


class Mode(models.TextChoices):
    ONLINE = "online", "全程网办"
    COLLECT = "collect", "异地代收代办"
    JOINT = "joint", "多地联办"
    DELEGATED = "delegated", "异地授权"


class ModeCertainty(models.TextChoices):
    STATED = "stated", "来源载明"
    INFERRED = "inferred", "推断"
    PRESUMED = "presumed", "推定"


class Status(models.TextChoices):
    DRAFT = "draft", "草稿"
    PUBLISHED = "published", "已发布"


class Matter(models.Model):
    """事项. One row per name in one source: two sources that use the same name stay two rows."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    department = models.ForeignKey(
        "offices.Department", on_delete=models.PROTECT, related_name="matters"
    )
    theme = models.CharField(max_length=20)
    audience = models.CharField(max_length=20, blank=True)
    source_url = models.CharField(max_length=400)
    source_batch = models.CharField(max_length=80)
    certainty = models.CharField(max_length=12, choices=Certainty.choices)
    note = models.TextField(blank=True)
    item_code = models.CharField(max_length=80, blank=True)
    search_text = models.TextField(blank=True, editable=False)
    # Last changed by a table that somebody loaded: the project's own files leave it alone.
    from_table = models.BooleanField("由表格导入", default=False)

    class Meta:
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["source_url", "name", "source_batch"], name="matter_natural_key"
            )
        ]
        indexes = [models.Index(fields=["theme"], name="matter_theme")]

    def __str__(self) -> str:
        return self.name


class PublishedIsFinal(ValidationError):
    """Somebody tried to change or delete a published version. Publish a new one instead."""

    def __init__(self) -> None:
        super().__init__("已发布的版本不能修改或删除，请发布新版本。", code="published_is_final")


class VersionQuerySet(models.QuerySet["MatterVersion"]):
    def published(self) -> Self:
        return self.filter(status=Status.PUBLISHED)

    def in_force(self, on: dt.date) -> Self:
        """The published versions that new cases of that day begin under: at most one a matter."""
        still = Q(valid_to__isnull=True) | Q(valid_to__gt=on)
        return self.published().filter(still, valid_from__lte=on)

    def update(self, **values: Any) -> int:
        if set(values) - {"valid_to"} and self.published().exists():
            raise PublishedIsFinal
        return super().update(**values)

    def delete(self) -> tuple[int, dict[str, int]]:
        if self.published().exists():
            raise PublishedIsFinal
        return super().delete()


class MatterVersion(models.Model):
    """实施清单版本. Valid from `valid_from` up to, not including, `valid_to`.

    A published row never changes but for `valid_to`: refused here, and by a trigger in PostgreSQL.
    """

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    mode = models.CharField(max_length=10, choices=Mode.choices)
    mode_certainty = models.CharField(max_length=10, choices=ModeCertainty.choices)
    flow = models.CharField(max_length=40)
    definition = models.JSONField()
    published_at = models.DateTimeField(null=True, blank=True)
    # Of a draft: the published version that it rests on, which must still be the last one.
    based_on = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")

    objects = VersionQuerySet.as_manager()

    _final = False  # the row in the database is published

    class Meta:
        ordering = ["matter_id", "number"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["matter", "number"], name="version_number"),
            models.UniqueConstraint(
                fields=["matter"],
                condition=Q(status="published", valid_to__isnull=True),
                name="version_one_open_ended",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="version_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(published_at__isnull=False),
                name="version_published_at_some_instant",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} v{self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        fields: Iterable[str] | None = kwargs.get("update_fields")
        if self._final and (fields is None or set(fields) - {"valid_to"}):
            raise PublishedIsFinal
        super().save(*args, **kwargs)
        self._final = self.status == Status.PUBLISHED

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        if self._final:
            raise PublishedIsFinal
        return super().delete(*args, **kwargs)

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Self:
        version = super().from_db(*args, **kwargs)
        version._final = version.__dict__.get("status") == Status.PUBLISHED
        return version
