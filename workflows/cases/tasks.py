"""Celery's side of the case engine; each task calls what a command calls."""

from celery import shared_task

from .service import serve_documents
from .sweep import sweep_deadlines
from .waking import take_wakes


@shared_task(name="cases.sweep")
def sweep() -> None:
    sweep_deadlines()
    take_wakes()


@shared_task(name="cases.serve_documents")
def serve() -> None:
    serve_documents()
