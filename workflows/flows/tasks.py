"""Celery's side of the flows; each task does what a command does."""

from celery import shared_task
from django.core.management import call_command


@shared_task(name="flows.run_clearing", time_limit=1800)
def clear() -> None:
    """A little after midnight: months opened and cut off, statements made. A second run changes nothing."""
    call_command("clear_month", verbosity=0)


@shared_task(name="flows.check_loan_marks")
def check_marks() -> None:
    """Nightly; each person is told once a day."""
    call_command("check_loan_marks", verbosity=0)


@shared_task(name="flows.follow_clearing")
def follow() -> None:
    """Visits move on with their clearing month; a second run finds nothing to do."""
    call_command("follow_clearing", verbosity=0)
