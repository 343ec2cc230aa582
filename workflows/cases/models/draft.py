"""Draft 草稿: an application that has not been handed in yet."""

import uuid

from django.db import models


class Draft(models.Model):
    """What somebody has typed so far. Personal values in `data` and `parties` are sealed.

    Its id becomes the case's `draft_key`: handing it in twice gives one case.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="drafts")
    # A draft begun at a window belongs to the office, so that a colleague can go on.
    office = models.ForeignKey("offices.Office", models.CASCADE, null=True, blank=True)
    matter = models.ForeignKey("catalogue.Matter", models.CASCADE)
    version = models.ForeignKey("catalogue.MatterVersion", models.CASCADE)
    origin_region = models.ForeignKey("offices.Region", models.PROTECT, null=True, blank=True)
    id_number_index = models.CharField(max_length=64, blank=True, default="", db_index=True)
    data = models.JSONField(default=dict)
    parties = models.JSONField(default=list)
    answers = models.JSONField(default=dict)
    started_at = models.DateTimeField(auto_now_add=True)
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        default_permissions = ()
        ordering = ["-saved_at"]

    def __str__(self) -> str:
        return str(self.id)
