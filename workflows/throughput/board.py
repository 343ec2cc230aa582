"""What a page of figures draws on, each part read when first asked for, in one statement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from workflows.cases.clocks import local_day

from . import figures
from .directions import Pair
from .figures import Daily, Stays, Sums
from .periods import ONE_DAY, Period
from .scope import Scope
from .stocks import Stocks, stocks_now
from .viewers import Viewer

# A line of fewer days says nothing: a shorter period gets its line of a month.
SHORTEST_LINE = 7
LINE_DAYS = 30


@dataclass
class Board:
    """The figures of one scope, for one viewer, at one moment."""

    viewer: Viewer
    scope: Scope
    now: dt.datetime

    @property
    def today(self) -> dt.date:
        return local_day(self.now)

    @property
    def yesterday(self) -> dt.date:
        return self.today - ONE_DAY

    @property
    def line(self) -> tuple[dt.date, dt.date]:
        """First and last day of the daily line."""
        period = self.scope.period
        if period.length >= SHORTEST_LINE:
            return period.first, period.last
        return period.last - (LINE_DAYS - 1) * ONE_DAY, period.last

    @cached_property
    def days(self) -> Daily:
        """All days that any part of the page looks at."""
        wanted = [self.scope.period.before.first, self.line[0], self.yesterday]
        return figures.daily(self.scope, min(wanted), max(self.scope.period.last, self.today))

    @cached_property
    def stocks(self) -> Stocks:
        return stocks_now(self.scope.cells() & self.scope.matters(), now=self.now)

    @cached_property
    def matters(self) -> list[tuple[int, Sums]]:
        return figures.by_matter(self.scope)

    @cached_property
    def offices(self) -> list[tuple[int, str, Sums]]:
        return figures.by_office(self.scope)

    @cached_property
    def stays(self) -> list[Stays]:
        return figures.by_stay(self.scope)

    @cached_property
    def counted_at(self) -> dt.datetime | None:
        return figures.counted_at(self.today)

    def of_day(self, day: dt.date, pairs: Iterable[Pair] = ()) -> Sums:
        return figures.sum_of(self.days, day, day, pairs)

    def of_period(self, period: Period, pairs: Iterable[Pair] = ()) -> Sums:
        return figures.sum_of(self.days, period.first, period.last, pairs)

    @cached_property
    def total(self) -> Sums:
        return self.of_period(self.scope.period)

    @cached_property
    def before(self) -> Sums:
        return self.of_period(self.scope.period.before)
