"""The catalogue of data resources 数据资源目录 and the responsibility list 责任清单."""

import datetime as dt
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class Holder(models.Model):
    """A department that holds data: of a province, or of a region within it.

    `office` is where its people sit, if they work on this site; only then it can answer demands here.
    """

    code = models.SlugField(max_length=64, primary_key=True)
    name = models.CharField(max_length=128)
    province = models.ForeignKey("offices.Province", models.PROTECT, related_name="+")
    region_code = models.CharField(max_length=12)
    department = models.ForeignKey("offices.Department", models.PROTECT, related_name="+")
    office = models.ForeignKey("offices.Office", models.PROTECT, null=True, related_name="+")
    is_demonstration = models.BooleanField(default=False)

    class Meta:
        default_permissions = ()
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Resource(models.Model):
    """One kind of data that a holder can be asked about.

    questions: `[{"code", "text"}]`, each answered by yes or no. fields: `[{"code", "label",
    "personal"}]`, given in full only where the responsibility list allows it by name.
    kept_at: whose province is asked where two keep a resource of this name: the 属地's, or that of
    the place where the application is handed in. connector: a key of `settings.SHARING_CONNECTORS`;
    "" takes the province's, and the register in the database where there is none.
    """

    class KeptAt(models.TextChoices):
        OWNER = "owner", "属地"
        ORIGIN = "origin", "收件地"

    class Certainty(models.TextChoices):
        STATED = "stated", "来源载明"
        INFERRED = "inferred", "推断"
        FROM_MEMORY = "from_memory", "凭记忆，待核实"

    code = models.SlugField(max_length=96, unique=True)
    name = models.CharField(max_length=120)
    holder = models.ForeignKey(Holder, models.PROTECT, related_name="resources")
    questions = models.JSONField(default=list)
    fields = models.JSONField(default=list)
    # How far behind the holder's own books an answer may be; 0 is live.
    fresh_hours = models.PositiveIntegerField(default=0)
    kept_at = models.CharField(max_length=8, choices=KeptAt, default=KeptAt.OWNER)
    connector = models.CharField(max_length=40, blank=True, default="")
    certainty = models.CharField(max_length=12, choices=Certainty, default=Certainty.INFERRED)
    is_demonstration = models.BooleanField(default=False)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="resource_span_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(kept_at__in=["owner", "origin"]), name="resource_kept_at_known"
            ),
        ]
        indexes = [
            # Pages are read in this order: what matters really name first.
            models.Index(fields=["is_demonstration", "id"], name="resource_order"),
            models.Index(fields=["holder", "is_demonstration", "id"], name="resource_holder"),
            models.Index(fields=["name"], name="resource_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def is_in_force(self, on: dt.date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)

    @property
    def freshness(self) -> str:
        """实时, or how much time an answer may be behind."""
        if self.fresh_hours == 0:
            return "实时"
        days, hours = divmod(self.fresh_hours, 24)
        return f"{days} 天内" if days and not hours else f"{self.fresh_hours} 小时内"


class ResponsibilityQuerySet(models.QuerySet["Responsibility"]):
    def in_force(self, on: dt.date) -> "ResponsibilityQuerySet":
        """Those that hold on that day, of resources that do."""
        return self.filter(
            Q(valid_to=None) | Q(valid_to__gt=on),
            Q(resource__valid_to=None) | Q(resource__valid_to__gt=on),
            valid_from__lte=on,
            resource__valid_from__lte=on,
        )


class Responsibility(models.Model):
    """One line of the 责任清单: which kinds of office may ask what of a resource, for which matter,
    on which legal ground, and whether the person must consent first.

    `item_key` is the matter's address (its slug). `questions` and `fields` are codes of the resource's.
    """

    resource = models.ForeignKey(Resource, models.PROTECT, related_name="responsibilities")
    item_key = models.CharField(max_length=80)
    item_name = models.CharField(max_length=120)
    office_kinds = ArrayField(models.SlugField(max_length=32))
    ground = models.CharField(max_length=300)
    needs_consent = models.BooleanField(default=True)
    questions = ArrayField(models.CharField(max_length=40), default=list)
    fields = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    objects: ClassVar[ResponsibilityQuerySet] = ResponsibilityQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["item_key", "resource"],
                condition=Q(valid_to=None),
                name="responsibility_open_once",
            ),
            models.CheckConstraint(condition=~Q(ground=""), name="responsibility_has_a_ground"),
        ]
        indexes = [models.Index(fields=["resource", "id"], name="responsibility_resource")]

    def __str__(self) -> str:
        return f"{self.item_key} → {self.resource_id}"


class RegisterEntry(models.Model):
    """What the register inside the database says of one invented person; a demonstration's only."""

    resource = models.ForeignKey(Resource, models.CASCADE, related_name="+")
    person_index = models.CharField(max_length=64)
    name_index = models.CharField(max_length=64)
    questions = models.JSONField(default=dict)
    fields = models.JSONField(default=dict)  # personal ones sealed

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["resource", "person_index"], name="register_entry_once")
        ]

    def __str__(self) -> str:
        return f"{self.resource_id}: {self.person_index[:8]}"
