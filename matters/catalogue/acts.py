"""What was done to a version, by whom and when: append-only, and kept when a draft is discarded."""

from django.db import models


class VersionAct(models.Model):
    """One act on one version. The version is named by id: a discarded draft is gone, its acts stay.

    from_version: the published version that the draft rests on. fingerprint: sha256 of the
    definition as it stood after the act. A trigger refuses UPDATE and DELETE.
    """

    class Kind(models.TextChoices):
        DRAFTED = "drafted", "起草"
        CHANGED = "changed", "修改草稿"
        REBASED = "rebased", "改以新版本为底本"
        DISCARDED = "discarded", "废弃草稿"
        PUBLISHED = "published", "发布"

    matter = models.ForeignKey("catalogue.Matter", models.PROTECT, related_name="version_acts")
    version_id = models.BigIntegerField("版本标识", db_index=True)
    number = models.PositiveIntegerField("版本号")
    kind = models.CharField("动作", max_length=12, choices=Kind.choices)
    from_version_id = models.BigIntegerField("底本", null=True)
    from_number = models.PositiveIntegerField("底本版本号", null=True)
    valid_from = models.DateField("生效日期")
    fingerprint = models.CharField("内容指纹", max_length=64)
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    by_name = models.CharField("办理人", max_length=100)
    at = models.DateTimeField("时刻")

    class Meta:
        default_permissions = ()
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.matter_id} v{self.number} {self.kind}"
