"""Every task of the beat may run again, or twice for the same turn, and changes nothing more."""

from __future__ import annotations

import datetime as dt

from django.apps import apps
from django.conf import settings as site
from django.db import connection
from django.utils import timezone

from tests.journeys import collected
from tests.world import World
from tongban.celery import app

TASKS: list[str] = sorted({str(entry["task"]) for entry in site.CELERY_BEAT_SCHEDULE.values()})
# The clearing has no matter in this small world: tests/flows/test_clearing_month.py runs it twice.
ELSEWHERE = {"flows.run_clearing"}


def rows() -> dict[str, int]:
    """How many rows each table has. One statement."""
    tables = sorted({model._meta.db_table for model in apps.get_models()} - {"running_slot"})
    counts = [f"SELECT '{table}', count(*) FROM {table}" for table in tables]  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(counts))
        return dict(cursor.fetchall())


def test_a_turn_that_is_taken_twice_changes_nothing_the_second_time(world: World) -> None:
    ago = timezone.now() - dt.timedelta(days=120)
    late = collected(world, when=f"{ago:%Y-%m-%d} 10:00").case
    assert late.next_alarm_at, "something to do for the sweep"
    app.loader.import_default_modules()
    tasks = [app.tasks[name] for name in TASKS if name not in ELSEWHERE]
    before = rows()
    for task in tasks:
        task.run()
    once = rows()

    assert once != before
    for task in tasks:
        task.run()
        assert rows() == once, task.name
