"""Celery's side of the flows; each task does what a command does."""

from celery import shared_task
from django.utils import timezone

from tongban.running.slots import in_slices, once, today

from .clearing_calendar import clear_some
from .loan_check import check_loan_marks
from .medical_visit_ends import follow_clearing


@shared_task(name="flows.run_clearing")
def clear() -> None:
    """A little after midnight: months opened and cut off, statements made."""
    now = timezone.now()
    in_slices("flows.run_clearing", today(), lambda reached, _: clear_some(reached, now))


@shared_task(name="flows.check_loan_marks")
def check_marks() -> None:
    """Nightly; each person is told once a day."""
    with once("flows.check_loan_marks", today()) as is_mine:
        if is_mine:
            check_loan_marks(at=timezone.now())


@shared_task(name="flows.follow_clearing")
def follow() -> None:
    """Visits move on with their clearing month; a second run finds nothing to do."""
    follow_clearing(at=timezone.now())
