"""A worker is killed in the midst of a task, and another one takes it over."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from celery import Celery
from django.conf import settings as site
from redis import Redis

from tongban.celery import worker_command
from tongban.running.models import Heartbeat, TaskRun

PATIENCE = 40.0
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def prefix() -> Iterator[str]:
    """Keys of this test's own on the real broker."""
    prefix = f"lost-{uuid4().hex}:"
    yield prefix
    with Redis.from_url(site.REDIS_URL) as redis:
        for key in redis.scan_iter(f"{prefix}*"):
            redis.delete(key)


@pytest.fixture
def start(prefix: str) -> Iterator[Callable[[str], subprocess.Popen[bytes]]]:
    """Starts a worker of the site; whatever is left of it is killed at the end."""
    started: list[subprocess.Popen[bytes]] = []

    def begin(name: str) -> subprocess.Popen[bytes]:
        command = worker_command(name=name)
        command[command.index("--app") + 1] = "tests.running.lost_worker"
        worker = subprocess.Popen(  # noqa: S603
            command, env=environment(prefix), cwd=ROOT, start_new_session=True
        )
        started.append(worker)
        return worker

    yield begin
    for worker in started:
        try:
            os.killpg(worker.pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
        worker.wait()


def environment(prefix: str) -> dict[str, str]:
    database = site.DATABASES["default"]
    server = {
        "host": database["HOST"] or database["OPTIONS"].get("host", ""),
        "port": database["PORT"] or database["OPTIONS"].get("port", ""),
        "password": database["PASSWORD"],
    }
    options = urlencode({name: value for name, value in server.items() if value})
    return {
        **os.environ,
        "DATABASE_URL": f"postgres://{database['USER']}@/{database['NAME']}?{options}",
        "REDIS_KEY_PREFIX": prefix,
    }


def sent(prefix: str, folder: Path) -> None:
    """Over a connection of its own: this process's app has another prefix."""
    options = {**site.CELERY_BROKER_TRANSPORT_OPTIONS, "global_keyprefix": prefix}
    # Not the current one: tasks would from then on be sent by it.
    with Celery("sender", broker=site.CELERY_BROKER_URL, set_as_current=False) as sender:
        sender.conf.update(broker_transport_options=options, task_default_queue="sweeps")
        sender.send_task("cases.held_up", args=[str(folder)], queue="sweeps")


def awaited(holds: Callable[[], Any]) -> Any:
    ends = time.monotonic() + PATIENCE
    while not (found := holds()):
        assert time.monotonic() < ends, "nobody took it"
        time.sleep(0.05)
    return found


def begun(folder: Path) -> set[int]:
    return {int(path.name.partition("-")[2]) for path in folder.glob("begun-*")}


@pytest.mark.django_db(transaction=True)
def test_the_task_of_a_worker_that_was_killed_is_taken_over(
    prefix: str, start: Callable[[str], subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    first = start("first")
    sent(prefix, tmp_path)
    (pid,) = awaited(lambda: begun(tmp_path))

    # The process that runs it dies: its worker gives the task back and another process begins it.
    os.kill(pid, signal.SIGKILL)
    awaited(lambda: begun(tmp_path) - {pid})

    # The whole worker dies with all its processes: another worker finds the task in the broker.
    theirs = begun(tmp_path)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    start("second")
    awaited(lambda: begun(tmp_path) - theirs)
    (tmp_path / "go").touch()
    awaited(lambda: (tmp_path / "done").exists())

    # Both have left word that they were there, and what became of the task.
    workers = Heartbeat.objects.filter(kind="worker", queues__contains=["sweeps"])
    awaited(lambda: workers.count() == 2)
    awaited(lambda: TaskRun.objects.filter(name="cases.held_up", outcome="done").first())
