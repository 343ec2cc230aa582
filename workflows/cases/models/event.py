"""Event 流转记录: what happened, once and for all."""

from typing import Any, NoReturn

from django.contrib.postgres.indexes import BrinIndex
from django.db import models


class AppendOnly(Exception):
    """Somebody tried to change or delete a row of the ledger."""


class Event(models.Model):
    """One step of one case, chained by hash to the one before it.

    Offices, provinces and the matter are copied in as they were at the moment: the figures of a day
    must not move when an office is renamed or a case is passed on. A trigger refuses UPDATE and DELETE.
    """

    # The unique constraint on (case, seq) is the index.
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="events", db_index=False)
    seq = models.PositiveIntegerField()
    step = models.CharField(max_length=40)
    from_state = models.CharField(max_length=40, blank=True)
    to_state = models.CharField(max_length=40)
    stage = models.CharField(max_length=40, blank=True)

    # Nothing looks for events by it, and a user who acted never goes.
    actor = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", db_index=False
    )
    actor_kind = models.CharField(max_length=8)
    actor_name = models.CharField(max_length=100, blank=True)
    seat = models.CharField(max_length=40, blank=True)
    office_id = models.BigIntegerField(null=True)
    province = models.CharField(max_length=6, blank=True)
    to_office_id = models.BigIntegerField(null=True)
    to_province = models.CharField(max_length=6, blank=True)
    origin_province = models.CharField(max_length=6)
    owner_province = models.CharField(max_length=6)
    matter_id = models.BigIntegerField()
    mode = models.CharField(max_length=12)
    is_root = models.BooleanField()

    # What the step means for the figures: '' or received, accepted, concluded.
    counts_as = models.CharField(max_length=12, blank=True)
    outcome = models.CharField(max_length=20, blank=True)
    is_late = models.BooleanField(null=True)
    working_days = models.PositiveSmallIntegerField(null=True)

    data = models.JSONField()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    prev = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        default_permissions = ()
        ordering = ["case_id", "seq"]
        constraints = [models.UniqueConstraint(fields=["case", "seq"], name="event_seq_gapless")]
        indexes = [BrinIndex(fields=["at"], name="event_at", pages_per_range=32)]

    def __str__(self) -> str:
        return f"{self.case_id}#{self.seq} {self.step}"

    def save(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise AppendOnly("流转记录只由 ledger.write 写入")

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise AppendOnly("流转记录不能删除")
