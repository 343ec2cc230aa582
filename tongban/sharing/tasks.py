"""Thin tasks: each calls one function that a management command calls as well."""

from celery import shared_task
from django.utils import timezone

from tongban.running.slots import once, today

from .asking import answer_due
from .demands import mark_overdue


@shared_task(name="sharing.answer")
def answer() -> None:
    """A register that is down costs a time-out each until its breaker opens: few at a time."""
    answer_due(now=timezone.now(), limit=40)


@shared_task(name="sharing.mark_overdue")
def tell_overdue() -> None:
    with once("sharing.mark_overdue", today()) as is_mine:
        if is_mine:
            mark_overdue(now=timezone.now())
