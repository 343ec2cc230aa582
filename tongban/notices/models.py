"""What is owed to somebody, and what became of it: one row per event, channel and recipient."""

from datetime import time

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from tongban.accounts.personal import EncryptedTextField


class Channel(models.TextChoices):
    INBOX = "inbox", "站内消息"
    EMAIL = "email", "电子邮件"
    SMS = "sms", "短信"
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
    # After this moment it says nothing that helps (see `judging`).
    useful_until = models.DateTimeField("有用至", null=True)
    # Notices of one topic to one recipient by one channel: a later one makes an unsent earlier one
    # void. A topic is looked up within its subject, by `notice_subject`: it has no index of its own.
    topic = models.CharField("话题", max_length=120, default="", db_default="")
    superseded_by = models.CharField("被取代", max_length=120, default="", db_default="")

    class Meta:
        verbose_name = verbose_name_plural = "通知"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["event_key", "channel", "recipient"], name="notice_owed_once"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=["inbox", "email", "sms", "webhook"]),
                name="notice_channel_known",
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
            models.CheckConstraint(
                condition=Q(topic="") | ~Q(subject_key=""), name="notice_topic_has_subject"
            ),
        ]
        indexes = [
            models.Index(
                fields=["channel", "next_attempt_at"],
                condition=Q(state="pending"),
                name="notice_due",
            ),
            # What goes out first when much is waiting; few rows, and none for the inbox.
            models.Index(
                fields=["channel", "useful_until"],
                condition=Q(state="pending", useful_until__isnull=False),
                name="notice_due_useful",
            ),
            # How many went out in the last minute, or hour; never an entry while a step is written.
            models.Index(
                fields=["channel", "delivered_at"],
                condition=Q(state="delivered") & ~Q(channel="inbox"),
                name="notice_sent",
            ),
            models.Index(
                fields=["claimed_until"], condition=Q(state="sending"), name="notice_sending"
            ),
            models.Index(
                fields=["-created_at", "-id"],
                condition=Q(state__in=["failed", "unsure"]),
                name="notice_needs_person",
            ),
            # What was dropped, for whoever asks why; an entry only when something is.
            models.Index(
                fields=["-created_at", "-id"],
                condition=Q(state="skipped"),
                name="notice_dropped",
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
            # Papers that were opened of late; an entry only when one is.
            models.Index(
                fields=["read_at"],
                condition=Q(read_at__isnull=False, document_id__isnull=False),
                name="notice_paper_read",
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


class Outage(models.Model):
    """A time in which a channel reached nobody: declared by a person or found by `outages`."""

    id = models.BigAutoField(primary_key=True)
    channel = models.CharField("渠道", max_length=10)
    since = models.DateTimeField("开始")
    ended_at = models.DateTimeField("恢复", null=True)
    # None: nothing went out for some minutes while rows waited, and the check saw it.
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="登记人",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
    )
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="解除人",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
    )
    reason = models.CharField("情况", max_length=300, default="", db_default="")

    class Meta:
        verbose_name = verbose_name_plural = "渠道中断"
        default_permissions = ()
        ordering = ["-since", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel"], condition=Q(ended_at=None), name="outage_one_open_a_channel"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("since")),
                name="outage_ends_after_its_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.since:%Y-%m-%d %H:%M}"


class Preference(models.Model):
    """How a person wants to be told besides the inbox; without a row the defaults hold."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name="用户",
        on_delete=models.CASCADE,
        related_name="notice_preference",
        primary_key=True,
    )
    by_email = models.BooleanField("电子邮件", default=True, db_default=True)
    by_sms = models.BooleanField("短信", default=True, db_default=True)
    # Shanghai's clock; the same twice: no quiet hours.
    quiet_from = models.TimeField("免打扰从", default=time(21), db_default=time(21))
    quiet_until = models.TimeField("免打扰到", default=time(8), db_default=time(8))
    digest = models.BooleanField("每日摘要", default=False, db_default=False)
    changed_at = models.DateTimeField("修改时刻", db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = "通知方式"
        default_permissions = ()
        indexes = [
            models.Index(fields=["user"], condition=Q(digest=True), name="preference_digest")
        ]

    def __str__(self) -> str:
        return f"user {self.user_id}"


# What belongs to one channel lies with it; Django looks for models here.
from .sms.models import PhoneCode, SmsHandover  # noqa: E402
from .wording.models import TextVersion  # noqa: E402

__all__ = [
    "Channel",
    "Endpoint",
    "Notice",
    "NoticeState",
    "Outage",
    "PhoneCode",
    "Preference",
    "SmsHandover",
    "TextVersion",
]


class Decision(models.Model):
    """What somebody decided about a notice that no machine would touch again."""

    class Kind(models.TextChoices):
        RETRY = "retry", "重新发送"
        SKIP = "skip", "不再发送"
        CONFIRM = "confirm", "确认已送达"

    id = models.BigAutoField(primary_key=True)
    notice = models.ForeignKey(Notice, models.CASCADE, related_name="decisions")
    kind = models.CharField("处理", max_length=8, choices=Kind)
    reason = models.CharField("说明", max_length=300, default="", db_default="")
    # None: taken by a command on the server.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="处理人",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        db_index=False,
    )
    at = models.DateTimeField("时刻")

    class Meta:
        verbose_name = verbose_name_plural = "通知处理记录"
        default_permissions = ()
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.kind}"


class Replay(models.Model):
    """A look for what was owed between two moments and has no row; unless a check, it is owed again.

    Another package looks and owes (the outbox knows nothing of cases); this keeps how far it is.
    """

    id = models.BigAutoField(primary_key=True)
    since = models.DateTimeField("从")
    until = models.DateTimeField("到")
    channels = ArrayField(models.CharField(max_length=10), verbose_name="渠道")
    is_check = models.BooleanField("只检查")
    # None: asked for by the clock, every night.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="发起人",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        db_index=False,
    )
    asked_at = models.DateTimeField("发起时刻")
    events = models.PositiveIntegerField("看过的流转记录", default=0, db_default=0)
    missing = models.PositiveIntegerField("缺的通知", default=0, db_default=0)
    finished_at = models.DateTimeField("完成时刻", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "通知补查"
        default_permissions = ()
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(since__lt=F("until")), name="replay_has_a_duration"),
        ]

    def __str__(self) -> str:
        return f"{self.since:%Y-%m-%d %H:%M} – {self.until:%Y-%m-%d %H:%M}"
