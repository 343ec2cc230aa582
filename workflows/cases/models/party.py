"""Party 当事人: who a case is for and who may act in it."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from tongban.accounts.personal import BlindIndexField, EncryptedTextField


class Party(models.Model):
    """One person's part in one case. What a role may do is `parties.RIGHTS`."""

    class Role(models.TextChoices):
        APPLICANT = "applicant", "申请人"
        BENEFICIARY = "beneficiary", "受益人"
        GUARDIAN = "guardian", "监护人"
        AGENT = "agent", "代理人"
        CO_APPLICANT = "co_applicant", "共同申请人"
        CONTACT = "contact", "联系人"

    case = models.ForeignKey("cases.Case", models.CASCADE, related_name="parties")
    role = models.CharField("身份", max_length=12, choices=Role.choices)
    user = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="parties",
        db_index=False,  # party_user serves
    )
    name = models.CharField("姓名", max_length=100)
    id_number = EncryptedTextField("证件号码", blank=True, default="")
    id_number_index = BlindIndexField(source="id_number")
    phone = EncryptedTextField("手机号码", blank=True, default="")
    phone_index = BlindIndexField(source="phone")
    email = models.EmailField("电子邮箱", blank=True, default="")
    # An agent's 授权: what they may do, on which paper it rests, until when.
    relation = models.CharField("与申请人的关系", max_length=40, blank=True, default="")
    authority = models.CharField("授权依据", max_length=200, blank=True, default="")
    scope = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    expires_on = models.DateField("授权截止", null=True, blank=True)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["user", "case"], name="party_user"),
            models.Index(
                fields=["id_number_index"], name="party_id", condition=~Q(id_number_index=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.name}"

    def is_in_force(self, on: dt.date) -> bool:
        return self.expires_on is None or on <= self.expires_on
