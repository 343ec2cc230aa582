"""Consent, the look-up that it allows, the ledger of who looked, and the breakers of connectors."""

import uuid
from typing import Any, ClassVar, NoReturn

from django.db import models
from django.db.models import Q
from django.utils import timezone

from tongban.accounts.personal import EncryptedTextField

from .catalogue import Resource


class LedgerIsAppendOnly(Exception):
    """Somebody tried to change or remove an entry of the ledger."""


class AppendOnlyQuerySet(models.QuerySet[Any]):
    def update(self, **_kwargs: Any) -> NoReturn:
        raise LedgerIsAppendOnly("An entry of the ledger is never changed.")

    def delete(self) -> NoReturn:
        raise LedgerIsAppendOnly("An entry of the ledger is never removed.")


class AppendOnly(models.Model):
    """A row that is written once; a trigger refuses the rest."""

    objects: ClassVar[Any] = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise LedgerIsAppendOnly("An entry of the ledger is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise LedgerIsAppendOnly("An entry of the ledger is never removed.")


class Consent(AppendOnly):
    """Somebody agreed to one look-up, with the words that they agreed to.

    `subject_kind`, `subject_key`: the application it is for. Taking it back ends the look-up, not this row.
    """

    class Channel(models.TextChoices):
        ONLINE = "online", "网上"
        WINDOW = "window", "窗口"

    person = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+"
    )  # None: somebody without an account, at a window
    recorded_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.ONLINE)
    resource = models.ForeignKey(Resource, models.PROTECT, related_name="+")
    subject_kind = models.CharField(max_length=20)
    subject_key = models.CharField(max_length=64)
    wording = models.TextField()
    given_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.subject_kind}:{self.subject_key} {self.resource_id}"


class LookUp(models.Model):
    """One question to one resource about one person, for one paper of one application.

    It is owed until it is answered, whatever becomes of the connector meanwhile. The person's number
    stays (sealed) only so long; of the answer only what was asked is kept, with its hash.
    answer: `{"questions": [{"code", "text", "yes"}], "fields": [{"code", "label", "value", "personal"}]}`.
    """

    class State(models.TextChoices):
        OWED = "owed", "待答复"
        CONFIRMED = "confirmed", "一致"
        DIFFERS = "differs", "不一致"
        NOT_FOUND = "not_found", "未查到"
        REFUSED = "refused", "对方不予提供"
        DROPPED = "dropped", "已取消"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    resource = models.ForeignKey(Resource, models.PROTECT, related_name="+")
    subject_kind = models.CharField(max_length=20)
    subject_key = models.CharField(max_length=64)
    material_code = models.CharField(max_length=40)
    item_key = models.CharField(max_length=80)
    item_name = models.CharField(max_length=120)
    # For whom it is asked: the office that decides.
    office = models.ForeignKey("offices.Office", models.PROTECT, related_name="+")
    ground = models.CharField(max_length=300)
    consent = models.ForeignKey(Consent, models.PROTECT, null=True, related_name="+")
    questions = models.JSONField(default=list)
    fields = models.JSONField(default=list)

    person_name = models.CharField(max_length=100)
    person_index = models.CharField(max_length=64)
    id_number = EncryptedTextField(null=True, blank=True)

    state = models.CharField(max_length=10, choices=State, default=State.OWED)
    answer = models.JSONField(default=dict)
    value_hash = models.CharField(max_length=64, blank=True, default="")
    # True once nobody answered at the first try: the person is told of a late answer.
    was_late = models.BooleanField(default=False)
    reason = models.CharField(max_length=200, blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_key", "material_code", "resource", "person_index"],
                condition=~Q(state="dropped"),
                name="look_up_once",
            ),
            # And look_up_forgets_the_number, in the migration: a sealed column is in no condition here.
        ]
        indexes = [
            models.Index(fields=["next_attempt_at"], name="look_up_due", condition=Q(state="owed")),
        ]

    def __str__(self) -> str:
        return f"{self.subject_kind}:{self.subject_key} {self.material_code} {self.state}"

    @property
    def is_owed(self) -> bool:
        return self.state == self.State.OWED

    @property
    def is_confirmed(self) -> bool:
        return self.state == self.State.CONFIRMED


class Record(AppendOnly):
    """The ledger of who looked: one row for each time that a register was asked or an answer opened.

    Names no value: what was asked stands as codes, what came back as its hash. Chained per subject.
    """

    class Act(models.TextChoices):
        ASKED = "asked", "查询"
        OPENED = "opened", "查看"

    act = models.CharField(max_length=8, choices=Act)
    look_up_id = models.UUIDField()
    subject_kind = models.CharField(max_length=20)
    subject_key = models.CharField(max_length=64)
    resource = models.ForeignKey(Resource, models.PROTECT, related_name="+")
    office = models.ForeignKey("offices.Office", models.PROTECT, related_name="+")
    user = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    user_name = models.CharField(max_length=100, blank=True)
    codes = models.JSONField(default=list)
    ground = models.CharField(max_length=300)
    consent = models.ForeignKey(Consent, models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=20)
    reason = models.CharField(max_length=200, blank=True, default="")
    value_hash = models.CharField(max_length=64, blank=True, default="")
    at = models.DateTimeField(default=timezone.now)
    prev = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        default_permissions = ()
        constraints = [
            # Two entries that name the same one before them: the chain has forked.
            models.UniqueConstraint(
                fields=["subject_kind", "subject_key", "prev"], name="record_one_after_another"
            )
        ]
        indexes = [
            models.Index(fields=["office", "-id"], name="record_office"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_kind}:{self.subject_key} {self.act} {self.outcome}"


class Breaker(models.Model):
    """What all processes know of a connector. Written by `breaker` alone, a statement at a time."""

    connector = models.CharField(max_length=40, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(null=True)
    probe_until = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True, default="")
    changed_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.connector
