"""Thin tasks: each calls one function that a management command calls as well."""

from celery import shared_task

from tongban.notices.dispatch import deliver_together
from tongban.notices.sms.receipts import fetch_receipts


@shared_task(name="notices.deliver")
def deliver() -> None:
    """Everything due, within each channel's own time budget; the next run takes the rest."""
    deliver_together()


@shared_task(name="notices.fetch_receipts")
def receipts() -> None:
    """Whether text messages reached their phones."""
    fetch_receipts()
