"""The daily line as a picture: plain geometry, drawn by `templates/throughput/_chart.html`.

Colour is not the only sign: each series has its own dash and its own mark.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 960, 260
LEFT, RIGHT, TOP, BOTTOM = 48, 32, 14, 30
LABELS_AT_MOST = 10
# Side of the square, and radius of the circle, that mark a day.
MARK, RADIUS = 7, 3.5


@dataclass(frozen=True)
class Point:
    """One day of the line: how many were received and concluded, and where the cases are."""

    day: dt.date
    received: int
    concluded: int
    is_working: bool
    received_href: str = ""
    concluded_href: str = ""


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    value: int
    day: dt.date
    href: str

    @property
    def corner(self) -> tuple[float, float]:
        """Where a square around the point begins."""
        return round(self.x - MARK / 2, 1), round(self.y - MARK / 2, 1)


@dataclass(frozen=True)
class Line:
    """One series: its name, its class (`series-1`…), its path and the points on it."""

    name: str
    code: str
    path: str
    dots: tuple[Dot, ...]
    total: int


@dataclass(frozen=True)
class Tick:
    """A grid line or a day: where it is, and where its words stand."""

    at: float
    label: str
    words_at: float


@dataclass(frozen=True)
class Chart:
    lines: tuple[Line, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    # Left edge and width of each run of days off.
    rests: tuple[tuple[float, float], ...]
    first: dt.date
    last: dt.date
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    words_left: int = LEFT - 8
    top: int = TOP
    tall: int = HEIGHT - BOTTOM - TOP
    mark: int = MARK
    radius: float = RADIUS


def daily_chart(points: Sequence[Point]) -> Chart | None:
    """A picture of at least one day, in order; None without any."""
    if not points:
        return None
    highest = max(max(p.received, p.concluded) for p in points)
    step = nice_step(highest)
    top = max(step, -(-highest // step) * step)
    xs = [_x(nth, len(points)) for nth in range(len(points))]

    def y(value: int) -> float:
        return round(HEIGHT - BOTTOM - value / top * (HEIGHT - BOTTOM - TOP), 1)

    received = [
        Dot(x, y(p.received), p.received, p.day, p.received_href)
        for x, p in zip(xs, points, strict=True)
    ]
    concluded = [
        Dot(x, y(p.concluded), p.concluded, p.day, p.concluded_href)
        for x, p in zip(xs, points, strict=True)
    ]
    return Chart(
        lines=(_line("收件", "series-1", received), _line("办结", "series-2", concluded)),
        across=_days(points, xs),
        up=tuple(Tick(y(value), f"{value:,}", y(value) + 4) for value in range(0, top + 1, step)),
        rests=_rests(points, xs),
        first=points[0].day,
        last=points[-1].day,
    )


def nice_step(highest: int) -> int:
    """A round distance between grid lines, so that about four fit under the highest value."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if highest <= step * factor * 4:
                return step * factor
        step *= 10


def _line(name: str, code: str, dots: list[Dot]) -> Line:
    path = "M" + " ".join(f"{dot.x} {dot.y}" for dot in dots)
    return Line(name, code, path, tuple(dots), sum(dot.value for dot in dots))


def _x(nth: int, count: int) -> float:
    span = WIDTH - LEFT - RIGHT
    return round(LEFT + span * (nth + 0.5) / count, 1)


def _days(points: Sequence[Point], xs: Sequence[float]) -> tuple[Tick, ...]:
    every = -(-len(points) // LABELS_AT_MOST)
    # Counted from the last day, which people look at first.
    return tuple(
        Tick(x, f"{p.day.month}月{p.day.day}日", HEIGHT - BOTTOM + 20)
        for nth, (x, p) in enumerate(zip(xs, points, strict=True))
        if (len(points) - 1 - nth) % every == 0
    )


def _rests(points: Sequence[Point], xs: Sequence[float]) -> tuple[tuple[float, float], ...]:
    wide = (WIDTH - LEFT - RIGHT) / len(points)
    runs: list[list[float]] = []
    for p, x in zip(points, xs, strict=True):
        if p.is_working:
            continue
        left = round(x - wide / 2, 1)
        if runs and abs(runs[-1][0] + runs[-1][1] - left) < 1:
            runs[-1][1] = round(runs[-1][1] + wide, 1)
        else:
            runs.append([left, round(wide, 1)])
    return tuple((left, width) for left, width in runs)
