"""Celery's side of the case engine; each task calls what a command calls."""

import structlog
from celery import shared_task
from django.utils import timezone

from .abandoned import clean_uploads
from .recounting import rederive_open
from .service import serve_documents
from .sweep import sweep_deadlines
from .waking import take_wakes

log = structlog.get_logger(__name__)
NAMED = 20


@shared_task(name="cases.sweep")
def sweep() -> None:
    sweep_deadlines()
    take_wakes()


@shared_task(name="cases.serve_documents")
def serve() -> None:
    serve_documents()


@shared_task(name="cases.check_clocks", time_limit=1800)
def check_clocks() -> None:
    """Nightly: says which open cases' clocks differ from the calendar; `rederive_clocks` mends them."""
    differing = [found.number for found in rederive_open(write=False)]
    if differing:
        log.error("clocks differ", cases=len(differing), first=differing[:NAMED])


@shared_task(name="cases.clean_uploads")
def clean() -> None:
    clean_uploads(now=timezone.now())
