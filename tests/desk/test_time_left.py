"""How long is left is told in the clock's own unit, on the calendar of whoever must act."""

from __future__ import annotations

import datetime as dt
from typing import cast

import pytest

from tests.world import World, at
from workflows.cases.flow import Flow
from workflows.desk.time_left import last_day, next_due, time_left

# Friday, 16 October 2026; no day of the small world's calendar is a holiday.
NOW = at("2026-10-16 15:00")


def with_clock(world: World, limit: str, due: str) -> Flow:
    case = world.open()
    kept = {"started_at": NOW.isoformat(), "limit": limit, "extra": []}
    case.clocks = {"promise": {**kept, "due_at": at(due).isoformat()}}
    return cast(Flow, case)


@pytest.mark.parametrize(
    ("limit", "due", "told"),
    [
        ("3G", "2026-10-21 00:00", "还剩 2 个工作日"),
        ("3G", "2026-10-20 00:00", "还剩 1 个工作日"),
        ("3G", "2026-10-17 00:00", "今天到期"),
        ("3G", "2026-10-16 00:00", "超期 1 个工作日"),
        ("3G", "2026-10-10 00:00", "超期 5 个工作日"),
        ("3Z", "2026-10-21 00:00", "还剩 4 天"),
        ("3Z", "2026-10-14 00:00", "超期 3 天"),
        ("4H", "2026-10-16 18:30", "还剩 3 小时"),
        ("4H", "2026-10-16 15:30", "即将到期"),
        ("4H", "2026-10-16 14:30", "已超期"),
        ("4H", "2026-10-15 15:00", "超期 24 小时"),
    ],
)
def test_what_is_left_is_told_in_the_clocks_unit(
    world: World, limit: str, due: str, told: str
) -> None:
    case = with_clock(world, limit, due)
    assert time_left(case, "promise", at(due), NOW) == told


def test_over_a_weekend_nothing_more_is_late_than_on_friday(world: World) -> None:
    case = with_clock(world, "3G", "2026-10-17 00:00")
    sunday = NOW + dt.timedelta(days=2)
    assert time_left(case, "promise", at("2026-10-17 00:00"), sunday) == "已超期"


def test_the_last_day_is_the_one_before_the_midnight_at_which_it_is_red() -> None:
    assert last_day(at("2026-10-21 00:00")) == dt.date(2026, 10, 20)


def test_the_clock_that_runs_out_first_is_the_one_that_counts(world: World) -> None:
    case = with_clock(world, "3G", "2026-10-21 00:00")
    hop = {"started_at": NOW.isoformat(), "limit": "1G", "extra": []}
    case.clocks["hop"] = {**hop, "due_at": at("2026-10-20 00:00").isoformat()}
    assert next_due(case) == "hop"
    case.clocks["hop"]["stopped_at"] = NOW.isoformat()
    assert next_due(case) == "promise"
    case.clocks = {}
    assert next_due(case) == ""
