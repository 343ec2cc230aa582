"""Months and pairs of the clearing: what follows what, and how late a line may be."""

from __future__ import annotations

import datetime as dt
from typing import Final
from zoneinfo import ZoneInfo

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
# (place of treatment, place of insurance). Inside 四川 nothing is cleared between provinces.
PAIRS: Final = (("500000", "510000"), ("510000", "500000"))
# 年终清算 stands as the thirteenth month of its year.
FINAL: Final = 13


def month_of(moment: dt.datetime) -> str:
    """'2026-10': the month of a moment, by Shanghai's calendar."""
    return f"{moment.astimezone(SHANGHAI):%Y-%m}"


def first_day(month: str) -> dt.date:
    """The first day of a month; of a 年终清算, the first of the year after."""
    year, number = _parts(month)
    return dt.date(year + 1, 1, 1) if number == FINAL else dt.date(year, number, 1)


def following(month: str, by: int = 1) -> str:
    """The month `by` later (or earlier, below zero)."""
    year, number = _parts(month)
    count = year * 12 + number - 1 + by
    return f"{count // 12:04d}-{count % 12 + 1:02d}"


def ends_at(month: str) -> dt.datetime:
    """The moment at which a month is over: what is booked from then on is the next one's.

    年终清算 is cut off on 1 March: December's own late lines have two months (≤ 2 months), and the
    rest of March is left for agreeing on it.
    """
    year, number = _parts(month)
    day = dt.date(year + 1, 3, 1) if number == FINAL else first_day(following(month))
    return dt.datetime.combine(day, dt.time(), SHANGHAI)


def final_of(month: str) -> str:
    """The 年终清算 of a month's year."""
    return f"{_parts(month)[0]:04d}-{FINAL}"


def is_final(month: str) -> bool:
    return _parts(month)[1] == FINAL


def months_between(earlier: str, later: str) -> int:
    (a, b), (c, d) = _parts(earlier), _parts(later)
    return (c - a) * 12 + d - b


def month_name(month: str) -> str:
    """'2026年10月', '2026年年终清算'."""
    year, number = _parts(month)
    return f"{year}年年终清算" if number == FINAL else f"{year}年{number}月"


def _parts(month: str) -> tuple[int, int]:
    year, number = month.split("-")
    return int(year), int(number)
