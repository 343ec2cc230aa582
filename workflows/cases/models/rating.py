"""Rating 好差评: one per case, kept with the offices it speaks of."""

from django.db import models
from django.db.models import Q


class Rating(models.Model):
    class Level(models.IntegerChoices):
        VERY_GOOD = 5, "非常满意"
        GOOD = 4, "满意"
        FAIR = 3, "基本满意"
        BAD = 2, "不满意"
        VERY_BAD = 1, "非常不满意"

    case = models.OneToOneField("cases.Case", models.PROTECT, related_name="rating")
    level = models.PositiveSmallIntegerField("评价", choices=Level.choices)
    comment = models.TextField("意见", blank=True, default="")
    rated_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    rated_at = models.DateTimeField("评价时刻")

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(level__range=(1, 5)), name="rating_level_1_to_5")
        ]

    def __str__(self) -> str:
        return self.get_level_display()

    @property
    def is_bad(self) -> bool:
        """差评: the lowest two of the five levels."""
        return self.level <= self.Level.BAD
