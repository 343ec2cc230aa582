"""Celery's side of the operator's work; each task calls what a page or a command calls."""

from celery import shared_task
from django.utils import timezone

from tongban.notices.outages import watch
from tongban.running.budget import lasting
from workflows.cases import bulk
from workflows.cases.extending import unfinished

from .notices.replays import ask_nightly, go_on_with_all


@shared_task(name="operator.watch_channels")
def watch_channels() -> None:
    watch(timezone.now())


@shared_task(name="operator.replay")
def replay() -> None:
    """What operators asked for, a slice at a time."""
    go_on_with_all(nightly=False)


@shared_task(name="operator.check_owed")
def check_owed() -> None:
    """Nightly: whether every step of the two days before has told whom it owed a word."""
    ask_nightly(timezone.now())
    go_on_with_all(nightly=True)


@shared_task(name="operator.extend")
def extend() -> None:
    """What was approved and is not done yet, case by case; a killed run goes on where it was."""
    is_over = lasting()
    for run_id in unfinished():
        bulk.go_on(run_id, is_over=is_over)
