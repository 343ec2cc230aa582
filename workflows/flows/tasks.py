"""Celery's side of the flows; each task calls what a command calls."""

from celery import shared_task
from django.utils import timezone

from .clearing_calendar import run_clearing


@shared_task(name="flows.run_clearing", time_limit=1800)
def clear() -> None:
    """A little after midnight: months opened and cut off, statements made. A second run changes nothing."""
    run_clearing(timezone.now())
