"""The beat's memory: when each task last ran stands in the database, not in a file of one machine.

Celery's own scheduler keeps its memory in a file that it writes every three minutes. A beat that is
killed and started again every twenty seconds would count the thirty of the sweep anew each time and
never send it; one that moves to another machine would have forgotten everything.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import structlog
from celery.beat import Scheduler
from celery.schedules import crontab
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from .models import TaskRun

log = structlog.get_logger(__name__)


class KnowingScheduler(Scheduler):
    """What comes every so many seconds is due from its last run, wherever and by whom it was sent.

    What comes at hours of the day goes on with its next turn: each has many, and a slot.
    """

    def setup_schedule(self) -> None:
        super().setup_schedule()
        last = _last_runs()
        for entry in self.schedule.values():
            if not isinstance(entry.schedule, crontab):
                entry.last_run_at = last.get(entry.task or "") or _long_ago(entry.schedule)

    def is_due(self, entry: Any) -> Any:
        """A clock that was set back: what ran in its future would wait until that comes again."""
        now = timezone.now()
        if entry.last_run_at is not None and entry.last_run_at > now:
            entry.last_run_at = now
        return super().is_due(entry)

    @property
    def info(self) -> str:
        return "    . remembers -> the database"


def _last_runs() -> dict[str, dt.datetime]:
    """One statement. Without a database everything is due, which does no harm."""
    try:
        rows = TaskRun.objects.exclude(started_at=None).values_list("name", "started_at")
        return {name: at for name, at in rows if at}
    except (DatabaseError, InterfaceError) as error:
        log.warning("last runs not known", error=type(error).__name__)
        return {}
    finally:
        connection.close()


def _long_ago(schedule: Any) -> dt.datetime:
    moment: dt.datetime = timezone.now() - schedule.run_every
    return moment
