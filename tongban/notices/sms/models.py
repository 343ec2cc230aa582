"""What is known of a text message beyond its notice, and the codes that people type back."""

import uuid

from django.db import models
from django.db.models import Q

from tongban.accounts.personal import EncryptedTextField


class SmsHandover(models.Model):
    """Which gateway has a notice, or may have it: written before the request goes out.

    No row: no gateway was given the message. Without ``accepted_at`` its answer did not come, and
    nobody but this gateway may be given the message until it was asked. ``given_up_at``: it could
    not be asked for a day; only a person sends it again.
    """

    class Receipt(models.TextChoices):
        NONE = "", "等待回执"
        ARRIVED = "arrived", "已到手机"
        NOT_ARRIVED = "not_arrived", "未到手机"

    notice = models.OneToOneField(
        "notices.Notice", models.PROTECT, primary_key=True, related_name="sms_handover"
    )
    gateway = models.CharField("短信平台", max_length=40)
    # The phone it went to: the account's may change before the receipt is there. Then forgotten.
    phone = EncryptedTextField("手机号码", default="", db_default="")
    handed_over_at = models.DateTimeField("交出时刻")
    accepted_at = models.DateTimeField("平台接收时刻", null=True)
    given_up_at = models.DateTimeField("放弃查询时刻", null=True)
    reference = models.CharField("平台流水号", max_length=100, default="", db_default="")
    parts = models.PositiveSmallIntegerField("计费条数", default=1, db_default=1)
    receipt = models.CharField(
        "回执", max_length=11, choices=Receipt, default=Receipt.NONE, db_default=""
    )
    receipt_at = models.DateTimeField("回执时刻", null=True)
    receipt_code = models.CharField("回执码", max_length=60, default="", db_default="")
    look_at = models.DateTimeField("下次查回执", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "短信交付"
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(receipt__in=["", "arrived", "not_arrived"]),
                name="sms_handover_receipt_known",
            ),
            models.CheckConstraint(
                condition=Q(receipt="") | Q(receipt_at__isnull=False),
                name="sms_handover_receipt_has_moment",
            ),
        ]
        indexes = [
            models.Index(
                fields=["look_at"], condition=Q(look_at__isnull=False), name="sms_handover_look"
            )
        ]

    def __str__(self) -> str:
        return f"notice {self.notice_id} · {self.gateway}"


class PhoneCode(models.Model):
    """A code sent to a phone: typed back, it opens what it is about. Five minutes, five tries.

    ``about`` is empty where there was nothing to open: such a code is never sent and never right,
    so that asking tells nobody whether there is something.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    about = models.CharField("打开什么", max_length=120, default="")
    code_hash = models.CharField("验证码散列", max_length=64)
    # Until it is sent, for the dispatcher alone; empty from then on.
    sealed = EncryptedTextField("待发送的验证码", default="")
    made_at = models.DateTimeField("产生时刻")
    expires_at = models.DateTimeField("失效时刻")
    tries = models.PositiveSmallIntegerField("已试次数", default=0)
    used_at = models.DateTimeField("使用时刻", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "短信验证码"
        default_permissions = ()
        indexes = [models.Index(fields=["expires_at"], name="phone_code_expires")]

    def __str__(self) -> str:
        return str(self.pk)
