"""Celery's side of the desk: thin calls."""

from celery import shared_task
from django.utils import timezone

from .digest.sending import send_digests
from .office.counting import count_people_lately


@shared_task(name="desk.digest")
def digest() -> None:
    """Every ten minutes of the morning; who has today's already gets no second one."""
    send_digests(timezone.now())


@shared_task(name="desk.count_people")
def count_people() -> None:
    count_people_lately()
