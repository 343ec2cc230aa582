"""The daily line: every day on it, nothing outside the picture, days off shaded."""

from __future__ import annotations

import datetime as dt

import pytest

from workflows.throughput.charts import HEIGHT, WIDTH, Point, daily_chart, nice_step


def points(count: int, received: int = 3, concluded: int = 2) -> list[Point]:
    first = dt.date(2026, 9, 1)
    days = [first + dt.timedelta(days=n) for n in range(count)]
    return [Point(day, received, concluded, day.weekday() < 5) for day in days]


@pytest.mark.parametrize(
    ("highest", "step"), [(0, 1), (1, 1), (4, 1), (5, 2), (9, 5), (37, 10), (90_000, 50_000)]
)
def test_grid_lines_stand_at_round_numbers(highest: int, step: int) -> None:
    assert nice_step(highest) == step


@pytest.mark.parametrize("count", [1, 7, 30, 90, 366])
@pytest.mark.parametrize("highest", [0, 1, 123_456])
def test_every_day_has_its_place_inside_the_picture(count: int, highest: int) -> None:
    chart = daily_chart(points(count, received=highest, concluded=0))
    assert chart is not None
    for line in chart.lines:
        assert len(line.dots) == count
        assert all(0 <= dot.x <= WIDTH and 0 <= dot.y <= HEIGHT for dot in line.dots)
    assert len(chart.across) <= 11
    assert chart.across[-1].label.endswith("日")


def test_days_off_in_a_row_are_one_shade() -> None:
    chart = daily_chart(points(14))
    assert chart is not None
    assert len(chart.rests) == 2


def test_without_days_there_is_no_picture() -> None:
    assert daily_chart([]) is None
