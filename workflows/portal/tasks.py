"""Celery's side of the portal: a thin call."""

from celery import shared_task
from django.utils import timezone

from tongban.running.budget import lasting

from .reminders import send_reminders


@shared_task(name="portal.remind")
def remind() -> None:
    send_reminders(now=timezone.now(), is_over=lasting())
