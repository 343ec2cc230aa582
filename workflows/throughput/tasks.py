"""Celery's side of the counting; each task calls what the command `count_days` calls."""

from celery import shared_task

from tongban.running.slots import once, today

from . import counting, publishing


@shared_task(name="throughput.count_today")
def count_today() -> None:
    counting.count_today()


@shared_task(name="throughput.recount")
def recount() -> None:
    with once("throughput.recount", today()) as is_mine:
        if is_mine:
            found = counting.recount_last()
            publishing.note_corrections(found, at=found.finished_at)
            publishing.publish_due()
