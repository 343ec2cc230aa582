"""Bars: how long cases took, and where the time goes; drawn by `templates/throughput/_bars.html`.

The table beside each says the same in numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

from tongban.templatetags.formats import zh_number, zh_percent

from .bearers import BEARERS
from .board import Board
from .time_tables import in_one_line, of_bearers
from .times import BUCKETS

WIDTH, LEFT, RIGHT, TALL, GAP = 720, 150, 120, 22, 8


@dataclass(frozen=True)
class Bar:
    """One line of the picture: its words, its bar, its number, and the cases behind it."""

    label: str
    value: str
    top: int
    words_at: int
    length: float
    value_at: float
    kind: str
    href: str = ""


@dataclass(frozen=True)
class Bars:
    code: str
    title: str
    said: str
    bars: tuple[Bar, ...]
    left: int = LEFT
    words_left: int = LEFT - 10
    width: int = WIDTH
    tall: int = TALL

    @property
    def height(self) -> int:
        return len(self.bars) * (TALL + GAP) + GAP


def times_chart(board: Board) -> Bars | None:
    """The histogram of working days; None without cases."""
    taken = board.times
    if not taken.total:
        return None
    rows = [
        (
            bucket.label,
            taken.within(bucket),
            f"{zh_number(taken.within(bucket))} 件",
            "series-1",
            board.scope.behind("measured", days=bucket.code) if taken.within(bucket) else "",
        )
        for bucket in BUCKETS.values()
    ]
    return _bars("times", "用时分布", in_one_line(board), rows)


def bearers_chart(board: Board) -> Bars | None:
    """Whose hands the time was in; None without any."""
    sums = of_bearers(board)
    whole = sum(seconds for _, seconds in sums.values())
    if not whole:
        return None
    rows = [
        (
            bearer.label,
            sums.get(code, (0, 0))[1],
            zh_percent(sums.get(code, (0, 0))[1] / whole),
            f"series-{nth}",
            "",
        )
        for nth, (code, bearer) in enumerate(BEARERS.items(), start=1)
    ]
    return _bars("bearers", "时间花在哪里", "各方持有办件的时间占全部时间的比例。", rows)


def _bars(code: str, title: str, said: str, rows: list[tuple[str, int, str, str, str]]) -> Bars:
    highest = max(value for _, value, *_ in rows)
    bars = []
    for nth, (label, value, shown, kind, href) in enumerate(rows):
        top = GAP + nth * (TALL + GAP)
        length = round(value / highest * (WIDTH - LEFT - RIGHT), 1)
        bars.append(Bar(label, shown, top, top + 16, length, LEFT + length + 8, kind, href))
    return Bars(code, title, said, tuple(bars))
