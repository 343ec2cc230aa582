"""Material 材料 and Upload: a paper of a case and the file that shows it."""

import uuid

from django.db import models


class Upload(models.Model):
    """A file somebody handed in, kept outside the web root under its random id."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey("accounts.User", models.PROTECT, related_name="uploads")
    case = models.ForeignKey(
        "cases.Case", models.PROTECT, null=True, blank=True, related_name="uploads"
    )
    draft_key = models.UUIDField(null=True, blank=True, db_index=True)
    material_code = models.CharField(max_length=40, blank=True, default="")
    name = models.CharField("文件名", max_length=200)
    content_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


class Material(models.Model):
    """One entry of a case's list of papers and where it stands."""

    class Status(models.TextChoices):
        OWED = "owed", "待交"
        HANDED_IN = "handed_in", "已交"
        RECEIVED = "received", "属地已签收"
        MISSING = "missing", "缺失"
        # 免证办: a register has said yes, nobody has to bring the paper.
        SHARED = "shared", "免交，已核验"

    case = models.ForeignKey("cases.Case", models.CASCADE, related_name="materials")
    code = models.CharField("材料代码", max_length=40)
    name = models.CharField("材料名称", max_length=200)
    form = models.CharField("形式", max_length=12, default="original")
    copies = models.PositiveSmallIntegerField("份数", default=1)
    is_required = models.BooleanField("必要", default=True)
    status = models.CharField("情况", max_length=12, choices=Status.choices, default=Status.OWED)
    asked_by_supplement = models.BooleanField("补正要求", default=False)
    handed_in_at = models.DateTimeField("交件时刻", null=True, blank=True)
    note = models.CharField("备注", max_length=200, blank=True, default="")
    uploads = models.ManyToManyField(Upload, blank=True, related_name="materials")

    class Meta:
        default_permissions = ()
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["case", "code"], name="material_once")]

    def __str__(self) -> str:
        return self.name
