"""What periodic work remembers of itself."""

from django.db import models


class Slot(models.Model):
    """One turn of a periodic job: `slot` says which, "2026-11-21" or the beat's moment."""

    name = models.CharField("作业", max_length=80)
    slot = models.CharField("时段", max_length=40)
    began_at = models.DateTimeField("开始")
    finished_at = models.DateTimeField("完成", null=True)
    cursor = models.JSONField("做到哪里", null=True)
    # How many slices are behind `cursor`: who finds another number has been overtaken.
    slices = models.PositiveIntegerField("已做片数", db_default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("name", "slot"), name="one_row_for_each_slot"),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.slot}"
