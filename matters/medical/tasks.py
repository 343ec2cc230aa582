"""Celery's side of 异地就医: thin calls."""

from celery import shared_task
from django.utils import timezone

from tongban.running.slots import once, today

from .filing import expire_due


@shared_task(name="medical.expire_filings")
def expire_filings() -> None:
    """Filings that ran out, and those whose cover ended. Once a day; again would change nothing."""
    with once("medical.expire_filings", today()) as is_mine:
        if is_mine:
            expire_due(on=timezone.localdate())
