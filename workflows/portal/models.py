"""What the portal keeps for itself."""

from django.db import models


class ProgressAttempt(models.Model):
    """One failed try to see a case's progress without signing in: counted, then forgotten in a day.

    `key` is a keyed hash of the typed number or of the address it came from, never either of them.
    """

    key = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["key", "at"], name="progress_attempt_key"),
            models.Index(fields=["at"], name="progress_attempt_at"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class Reminder(models.Model):
    """到时提醒我: the person is told on that day that the matter can be done now. Sent once."""

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    matter = models.ForeignKey("catalogue.Matter", models.CASCADE, related_name="+")
    due_at = models.DateTimeField()
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["user", "matter", "due_at"], name="reminded_once")
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(sent_at=None), name="reminder_to_send"
            )
        ]

    def __str__(self) -> str:
        return f"{self.due_at:%Y-%m-%d}"
