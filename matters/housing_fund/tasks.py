"""Celery's side of the housing fund: thin calls."""

import structlog
from celery import shared_task

from .ledger import differences

log = structlog.get_logger(__name__)
NAMED = 20


@shared_task(name="housing_fund.check_books", time_limit=1800)
def check_books() -> None:
    """Nightly: says which books differ; each is put right by a journal, by a person."""
    found = differences()
    if found:
        log.error("fund books differ", count=len(found), first=[d.sentence for d in found[:NAMED]])
