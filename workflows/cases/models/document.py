"""Document 文书 and its Service 送达."""

from django.db import models


class Document(models.Model):
    """A numbered paper that an office issued in a case; its content is kept as it was issued."""

    class Kind(models.TextChoices):
        RECEIPT = "receipt", "收件凭证"
        ACCEPTANCE = "acceptance", "受理通知书"
        SUPPLEMENT = "supplement", "一次性补正告知书"
        NOT_ACCEPTED = "not_accepted", "不予受理决定书"
        REFUSAL = "refusal", "不予决定书"
        EXTENSION = "extension", "延长办理期限告知书"
        SPECIAL = "special", "特别程序告知书"
        CONCLUSION = "conclusion", "办结通知书"
        RESULT = "result", "办理结果"
        CLEARING = "clearing", "跨省异地就医清算单"

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="documents")
    kind = models.CharField("文书种类", max_length=16, choices=Kind.choices)
    number = models.CharField("文书编号", max_length=48, unique=True)
    seq = models.PositiveIntegerField("由第几步出具")
    office = models.ForeignKey("offices.Office", models.PROTECT, null=True, related_name="+")
    content = models.JSONField("内容")
    issued_at = models.DateTimeField("出具时刻")
    starts_limit = models.BooleanField("送达起算期限", default=False)

    class Meta:
        default_permissions = ()
        ordering = ["id"]

    def __str__(self) -> str:
        return self.number


class Service(models.Model):
    """How and when a document reached the person, or how an attempt failed. A failure is not 送达."""

    class Way(models.TextChoices):
        INBOX = "inbox", "站内信阅读"
        EMAIL = "email", "电子邮件到达"
        PHONE = "phone", "电话告知"
        COUNTER = "counter", "窗口领取"
        POST = "post", "邮寄签收"

    document = models.ForeignKey(Document, models.PROTECT, related_name="services")
    way = models.CharField("送达方式", max_length=8, choices=Way.choices)
    succeeded = models.BooleanField("是否送达")
    at = models.DateTimeField("送达时刻")
    receiver = models.CharField("受送达人", max_length=100, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)
    recorded_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        default_permissions = ()
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.document_id} {self.way}"
