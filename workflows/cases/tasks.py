"""Celery's side of the case engine; each task calls what a command calls."""

import structlog
from celery import shared_task
from django.utils import timezone

from tongban.running.budget import IsOver, lasting
from tongban.running.slots import in_slices, today

from .abandoned import clean_some
from .bulk import go_on_with_all
from .following_calendar import follow_calendar
from .overdue_answers import tell_overdue_answers
from .overdue_reviews import tell_overdue_reviews
from .recounting import rederive_some
from .service import serve_lately
from .sweep import sweep_deadlines
from .waking import take_wakes

log = structlog.get_logger(__name__)
NAMED = 20


@shared_task(name="cases.sweep")
def sweep() -> None:
    sweep_deadlines(seconds=30)
    # What is left of the task's time.
    tell_overdue_answers(timezone.now(), is_over=lasting(5))
    tell_overdue_reviews(timezone.now(), is_over=lasting(5))
    take_wakes(is_over=lasting(5))


@shared_task(name="cases.serve_documents")
def serve() -> None:
    serve_lately(timezone.now(), is_over=lasting())


@shared_task(name="cases.go_on_with_many")
def go_on_with_many() -> None:
    """What was begun for many cases and left, by a page that was closed or a process that died."""
    go_on_with_all(is_over=lasting())


@shared_task(name="cases.check_clocks")
def check_clocks() -> None:
    """Nightly: keeps which open cases' clocks differ from the calendar; an operator mends them."""
    in_slices("cases.check_clocks", today(), lambda after, over: _checked(after or 0, over))


def _checked(after: int, is_over: IsOver) -> int | None:
    found, last_id = rederive_some(after, write=False, is_over=is_over)
    if found:
        log.error("clocks differ", cases=len(found), first=[each.number for each in found[:NAMED]])
    return last_id


@shared_task(name="cases.follow_calendar")
def follow() -> None:
    """Derives every open clock anew after a change of the calendar; some of them a minute."""
    follow_calendar(now=timezone.now())


@shared_task(name="cases.clean_uploads")
def clean() -> None:
    now = timezone.now()
    in_slices(
        "cases.clean_uploads", today(), lambda reached, _: clean_some(reached or "", now=now)[1]
    )
