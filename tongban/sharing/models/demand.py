"""Supply and demand 供需对接: an office asks for data that it lacks, the holder answers in time."""

from django.db import models
from django.db.models import Q

from .asking import AppendOnly
from .catalogue import Holder, Resource


class Demand(models.Model):
    """What an office needs of a holder. `due_on` is the last day of the holder's time.

    While the holder has asked back, its time stands still: `days_left` keeps what remained.
    `turn` counts the entries; whoever answers says which one they saw.
    """

    class State(models.TextChoices):
        OPEN = "open", "待答复"
        ASKED_BACK = "asked_back", "待补充说明"
        ACCEPTED = "accepted", "同意提供"
        REFUSED = "refused", "不予提供"

    office = models.ForeignKey("offices.Office", models.PROTECT, related_name="+")
    holder = models.ForeignKey(Holder, models.PROTECT, related_name="demands")
    title = models.CharField(max_length=80)
    need = models.CharField(max_length=500)
    ground = models.CharField(max_length=300)
    fields_wanted = models.CharField(max_length=500)
    item_key = models.CharField(max_length=80, blank=True, default="")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    made_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    due_on = models.DateField()
    days_left = models.PositiveSmallIntegerField(null=True)
    answered_at = models.DateTimeField(null=True)
    resource = models.ForeignKey(Resource, models.PROTECT, null=True, related_name="+")
    turn = models.PositiveSmallIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(resource__isnull=False),
                name="demand_accepted_with_a_resource",
            ),
            models.CheckConstraint(
                condition=~Q(state="asked_back") | Q(days_left__isnull=False),
                name="demand_time_stands_still",
            ),
        ]
        indexes = [
            models.Index(fields=["office", "-id"], name="demand_office"),
            models.Index(fields=["holder", "-id"], name="demand_holder"),
            models.Index(fields=["due_on"], name="demand_due", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return self.title


class Turn(AppendOnly):
    """One thing that one side said in a demand; never changed."""

    class Kind(models.TextChoices):
        MADE = "made", "提出需求"
        ASKED_BACK = "asked_back", "要求补充说明"
        EXPLAINED = "explained", "补充说明"
        ACCEPTED = "accepted", "同意提供"
        REFUSED = "refused", "不予提供"

    demand = models.ForeignKey(Demand, models.PROTECT, related_name="turns")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    text = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    office = models.ForeignKey("offices.Office", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["demand", "number"], name="demand_turn_once")
        ]

    def __str__(self) -> str:
        return f"{self.demand_id}#{self.number} {self.kind}"
