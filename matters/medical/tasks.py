"""Celery's side of 异地就医: thin calls."""

from celery import shared_task
from django.utils import timezone

from .filing import expire_due


@shared_task(name="medical.expire_filings")
def expire_filings() -> None:
    """Filings that ran out, and those whose cover ended. A second run changes nothing."""
    expire_due(on=timezone.localdate())
