"""The beat's entries and what became of each: for the people who keep the site running."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from celery.schedules import crontab
from django.conf import settings
from django.utils import timezone

from tongban.celery import app

from .models import Slot, TaskRun

# Turns that may be missed before a person should look: a worker that was busy, a restart.
MISSED_TURNS = 3
GRACE = dt.timedelta(minutes=15)
MINUTE = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class Periodic:
    """One entry. slot: how far today's turn of a job in slots has come, if it has one."""

    task: str
    queue: str
    every: str
    run: TaskRun | None
    slot: Slot | None
    is_overdue: bool

    @property
    def is_running(self) -> bool:
        """Or it was struck down: it has begun and not ended."""
        run = self.run
        if run is None or run.started_at is None:
            return False
        return run.finished_at is None or run.finished_at < run.started_at


def periodic(now: dt.datetime) -> list[Periodic]:
    """Every entry of the schedule, the overdue ones first. Two statements."""
    runs = {run.name: run for run in TaskRun.objects.all()}
    entries: Mapping[str, Mapping[str, Any]] = settings.CELERY_BEAT_SCHEDULE
    tasks = [entry["task"] for entry in entries.values()]
    newest = Slot.objects.filter(name__in=tasks).order_by("name", "-began_at").distinct("name")
    slots = {slot.name: slot for slot in newest}
    rows = [
        _row(entry, runs.get(entry["task"]), slots.get(entry["task"]), now)
        for entry in entries.values()
    ]
    return sorted(rows, key=lambda row: (not row.is_overdue, row.queue, row.task))


def _row(
    entry: Mapping[str, Any], run: TaskRun | None, slot: Slot | None, now: dt.datetime
) -> Periodic:
    task: str = entry["task"]
    started_at = run.started_at if run else None
    return Periodic(
        task=task,
        queue=app.amqp.router.route({}, task)["queue"].name,
        every=_told(entry["schedule"]),
        run=run,
        slot=slot,
        is_overdue=is_overdue(entry["schedule"], started_at, now),
    )


def is_overdue(schedule: Any, started_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Has its turn passed by, and nobody took it? What never ran is overdue if it runs all day."""
    if not isinstance(schedule, crontab):
        every = dt.timedelta(seconds=float(schedule))
        return started_at is None or now - started_at > MISSED_TURNS * every + GRACE / 5
    if started_at is None:
        return False
    return now > _next_turn(schedule, started_at) + GRACE


def _next_turn(schedule: Any, after: dt.datetime) -> dt.datetime:
    """The first minute of the schedule after a moment; entries name hours and minutes, no days.

    Celery's own answer leans on what day it is when it is asked.
    """
    turn = timezone.localtime(after).replace(second=0, microsecond=0) + MINUTE
    while turn.hour not in schedule.hour or turn.minute not in schedule.minute:
        turn += MINUTE
    return turn


def _told(schedule: Any) -> str:
    if hasattr(schedule, "hour"):
        hours, minutes = sorted(schedule.hour), sorted(schedule.minute)
        span = f"{hours[0]}–{hours[-1]} 时" if len(hours) > 1 else f"{hours[0]} 时"
        step = minutes[1] - minutes[0] if len(minutes) > 1 else 60
        return f"每天 {span}，每 {step} 分钟"
    seconds = int(schedule)
    return f"每 {seconds // 60} 分钟" if seconds >= 60 else f"每 {seconds} 秒"
