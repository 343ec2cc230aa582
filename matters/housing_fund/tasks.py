"""Celery's side of the housing fund: thin calls."""

from typing import Any

import structlog
from celery import shared_task

from tongban.running.slots import in_slices, today

from .ledger import some_differences

log = structlog.get_logger(__name__)
NAMED = 20


@shared_task(name="housing_fund.check_books")
def check_books() -> None:
    """Nightly: says which books differ; each is put right by a journal, by a person."""
    in_slices("housing_fund.check_books", today(), lambda reached, _: _checked(reached))


def _checked(reached: list[Any] | None) -> list[Any] | None:
    found, reached = some_differences(reached)
    if found:
        log.error("fund books differ", count=len(found), first=[d.sentence for d in found[:NAMED]])
    return reached
