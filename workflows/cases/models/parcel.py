"""Parcel 邮寄件: paper on the road between two offices, with its hand-over sheet 交接单."""

from django.db import models
from django.db.models import Q


class Parcel(models.Model):
    """One envelope; it may carry the papers of many cases. The sender holds until it is signed for."""

    number = models.CharField("交接单号", max_length=40, unique=True)
    waybill = models.CharField("运单号", max_length=40, blank=True, default="")
    sender = models.ForeignKey("offices.Office", models.PROTECT, related_name="sent_parcels")
    receiver = models.ForeignKey("offices.Office", models.PROTECT, related_name="parcels_to_come")
    sent_at = models.DateTimeField("寄出时刻")
    sent_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        default_permissions = ()
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["waybill", "sender", "receiver"],
                condition=~Q(waybill=""),
                name="one_parcel_per_waybill",
            )
        ]

    def __str__(self) -> str:
        return self.number


class ParcelItem(models.Model):
    """One paper of one case inside a parcel, ticked off on arrival."""

    parcel = models.ForeignKey(Parcel, models.CASCADE, related_name="items")
    case = models.ForeignKey("cases.Case", models.CASCADE, related_name="parcel_items")
    material = models.ForeignKey(
        "cases.Material", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    name = models.CharField("名称", max_length=200)
    copies = models.PositiveSmallIntegerField("份数", default=1)
    arrived = models.BooleanField("已签收", null=True, blank=True)
    signed_at = models.DateTimeField("签收时刻", null=True, blank=True)
    signed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    note = models.CharField("备注", max_length=200, blank=True, default="")

    class Meta:
        default_permissions = ()
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
