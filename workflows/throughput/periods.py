"""Periods: runs of whole days in Asia/Shanghai, and the one before to compare with."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from tongban.templatetags.formats import zh_date, zh_short

LONGEST_DAYS: Final = 366
ONE_DAY: Final = dt.timedelta(days=1)
CUSTOM: Final = "custom"
DEFAULT: Final = "30"
CHOICES: Final = (
    ("1", "今天"),
    ("yesterday", "昨天"),
    ("7", "近 7 天"),
    ("30", "近 30 天"),
    ("90", "近 90 天"),
    ("month", "本月"),
    ("last_month", "上月"),
    (CUSTOM, "自选日期"),
)


@dataclass(frozen=True)
class Period:
    """From the first to the last day, both counted."""

    code: str
    first: dt.date
    last: dt.date

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def label(self) -> str:
        if self.code != CUSTOM:
            return dict(CHOICES)[self.code]
        return self.days

    @property
    def days(self) -> str:
        """'2026年10月23日至11月21日'"""
        if self.first == self.last:
            return zh_date(self.first)
        same_year = self.first.year == self.last.year
        last = zh_short(self.last) if same_year else zh_date(self.last)
        return f"{zh_date(self.first)}至{last}"

    @property
    def before(self) -> Period:
        """As many days right before it; a whole month's is the whole month before."""
        if self.code == "last_month":
            return _month(self.first - ONE_DAY)
        return Period(CUSTOM, self.first - self.length * ONE_DAY, self.first - ONE_DAY)

    @property
    def last_year(self) -> Period:
        """The same days of the year before."""
        return Period(CUSTOM, _a_year_before(self.first), _a_year_before(self.last))

    def including(self, day: dt.date) -> bool:
        return self.first <= day <= self.last


def period_of(code: str, today: dt.date) -> Period:
    """The period that a choice means today. Raises KeyError for an unknown or a custom one."""
    if code == "yesterday":
        return Period(code, today - ONE_DAY, today - ONE_DAY)
    if code == "month":
        return Period(code, today.replace(day=1), today)
    if code == "last_month":
        last = today.replace(day=1) - ONE_DAY
        return Period(code, last.replace(day=1), last)
    length = {"1": 1, "7": 7, "30": 30, "90": 90}[code]
    return Period(code, today - (length - 1) * ONE_DAY, today)


def one_day(day: dt.date) -> Period:
    return Period(CUSTOM, day, day)


def _a_year_before(day: dt.date) -> dt.date:
    """29 February has none: the day before it stands in."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def _month(last: dt.date) -> Period:
    return Period(CUSTOM, last.replace(day=1), last)
