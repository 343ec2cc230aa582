"""The history of edited texts: the last entry of a template holds."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class TextVersion(models.Model):
    """One edit of a template's words. An empty ``text`` goes back to the words of the file."""

    class Kind(models.TextChoices):
        MESSAGE = "message", "站内消息与电子邮件"
        SMS = "sms", "短信"

    kind = models.CharField("用于", max_length=8, choices=Kind)
    template = models.CharField("模板", max_length=60)
    text = models.TextField("内容", default="")
    # Of a text message: the gateways send it by this code and under this sign only.
    code = models.CharField("模板编号", max_length=40, default="")
    sign = models.CharField("签名", max_length=20, default="")
    reason = models.CharField("修改原因", max_length=200)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="修改人", related_name="+"
    )
    made_at = models.DateTimeField("修改时刻", db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = "通知文字的版本"
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["message", "sms"]), name="text_version_kind_known"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="text_version_has_a_reason"),
            models.CheckConstraint(
                condition=~Q(kind="sms") | Q(text="") | ~Q(code="") & ~Q(sign=""),
                name="text_version_sms_is_approved",
            ),
        ]
        indexes = [models.Index(fields=["kind", "template", "-id"], name="text_version_last")]

    def __str__(self) -> str:
        return f"{self.kind} {self.template} {self.pk}"
