"""Which office offers a matter (事项认领), and when a matter is not taken at all for a while (暂停)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class MatterClaim(models.Model):
    """An office says: we take this, here, at this phone, and this is what we look at.

    matter: None claims all that offices of its kind are there for, in one row; a row of its own for
    one matter goes before it, and one that was withdrawn after it takes the matter out again.
    Rows are ended, never changed: what an office said on a day can be read later.
    """

    office = models.ForeignKey("offices.Office", models.PROTECT, related_name="+", db_index=False)
    matter = models.ForeignKey("catalogue.Matter", models.PROTECT, null=True, related_name="+")
    phone = models.CharField("咨询电话", max_length=40)
    complaint_phone = models.CharField("投诉电话", max_length=40, blank=True, default="")
    place = models.CharField("办理地点", max_length=200, blank=True, default="")
    hours = models.CharField("办理时间", max_length=200, blank=True, default="")
    checklist = ArrayField(models.CharField(max_length=200), verbose_name="收件要点", default=list)
    claimed_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", db_index=False
    )
    claimed_at = models.DateTimeField("认领时刻")
    withdrawn_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", db_index=False
    )
    withdrawn_at = models.DateTimeField("退出时刻", null=True)
    withdrawn_why = models.CharField("退出原因", max_length=200, blank=True, default="")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["office", "matter"],
                condition=Q(withdrawn_at=None),
                nulls_distinct=False,
                name="claimed_once",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | ~Q(withdrawn_why=""),
                name="claim_withdrawn_for_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["office", "matter"], name="claim_of_office")]

    def __str__(self) -> str:
        return f"{self.office_id}: {self.matter_id or '*'}"


class Pause(models.Model):
    """暂停办理: of a matter, of an office or within a province, or where these meet, from–to.

    ends_at None: until somebody ends it. Ended rows stay: they are the record of who did it.
    """

    matter = models.ForeignKey("catalogue.Matter", models.PROTECT, null=True, related_name="+")
    office = models.ForeignKey("offices.Office", models.PROTECT, null=True, related_name="+")
    province = models.CharField("省市", max_length=6, blank=True, default="")
    sentence = models.CharField("说明", max_length=200)
    begins_at = models.DateTimeField("从")
    ends_at = models.DateTimeField("到", null=True)
    made_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", db_index=False
    )
    made_at = models.DateTimeField("设置时刻")
    ended_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", db_index=False
    )
    ended_at = models.DateTimeField("提前结束时刻", null=True)

    class Meta:
        default_permissions = ()
        ordering = ["-begins_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(matter=None, office=None, province=""), name="pause_of_something"
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=models.F("begins_at")),
                name="pause_ends_after_it_begins",
            ),
        ]
        indexes = [
            # The few that hold or will: looked at by every page that offers a matter.
            models.Index(fields=["begins_at"], condition=Q(ended_at=None), name="pause_not_ended"),
        ]

    def __str__(self) -> str:
        return self.sentence
