"""Certificates in a person's folder, what was asked of issuers, what was shown, verified and used."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from tongban.accounts.personal import EncryptedTextField, mask_id_number, mask_name
from tongban.sharing.models.asking import AppendOnly

from .kinds import PROVINCES, Kind, kinds
from .standing import Standing, standing


class Certificate(models.Model):
    """One certificate of one person as its issuer last stated it.

    statement: sealed, what the issuer signed. digest: SHA-256 of the signature, by which the same
    statement is known again without its content. `status` is the issuer's word; that the time has run
    out follows from `valid_to` (the last day; None: for good) and is never stored.
    """

    class Status(models.TextChoices):
        VALID = "valid", "有效"
        SUSPENDED = "suspended", "已暂停使用"
        REVOKED = "revoked", "已注销或吊销"
        # The register that once stated it does no longer; only this site says so.
        MISSING = "missing", "签发机关已查不到"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    holder = models.ForeignKey("accounts.User", models.PROTECT, related_name="certificates")
    holder_index = models.CharField(max_length=64, db_index=True)
    kind = models.CharField(max_length=40)
    province = models.ForeignKey("offices.Province", models.PROTECT, related_name="+")
    issuer = models.CharField(max_length=128)
    number = EncryptedTextField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    status = models.CharField(max_length=10, choices=Status)
    statement = EncryptedTextField()
    signature = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    fetched_at = models.DateTimeField()
    checked_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["kind", "province_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["holder", "kind", "province"], name="certificate_once_a_holder"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="certificate_span_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.province_id}"

    @property
    def about(self) -> Kind:
        return kinds()[self.kind]

    @property
    def name(self) -> str:
        """As its province calls it."""
        return self.about.name_in(self.province_id)

    @property
    def province_name(self) -> str:
        return PROVINCES[self.province_id]

    @property
    def masked_number(self) -> str:
        return masked(self.number)

    @property
    def masked_holder(self) -> str:
        return mask_name(self.holder.name)

    def standing(self, on: dt.date) -> Standing:
        return standing(self.status, self.valid_from, self.valid_to, on)


class Inquiry(models.Model):
    """One question to an issuer's register: for the person's own folder, or to check what is used.

    wording: what the person agreed to. For the folder a register is asked once a day and no more;
    a register that could not be reached does not count.
    """

    class Purpose(models.TextChoices):
        OWN = "own", "本人领取或更新"
        HANDING_IN = "handing_in", "提交申请前核验"
        DECIDING = "deciding", "办理机构核验"

    class Outcome(models.TextChoices):
        ASKED = "asked", "查询中"
        KEPT = "kept", "已取得"
        NOT_FOUND = "not_found", "未查到"
        REFUSED = "refused", "对方不予提供"
        FAILED = "failed", "未能连通"
        UNTRUSTED = "untrusted", "验签未通过"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    holder = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    office = models.ForeignKey("offices.Office", models.PROTECT, null=True, related_name="+")
    purpose = models.CharField(max_length=12, choices=Purpose)
    resource = models.ForeignKey("sharing.Resource", models.PROTECT, related_name="+")
    subject_kind = models.CharField(max_length=20, blank=True, default="")
    subject_key = models.CharField(max_length=64, blank=True, default="")
    wording = models.TextField()
    day = models.DateField()
    asked_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.ASKED)
    reason = models.CharField(max_length=200, blank=True, default="")
    certificate = models.ForeignKey(
        Certificate, models.PROTECT, null=True, related_name="inquiries"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["holder", "resource", "day"],
                condition=Q(purpose="own") & ~Q(outcome="failed"),
                name="inquiry_own_once_a_day",
            )
        ]
        indexes = [models.Index(fields=["certificate", "-asked_at"], name="inquiry_certificate")]

    def __str__(self) -> str:
        return f"{self.resource_id} {self.outcome}"


class Showing(models.Model):
    """A code that a holder holds up: good until `expires_at`, for one verification by an office.

    token_hash: SHA-256 of the token, which is kept nowhere but in the holder's own session. session: that
    session's key, until the code is verified; with the session the code ends. A newer code of the
    same certificate sets `voided_at`.
    """

    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="showings")
    token_hash = models.CharField(max_length=64, unique=True)
    session = EncryptedTextField(null=True)
    shown_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["certificate", "-id"], name="showing_certificate")]

    def __str__(self) -> str:
        return f"{self.certificate_id} {self.shown_at}"


class Verification(AppendOnly):
    """An office verified a code, or tried to: never changed, and the holder sees it."""

    class Outcome(models.TextChoices):
        VALID = "valid", "核验通过"
        NOT_VALID = "not_valid", "证照当时无效"
        EXPIRED = "expired", "未通过：码已过期"
        VOIDED = "voided", "未通过：码已换新或已退出登录"
        USED = "used", "未通过：码已核验过"

    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="verifications")
    showing = models.ForeignKey(Showing, models.PROTECT, related_name="verifications")
    office = models.ForeignKey("offices.Office", models.PROTECT, related_name="+")
    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["showing"],
                condition=Q(outcome__in=["valid", "not_valid"]),
                name="verification_one_a_code",
            )
        ]
        indexes = [models.Index(fields=["certificate", "-id"], name="verification_certificate")]

    def __str__(self) -> str:
        return f"{self.certificate_id} {self.outcome}"


class UseQuerySet(models.QuerySet["Use"]):
    def standing(self) -> UseQuerySet:
        return self.filter(taken_back_at=None)


class Use(models.Model):
    """A certificate in the place of a paper: which one, as it was when it was chosen.

    subject: the application, like a look-up's (`sharing.LookUp`). number and digest stay as they
    were, whatever the folder says later.
    """

    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="uses")
    subject_kind = models.CharField(max_length=20)
    subject_key = models.CharField(max_length=64)
    material_code = models.CharField(max_length=40)
    office = models.ForeignKey("offices.Office", models.PROTECT, related_name="+")
    used_in = models.ForeignKey("offices.Province", models.PROTECT, related_name="+")
    recognised_as = models.CharField(max_length=300)
    wording = models.TextField()
    number = EncryptedTextField()
    digest = models.CharField(max_length=64)
    valid_to = models.DateField(null=True)
    chosen_at = models.DateTimeField()
    handed_in_at = models.DateTimeField(null=True)
    taken_back_at = models.DateTimeField(null=True)

    objects: ClassVar[UseQuerySet] = UseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_key", "material_code"],
                condition=Q(taken_back_at=None),
                name="use_once_a_paper",
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject_kind}:{self.subject_key} {self.material_code}"

    @property
    def masked_number(self) -> str:
        return masked(self.number)


def masked(number: str) -> str:
    """Of a number that is no ID number, the last two signs stay."""
    if len(number) >= 15:
        return mask_id_number(number)
    return "*" * max(len(number) - 2, 0) + number[-2:]
