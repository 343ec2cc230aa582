"""A beat that is killed and started again knows what has run, and what has not."""

from __future__ import annotations

import datetime as dt

import pytest
from celery.schedules import crontab
from django.utils import timezone

from tongban.celery import app
from tongban.running import runs
from tongban.running.scheduler import KnowingScheduler

pytestmark = pytest.mark.django_db


@pytest.fixture
def stays_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scheduler closes its connection; here it is the test's."""
    monkeypatch.setattr("tongban.running.scheduler.connection.close", lambda: None)


def due(task: str) -> bool:
    """What a beat would do that starts this moment."""
    scheduler = KnowingScheduler(app=app, lazy=False)
    (entry,) = [each for each in scheduler.schedule.values() if each.task == task]
    is_due, _ = entry.is_due()
    return bool(is_due)


def test_what_has_just_run_waits_and_what_has_not_is_sent_at_once(stays_open: None) -> None:
    now = timezone.now()
    runs.started("cases.sweep", at=now - dt.timedelta(seconds=3))
    runs.started("throughput.count_today", at=now - dt.timedelta(seconds=31))

    assert not due("cases.sweep")
    assert due("throughput.count_today")
    assert due("notices.deliver"), "it has never run"


def test_what_belongs_to_the_night_is_not_made_up_for_at_noon(stays_open: None) -> None:
    runs.started("cases.check_clocks", at=timezone.now() - dt.timedelta(days=3))
    scheduler = KnowingScheduler(app=app, lazy=False)
    (entry,) = [e for e in scheduler.schedule.values() if e.task == "cases.check_clocks"]

    assert isinstance(entry.schedule, crontab)
    assert entry.last_run_at
    assert timezone.now() - entry.last_run_at < dt.timedelta(minutes=1)


def test_a_clock_that_was_set_back_by_an_hour_stops_nothing(stays_open: None) -> None:
    now = timezone.now()
    runs.started("cases.sweep", at=now + dt.timedelta(hours=1))
    scheduler = KnowingScheduler(app=app, lazy=False)
    for task, soon in (("cases.sweep", 31), ("cases.check_clocks", 86400)):
        (entry,) = [each for each in scheduler.schedule.values() if each.task == task]
        entry.last_run_at = now + dt.timedelta(hours=1)
        is_due, seconds = scheduler.is_due(entry)
        assert not is_due
        assert seconds <= soon
        assert entry.last_run_at <= timezone.now()
