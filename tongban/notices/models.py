"""What is owed to somebody, and what became of it: one row per event, channel and recipient."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from tongban.accounts.personal import EncryptedTextField


class Channel(models.TextChoices):
    INBOX = "inbox", "站内消息"
    EMAIL = "email", "电子邮件"
    WEBHOOK = "webhook", "系统通知"


class NoticeState(models.TextChoices):
    PENDING = "pending", "待发送"
    # Recorded in the moment before the text is handed to the mail server: the point of no return.
    SENDING = "sending", "发送中"
    DELIVERED = "delivered", "已送出"
    FAILED = "failed", "发送失败"
    # Handed over, and no answer came: it may have arrived. Only a person may decide to send again.
    UNSURE = "unsure", "结果不明"
    SKIPPED = "skipped", "不再发送"


class Endpoint(models.Model):
    """Where a system of some offices hears of what happens in their cases (webhook).

    The engine owes each step to every endpoint whose offices have a part in the case, within the
    statement that writes the step (`workflows.cases.ledger`).
    """

    name = models.CharField("系统名称", max_length=100)
    url = models.CharField("地址", max_length=400)
    secret = EncryptedTextField("签名密钥")
    office_ids = ArrayField(models.BigIntegerField(), verbose_name="机构")
    is_active = models.BooleanField("启用", default=True)
    created_at = models.DateTimeField("登记时刻", db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = "系统通知地址"
        default_permissions = ()
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.name} {self.url}"


class Notice(models.Model):
    """One message owed to one recipient by one channel.

    ``context`` feeds the text template and never holds personal data beyond a masked name;
    ``subject_kind`` and ``subject_key`` name what it is about (a case, say) without a foreign key,
    because this package knows nothing of cases. ``claimed_until`` is the claim of the worker that
    is at it, and tells that worker's claim from any other.
    """

    id = models.BigAutoField(primary_key=True)
    event_key = models.CharField("事件", max_length=120)
    channel = models.CharField("渠道", max_length=10, choices=Channel)
    recipient = models.CharField("收件人", max_length=120)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="用户",
        # What was told to whom is evidence: it outlives the wish to delete the person's account.
        on_delete=models.PROTECT,
        related_name="notices",
        null=True,
        # `notice_inbox` serves every look-up by person; one index less to write in each step.
        db_index=False,
    )
    address = EncryptedTextField("地址", null=True)
    template = models.CharField("模板", max_length=60)
    context = models.JSONField("内容", default=dict, db_default={})
    subject_kind = models.CharField("关于", max_length=40, default="", db_default="")
    subject_key = models.CharField("关于(编号)", max_length=120, default="", db_default="")
    document_id = models.BigIntegerField("文书", null=True)
    state = models.CharField(
        "状态",
        max_length=10,
        choices=NoticeState,
        default=NoticeState.PENDING,
        db_default=NoticeState.PENDING,
    )
    attempts = models.PositiveSmallIntegerField("次数", default=0, db_default=0)
    next_attempt_at = models.DateTimeField("下次发送", null=True)
    claimed_until = models.DateTimeField("占用至", null=True)
    created_at = models.DateTimeField("产生时间", db_default=Now())
    delivered_at = models.DateTimeField("送出时间", null=True)
    read_at = models.DateTimeField("阅读时间", null=True)
    last_error = models.TextField("最近的错误", default="", db_default="")
    skip_reason = models.CharField("不再发送的原因", max_length=300, default="", db_default="")

    class Meta:
        verbose_name = verbose_name_plural = "通知"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["event_key", "channel", "recipient"], name="notice_owed_once"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=["inbox", "email", "webhook"]), name="notice_channel_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["pending", "sending", "delivered", "failed", "unsure", "skipped"]
                ),
                name="notice_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(channel="inbox")
                | Q(state="delivered", delivered_at__isnull=False, user__isnull=False),
                name="notice_inbox_born_delivered",
            ),
            models.CheckConstraint(
                condition=~Q(state="delivered") | Q(delivered_at__isnull=False),
                name="notice_delivered_has_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state="pending") | Q(next_attempt_at__isnull=False),
                name="notice_pending_has_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(claimed_until__isnull=False),
                name="notice_sending_is_claimed",
            ),
            models.CheckConstraint(
                condition=~Q(state="skipped") | ~Q(skip_reason=""),
                name="notice_skipped_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(read_at__isnull=True) | Q(channel="inbox"),
                name="notice_only_inbox_is_read",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"], condition=Q(state="pending"), name="notice_due"
            ),
            models.Index(
                fields=["claimed_until"], condition=Q(state="sending"), name="notice_sending"
            ),
            models.Index(
                fields=["-created_at", "-id"],
                condition=Q(state__in=["failed", "unsure"]),
                name="notice_needs_person",
            ),
            models.Index(
                "user",
                F("created_at").desc(),
                F("id").desc(),
                condition=Q(channel="inbox"),
                name="notice_inbox",
            ),
            models.Index(
                "user",
                F("created_at").desc(),
                F("id").desc(),
                condition=Q(channel="inbox", read_at__isnull=True),
                name="notice_unread",
            ),
            models.Index(fields=["subject_kind", "subject_key"], name="notice_subject"),
            models.Index(
                fields=["document_id"],
                condition=Q(document_id__isnull=False),
                name="notice_document",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_key} · {self.channel} · {self.recipient}"
