"""Thin tasks: each calls one function that a management command calls as well."""

from celery import shared_task

from tongban.notices.dispatch import deliver_due


@shared_task(name="notices.deliver")
def deliver() -> None:
    """Everything due, within the dispatcher's own time budget; the next run takes the rest."""
    deliver_due(limit=None)
