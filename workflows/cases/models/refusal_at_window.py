"""TurnedAway 不予收件登记: somebody came to the window and left without a case, and why."""

from django.db import models

from tongban.accounts.personal import BlindIndexField, EncryptedTextField


class TurnedAway(models.Model):
    # Of the form as it was shown: sent twice it is one entry.
    form_key = models.UUIDField("登记表标识", unique=True, null=True, blank=True)
    # turned_away_office begins with it.
    office = models.ForeignKey("offices.Office", models.PROTECT, related_name="+", db_index=False)
    clerk = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    matter = models.ForeignKey("catalogue.Matter", models.PROTECT, null=True, blank=True)
    person_name = models.CharField("来人姓名", max_length=100, blank=True, default="")
    id_number = EncryptedTextField("证件号码", blank=True, default="")
    id_number_index = BlindIndexField(source="id_number")
    reason = models.TextField("不予收件理由")
    advice = models.TextField("告知的办理途径", blank=True, default="")
    at = models.DateTimeField("时刻")

    class Meta:
        default_permissions = ()
        ordering = ["-id"]
        # A window's list of today.
        indexes = [models.Index(fields=["office", "-at"], name="turned_away_office")]

    def __str__(self) -> str:
        return f"{self.office_id} {self.at:%Y-%m-%d}"
