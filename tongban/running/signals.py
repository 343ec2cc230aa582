"""Celery's side: heartbeats and runs, written down as Celery tells of them.

Nothing here may harm what it watches: a database that is gone is logged and no more.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from celery import Celery, current_app
from celery.signals import (
    after_task_publish,
    beat_init,
    before_task_publish,
    heartbeat_sent,
    task_failure,
    task_prerun,
    task_success,
    worker_shutdown,
)
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from . import beats, runs
from .models import Heartbeat

log = structlog.get_logger(__name__)


class Pulse:
    """This process's heartbeat: at most one every five seconds; silent until it has a name."""

    def __init__(self) -> None:
        self.name = ""
        self.last = 0.0

    def is_due(self) -> bool:
        if time.monotonic() - self.last < beats.EVERY_SECONDS:
            return False
        self.last = time.monotonic()
        return True


worker, scheduler = Pulse(), Pulse()
# When the task that runs in this process began, by its id; one at a time, but for nested ones.
begun: dict[str, float] = {}


@contextmanager
def harmless(what: str, *, closes: bool) -> Iterator[None]:
    """closes: in a process that forks others, which must not inherit the connection."""
    try:
        yield
    except (DatabaseError, InterfaceError) as error:
        log.warning("not written down", what=what, error=type(error).__name__)
    finally:
        if closes:
            connection.close()


@heartbeat_sent.connect
def beat_of_a_worker(sender: Any, **_: Any) -> None:
    """In the worker's own event loop: one that hangs, or has lost its broker, falls silent."""
    worker.name = f"{sender.eventer.hostname} {os.getpid()}"
    if worker.is_due():
        app: Celery = current_app
        with harmless("heartbeat", closes=True):
            queues = list(app.amqp.queues.consume_from)
            beats.beat(worker.name, Heartbeat.Kind.WORKER, queues=queues, now=timezone.now())


@worker_shutdown.connect
def end_of_a_worker(**_: Any) -> None:
    if worker.name:
        with harmless("heartbeat", closes=True):
            beats.leave(worker.name, now=timezone.now())


@beat_init.connect
def beginning_of_a_beat(**_: Any) -> None:
    scheduler.name = f"beat@{os.uname().nodename} {os.getpid()}"


@after_task_publish.connect
def tick(**_: Any) -> None:
    """Only what has reached the broker counts as a tick."""
    if scheduler.name and scheduler.is_due():
        with harmless("tick", closes=True):
            beats.beat(scheduler.name, Heartbeat.Kind.BEAT, now=timezone.now())


@before_task_publish.connect
def stamp(headers: dict[str, Any] | None = None, **_: Any) -> None:
    """By this the age of what waits in a queue is known."""
    if headers is not None:
        headers[beats.SENT_AT] = time.time()


@task_prerun.connect
def begin(task_id: str, task: Any, **_: Any) -> None:
    begun[task_id] = time.monotonic()
    with harmless(task.name, closes=False):
        runs.started(task.name, at=timezone.now())


@task_success.connect
def succeed(sender: Any, **_: Any) -> None:
    _end(sender.name, sender.request.id)


@task_failure.connect
def fail(sender: Any, task_id: str, exception: Exception, **_: Any) -> None:
    """Also where the worker's main process strikes a task down that took too long, or lost its child."""
    _end(sender.name, task_id, error=type(exception).__name__)


def _end(name: str, task_id: str, *, error: str = "") -> None:
    since = begun.pop(task_id, None)
    seconds = None if since is None else time.monotonic() - since
    # Who has not begun it is the main process, which forks.
    with harmless(name, closes=since is None):
        runs.ended(name, at=timezone.now(), seconds=seconds, error=error)
