"""Every task of the beat may run again, or twice for the same turn, and changes nothing more."""

from __future__ import annotations

import datetime as dt

import pytest
from django.apps import apps
from django.conf import settings as site
from django.test import TransactionTestCase
from django.utils import timezone

from tests.journeys import collected
from tests.world import World
from tongban.celery import app

# Kept of each run on purpose, however often it is.
OF_A_RUN = {"running_slot"}


def rows() -> dict[str, int]:
    return {
        model._meta.db_table: model._base_manager.count()
        for model in apps.get_models()
        if not model._meta.proxy and model._meta.db_table not in OF_A_RUN
    }


@pytest.fixture
def busy(world: World) -> None:
    """Something to do for who looks: a case that is long late, a draft nobody came back to."""
    ago = timezone.now() - dt.timedelta(days=120)
    late = collected(world, when=f"{ago:%Y-%m-%d} 10:00").case
    assert late.next_alarm_at


@pytest.mark.parametrize(
    "task", sorted(entry["task"] for entry in site.CELERY_BEAT_SCHEDULE.values())
)
def test_a_turn_that_is_taken_twice_changes_nothing_the_second_time(task: str, busy: None) -> None:
    app.loader.import_default_modules()
    run = app.tasks[task].run
    with TransactionTestCase().settings(EMAIL_HOST=""):
        try:
            run()
        except LookupError:
            pytest.skip("this small world lacks what the task is about")
        after_one = rows()
        run()

    assert rows() == after_one
