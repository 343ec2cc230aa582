"""People who sign in, where they work, and the ledger of who looked at whose data."""

from datetime import date
from typing import Any, ClassVar, NoReturn

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils import timezone

from .personal import BlindIndexField, EncryptedTextField

USERNAME_PATTERN = r"[a-z][a-z0-9_-]{1,47}"


class UserManager(BaseUserManager["User"]):
    def create_user(self, *, username: str, password: str | None = None, **fields: Any) -> "User":
        """A new account; without a password nobody can sign in to it by typing one."""
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """Somebody who signs in: a citizen, or staff of an office."""

    class Kind(models.TextChoices):
        CITIZEN = "citizen", "群众"
        STAFF = "staff", "工作人员"

    # Begins with a letter, so that a username can never be a phone or an ID number.
    username = models.CharField(
        max_length=48,
        unique=True,
        validators=[
            RegexValidator(
                rf"^{USERNAME_PATTERN}\Z",
                "用户名以小写字母开头，只含小写字母、数字、短横线和下划线。",
            )
        ],
    )
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.CITIZEN)
    email = models.EmailField(blank=True)
    id_number = EncryptedTextField(null=True, blank=True)
    id_number_index = BlindIndexField(source="id_number")
    phone = EncryptedTextField(null=True, blank=True)
    phone_index = BlindIndexField(source="phone")
    region_code = models.CharField(max_length=12, blank=True, help_text="where they live")
    is_active = models.BooleanField(default=True)
    is_demonstration = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(username__regex=rf"^{USERNAME_PATTERN}$"),
                name="user_username_begins_with_letter",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["citizen", "staff"]), name="user_kind_known"
            ),
            # One person has one citizen's account; a clerk has another one for work.
            models.UniqueConstraint(
                fields=["id_number_index", "kind"], name="user_one_account_per_person_and_kind"
            ),
        ]
        indexes = [
            # Several people of a household may share one phone.
            models.Index(fields=["phone_index"], name="user_phone"),
            models.Index(fields=["is_demonstration", "kind"], name="user_demonstration"),
        ]

    def __str__(self) -> str:
        return self.username

    def save(self, *args: Any, **kwargs: Any) -> None:
        """As always, and a saved phone or ID number takes its index along."""
        fields = kwargs.get("update_fields")
        if fields is not None:
            indexes = {f"{name}_index" for name in ("id_number", "phone") if name in fields}
            kwargs["update_fields"] = {*fields, *indexes}
        super().save(*args, **kwargs)

    @property
    def is_staff_member(self) -> bool:
        return self.kind == self.Kind.STAFF


class PostingQuerySet(models.QuerySet["Posting"]):
    def in_force(self, on: date) -> "PostingQuerySet":
        """Those that hold on that day; like an office's, a posting ends before `valid_to`."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=on), valid_from__lte=on)


class Posting(models.Model):
    """Who works where, as what, from `valid_from` until the day before `valid_to`."""

    class Role(models.TextChoices):
        CLERK = "clerk", "窗口/承办人员"
        HEAD = "head", "负责人"
        SUPERVISOR = "supervisor", "督办人员"
        OPERATOR = "operator", "运行维护"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="postings")
    office = models.ForeignKey("offices.Office", on_delete=models.PROTECT, related_name="postings")
    role = models.CharField(max_length=10, choices=Role)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    objects: ClassVar[PostingQuerySet] = PostingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["user", "office", "role", "valid_from"], name="posting_once"
            ),
            models.CheckConstraint(
                condition=Q(role__in=["clerk", "head", "supervisor", "operator"]),
                name="posting_role_known",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="posting_ends_after_start",
            ),
        ]
        indexes = [models.Index(fields=["office", "role"], name="posting_office_role")]

    def __str__(self) -> str:
        return f"{self.user_id}@{self.office_id} {self.role}"


class SubstitutionQuerySet(models.QuerySet["Substitution"]):
    def in_force(self, on: date) -> "SubstitutionQuerySet":
        """Those that hold on that day; one that was ended early doesn't, from that very day on."""
        return self.standing_on(on).filter(valid_from__lte=on)

    def standing_on(self, on: date) -> "SubstitutionQuerySet":
        """Those that are in force on that day or come later."""
        not_ended = Q(ended_at=None) | Q(ended_at__date__gt=on)
        return self.filter(not_ended, valid_to__gt=on)


def _one(name: str) -> Func:
    """A key as the range of itself: ranges have a GiST class of their own, numbers need btree_gist."""
    return Func(F(name), F(name), Value("[]"), function="int8range")


class Substitution(models.Model):
    """替班 (AB岗): who acts for whom at one office, from `valid_from` until the day before `valid_to`.

    Written by `substitutions.appoint` and `substitutions.end` only.
    """

    office = models.ForeignKey(
        "offices.Office", on_delete=models.PROTECT, related_name="substitutions"
    )
    absent = models.ForeignKey(User, on_delete=models.PROTECT, related_name="absences")
    substitute = models.ForeignKey(User, on_delete=models.PROTECT, related_name="substitutions")
    valid_from = models.DateField()
    valid_to = models.DateField()
    reason = models.CharField(max_length=200)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects: ClassVar[SubstitutionQuerySet] = SubstitutionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=~Q(absent=F("substitute")), name="substitution_not_oneself"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__gt=F("valid_from")), name="substitution_span_is_whole"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="substitution_has_a_reason"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None)
                | Q(ended_at__gte=F("made_at"), ended_by__isnull=False),
                name="substitution_ended_by_somebody",
            ),
            # The verb asks first, under a lock, and has the better words; this holds against all others.
            ExclusionConstraint(
                name="substitution_one_at_a_time",
                expressions=[
                    (_one("office"), RangeOperators.OVERLAPS),
                    (_one("absent"), RangeOperators.OVERLAPS),
                    (
                        Func(F("valid_from"), F("valid_to"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(ended_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.substitute_id} for {self.absent_id}@{self.office_id}"


class LedgerIsAppendOnly(Exception):
    """Somebody tried to change or remove an entry of the ledger of looks."""


class LookQuerySet(models.QuerySet["Look"]):
    def update(self, **_kwargs: Any) -> NoReturn:
        raise LedgerIsAppendOnly("A look is never changed.")

    def delete(self) -> NoReturn:
        raise LedgerIsAppendOnly("A look is never removed.")


class Look(models.Model):
    """One act of showing somebody's data in full; never changed, and a trigger sees to that."""

    viewer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="looks")
    office = models.ForeignKey(
        "offices.Office", on_delete=models.PROTECT, null=True, related_name="+"
    )
    subject_kind = models.CharField(max_length=20, help_text="'user', 'case', …")
    subject_key = models.CharField(max_length=64)
    field = models.CharField(max_length=64)
    reason = models.CharField(max_length=200)
    at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[LookQuerySet] = LookQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["subject_kind", "subject_key", "at"], name="look_subject"),
            models.Index(fields=["viewer", "at"], name="look_viewer"),
        ]

    def __str__(self) -> str:
        return f"{self.viewer_id} → {self.subject_kind}:{self.subject_key}.{self.field}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise LedgerIsAppendOnly("A look is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise LedgerIsAppendOnly("A look is never removed.")
