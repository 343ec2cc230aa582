"""What other systems come in with, and what they were answered."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class ApiKey(models.Model):
    """A key of one system. Only its digest is kept: who lost theirs is given another one.

    The system acts as `user`, a service account that nobody signs in to; what it may do is what its
    postings at offices say, as with everybody else.
    """

    name = models.CharField("系统名称", max_length=100)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="api_keys", verbose_name="服务账号"
    )
    prefix = models.CharField("前缀", max_length=12, unique=True)
    digest = models.CharField("摘要", max_length=64)
    created_at = models.DateTimeField("签发时刻")
    ends_at = models.DateTimeField("失效时刻", null=True, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=models.F("created_at")),
                name="api_key_ends_after_it_begins",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.prefix}…"


class KeptAnswer(models.Model):
    """The answer to a request with an Idempotency-Key: the same key gets the same answer again."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=80)
    # Of method, address and body: the same key for something else is a mistake of the caller's.
    request = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.JSONField(default=dict)
    made_at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="answered_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.key}: {self.status}"
