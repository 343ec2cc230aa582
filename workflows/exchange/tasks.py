"""Celery's side of the exchange."""

from celery import shared_task

from tongban.running.budget import lasting

from .kept import forget_old


@shared_task(name="exchange.forget_answers")
def forget_answers() -> None:
    forget_old(is_over=lasting())
