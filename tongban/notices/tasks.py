"""Thin tasks: each calls one function that a management command calls as well."""

from celery import shared_task

from tongban.notices.dispatch import deliver_due
from tongban.notices.webhooks import deliver_webhooks


@shared_task(name="notices.deliver")
def deliver() -> None:
    """Everything due, within the dispatcher's own time budget; the next run takes the rest."""
    deliver_due(limit=None)
    deliver_webhooks(limit=None)
