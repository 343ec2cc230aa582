"""What the beat sends finds a task, a queue and somebody who reads it, and is over within a minute."""

from __future__ import annotations

import inspect
from itertools import pairwise
from typing import Any

import pytest
from django.conf import settings as site

from tongban.celery import QUEUES, app, worker_command

SCHEDULE: dict[str, dict[str, Any]] = site.CELERY_BEAT_SCHEDULE


@pytest.fixture(autouse=True, scope="module")
def tasks_are_known() -> None:
    app.loader.import_default_modules()


def own_tasks() -> list[str]:
    return sorted(name for name in app.tasks if not name.startswith("celery."))


def consumed() -> set[str]:
    command = worker_command()
    return set(command[command.index("--queues") + 1].split(","))


def queue_of(task: str) -> str:
    name: str = app.amqp.router.route({}, task)["queue"].name
    return name


def test_every_queue_has_a_consumer_and_something_to_consume() -> None:
    assert consumed() == set(QUEUES) == set(app.amqp.queues)
    assert {queue_of(task) for task in own_tasks()} == set(QUEUES)


@pytest.mark.parametrize("entry", sorted(SCHEDULE))
def test_an_entry_of_the_beat_binds(entry: str) -> None:
    declared = SCHEDULE[entry]
    task = app.tasks[declared["task"]]

    inspect.signature(task.run).bind(*declared.get("args", ()), **declared.get("kwargs", {}))
    assert queue_of(task.name) in consumed()


@pytest.mark.parametrize("entry", sorted(SCHEDULE))
def test_a_slot_that_nobody_took_ends_before_the_next_one_comes(entry: str) -> None:
    declared = SCHEDULE[entry]
    expires, schedule = declared["options"]["expires"], declared["schedule"]

    assert 0 < expires <= shortest_wait(schedule)


def shortest_wait(schedule: Any) -> float:
    """Seconds between two turns, at the least: of a number, or of a crontab within its hours."""
    if isinstance(schedule, int | float):
        return float(schedule)
    minutes: list[int] = sorted(schedule.minute)
    if len(minutes) == 1:
        return 3600
    return 60 * min(later - sooner for sooner, later in pairwise(minutes))


def test_no_entry_has_a_task_to_itself_twice() -> None:
    sent = [declared["task"] for declared in SCHEDULE.values()]
    assert len(sent) == len(set(sent))


def test_no_task_may_go_on_for_over_a_minute() -> None:
    assert app.conf.task_time_limit == 60
    assert app.conf.task_soft_time_limit == 50
    for name in own_tasks():
        task = app.tasks[name]
        assert (task.time_limit or 60) <= 60, name
        assert (task.soft_time_limit or 50) <= 50, name


def test_what_a_dead_worker_held_is_taken_over_once_no_living_one_could_be_at_it() -> None:
    options = app.conf.broker_transport_options

    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1
    assert app.conf.task_time_limit < options["visibility_timeout"] <= 120
    assert options["unacked_restore_interval"] * options["unacked_restore_throttle"] <= 10


def test_no_task_waits_in_the_broker_for_its_time() -> None:
    for declared in SCHEDULE.values():
        assert not {"eta", "countdown"} & set(declared["options"])
