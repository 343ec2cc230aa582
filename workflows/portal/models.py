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
