"""Who is insured where 参保登记, as the agency of the place of insurance holds it."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from matters.money import MoneyField
from tongban.accounts.personal import BlindIndexField, EncryptedTextField
from tongban.offices.models import Dated


class Insured(models.Model):
    """One person's cover in one 统筹区: 重庆 is one, in 四川 each city is.

    `pool` is the 统筹区's region code (500000, 510100…). `person_class` is a class that the pool's
    rule file knows (active 在职, retired 退休, tier_1 一档, high 高档, minor 未成年…): it is checked there.
    """

    class Type(models.TextChoices):
        EMPLOYEE = "employee", "职工"
        RESIDENT = "resident", "居民"

    psn_no = models.CharField("人员编号", max_length=30, unique=True)
    name = models.CharField(max_length=100)
    id_number = EncryptedTextField(null=True, blank=True)
    id_number_index = BlindIndexField(source="id_number")
    pool = models.ForeignKey("offices.Region", models.PROTECT, related_name="+")
    insured_type = models.CharField(max_length=8, choices=Type)
    person_class = models.CharField(max_length=24)
    born_on = models.DateField()
    # 个人账户; residents have none. Only the ledger's booking changes it.
    account_balance = MoneyField(default=Decimal(0))
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    is_demonstration = models.BooleanField(default=False)

    objects: ClassVar[Dated[Insured]] = Dated.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["id_number_index", "pool", "valid_from"], name="insured_once_per_pool"
            ),
            models.CheckConstraint(
                condition=Q(insured_type__in=["employee", "resident"]), name="insured_type_known"
            ),
            models.CheckConstraint(
                condition=Q(account_balance__gte=0), name="insured_account_never_below_zero"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="insured_span_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.psn_no


class Freeze(models.Model):
    """待遇封锁: days on which benefits stand still, for arrears or a waiting time.

    From `from_on` until the day before `to_on` (None: still). Once `paid_back_on` is set and
    `is_covered`, fees of those days may be claimed by hand; direct settlement stays refused.
    """

    insured = models.ForeignKey(Insured, models.PROTECT, related_name="freezes")
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=200)
    paid_back_on = models.DateField(null=True, blank=True)
    is_covered = models.BooleanField(default=False)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(to_on=None) | Q(to_on__gt=F("from_on")), name="freeze_span_is_whole"
            )
        ]

    def __str__(self) -> str:
        return f"{self.insured_id}: {self.from_on}"


class Chronic(models.Model):
    """A chronic disease 门诊慢特病 that the place of insurance has recognised for a person."""

    insured = models.ForeignKey(Insured, models.PROTECT, related_name="chronic")
    disease = models.CharField(max_length=40)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    objects: ClassVar[Dated[Chronic]] = Dated.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["insured", "disease", "valid_from"], name="chronic_once"
            )
        ]

    def __str__(self) -> str:
        return self.disease
