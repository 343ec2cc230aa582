"""Report: a document of figures as it was given out; kept as made, with who made it and its digest."""

from __future__ import annotations

import hashlib

from django.db import models

from ..directions import PROVINCES


class Report(models.Model):
    """A bulletin of a month (PDF) or a report of a week (DOCX).

    provinces: those whose offices stand in it one by one ('500000', or both joined by a comma);
    content: all that the file says, as it was laid out. Nothing is ever written over: figures that
    were made anew are another edition.
    """

    class Kind(models.TextChoices):
        MONTH = "month", "月度情况通报"
        WEEK = "week", "每周情况"

    kind = models.CharField("种类", max_length=5, choices=Kind.choices)
    first = models.DateField()
    last = models.DateField()
    provinces = models.CharField(max_length=13)
    edition = models.PositiveSmallIntegerField()
    number = models.CharField("编号", max_length=60)
    content = models.JSONField()
    file = models.BinaryField()
    digest = models.CharField("SHA-256", max_length=64)
    made_at = models.DateTimeField("制作时刻")
    made_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        ordering = ["-first", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "first", "provinces", "edition"], name="report_numbered_once"
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def title(self) -> str:
        return str(self.content["title"])

    @property
    def days(self) -> str:
        return str(self.content["days"])

    @property
    def in_detail(self) -> str:
        """'四川省', whose offices are named."""
        return "、".join(PROVINCES[code] for code in self.provinces.split(","))

    @property
    def file_name(self) -> str:
        return f"{self.title}{self.number}.{'pdf' if self.kind == self.Kind.MONTH else 'docx'}"

    @property
    def is_sealed(self) -> bool:
        """Whether the file is the one that was made."""
        return hashlib.sha256(bytes(self.file)).hexdigest() == self.digest
