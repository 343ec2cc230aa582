"""Wake: a closed child owes its parent a look. Written in the child's transaction, taken later."""

from django.db import models
from django.db.models import Q


class Wake(models.Model):
    """A closing child never locks its parent; it leaves this row, and the sweep takes the parent's step."""

    parent = models.ForeignKey("cases.Case", models.CASCADE, related_name="+")
    child = models.ForeignKey("cases.Case", models.CASCADE, related_name="+")
    outcome = models.CharField(max_length=20)
    owed_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["child"], name="one_wake_per_child")]
        indexes = [models.Index(fields=["owed_at"], name="wake_owed", condition=Q(taken_at=None))]

    def __str__(self) -> str:
        return f"{self.child_id} → {self.parent_id}"
