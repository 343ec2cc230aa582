"""The desk's own tables: what helps people at work and is no part of any case."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Phrase(models.Model):
    """常用意见: a sentence kept for opinions and reasons, one person's or a whole office's."""

    text = models.CharField("内容", max_length=500)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="phrases"
    )
    office = models.ForeignKey("offices.Office", models.CASCADE, null=True, related_name="phrases")
    kept_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kept_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(owner=None, office__isnull=False) | Q(owner__isnull=False, office=None),
                name="phrase_of_a_person_or_an_office",
            ),
            models.UniqueConstraint(
                fields=["owner", "text"], condition=Q(office=None), name="phrase_mine_once"
            ),
            models.UniqueConstraint(
                fields=["office", "text"], condition=Q(owner=None), name="phrase_offices_once"
            ),
        ]

    def __str__(self) -> str:
        return self.text[:40]


class PersonDay(models.Model):
    """What one person did at one office on one day, counted from the ledger (`office.counting`).

    steps: all they took. moved: those that brought a case on.
    """

    day = models.DateField()
    office_id = models.BigIntegerField()
    user_id = models.BigIntegerField()
    steps = models.PositiveIntegerField()
    moved = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["office_id", "day", "user_id"], name="person_day_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id}@{self.office_id} {self.day}"
