"""运行状况: the operator's page, with nothing running, with everything, and with what is overdue."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from celery.schedules import crontab
from django.test import Client
from django.utils import timezone

from tests.world import World
from tongban.running import runs
from tongban.running.beats import Lag
from tongban.running.periodic import is_overdue, periodic
from tongban.running.slots import in_slices


@pytest.fixture
def at_work(world: World) -> Client:
    world.post("operator", "运维员", "500000", "supervision", "operator")
    client = Client()
    client.force_login(world.people["operator"])
    return client


def test_a_site_on_which_nothing_runs_says_what_stands_still(
    at_work: Client, queues: dict[str, Lag]
) -> None:
    page = at_work.get("/operator/running/").content.decode()

    assert "有故障" in page
    assert "没有任务进程在读" in page
    assert "到期提醒、通知和统计都停着" in page
    assert "尚未运行" in page


def test_what_is_overdue_is_red_and_comes_first(
    at_work: Client, well: dt.datetime, queues: dict[str, Lag]
) -> None:
    for row in periodic(well):
        runs.started(row.task, at=well)
        runs.ended(row.task, at=well, seconds=0.4)
    runs.started("throughput.count_today", at=well - dt.timedelta(hours=1))
    runs.ended("cases.sweep", at=well, seconds=2, error="OperationalError")
    in_slices("cases.check_clocks", "2026-11-21", lambda *_: 5, seconds=0)
    rows = periodic(well)
    page = at_work.get("/operator/running/").content.decode()

    assert [row.task for row in rows if row.is_overdue] == ["throughput.count_today"]
    assert rows[0].task == "throughput.count_today"
    assert page.count("超时未运行") == 1
    assert "失败（OperationalError）" in page
    assert "2026-11-21 的一轮未完成，已做 1 片" in page


NIGHTLY = crontab(hour="1-5", minute="*")


@pytest.mark.parametrize(
    ("schedule", "last", "now", "expected"),
    [
        (30, "2026-11-21 10:00", "2026-11-21 10:03", False),
        (30, "2026-11-21 10:00", "2026-11-21 10:06", True),
        (30, None, "2026-11-21 10:00", True),
        # In the night it was done; by day nothing is expected.
        (NIGHTLY, "2026-11-21 05:59", "2026-11-21 23:00", False),
        (NIGHTLY, "2026-11-21 05:59", "2026-11-22 01:10", False),
        (NIGHTLY, "2026-11-21 05:59", "2026-11-22 01:20", True),
        (NIGHTLY, "2026-11-20 05:59", "2026-11-21 12:00", True),
        (NIGHTLY, None, "2026-11-21 12:00", False),
    ],
)
def test_a_turn_that_nobody_took_is_overdue(
    schedule: Any, last: str | None, now: str, expected: bool
) -> None:
    def at(text: str) -> dt.datetime:
        return timezone.make_aware(dt.datetime.fromisoformat(text))

    assert is_overdue(schedule, at(last) if last else None, at(now)) is expected
