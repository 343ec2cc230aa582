"""What a page of figures draws on, each part read when first asked for, in one statement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from workflows.cases.clocks import local_day

from . import figures, others, times
from .directions import Pair
from .figures import AsOf, Daily, Stays, Sums
from .models import Published
from .periods import ONE_DAY, Period
from .publishing import published_days
from .scope import Scope
from .stocks import Standing, Stocks, stocks_of, stood_on
from .times import Times
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
    # A page of one table compares its rows with the period before; the overview has no room for it.
    compares: bool = False
    # What the table by regions counts.
    of: str = "received"

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

    @property
    def line_days(self) -> list[dt.date]:
        """The days of the line, the latest first."""
        first, last = self.line
        return [last - back * ONE_DAY for back in range((last - first).days + 1)]

    @cached_property
    def published(self) -> dict[dt.date, Published]:
        return published_days(*self.line)

    @cached_property
    def days(self) -> Daily:
        """All days that any part of the page looks at."""
        wanted = [self.scope.period.before.first, self.line[0], self.yesterday]
        return figures.daily(self.scope, min(wanted), max(self.scope.period.last, self.today))

    @cached_property
    def stocks(self) -> Stocks:
        return stocks_of(self.scope, stood_at=self.as_of.stood, now=self.now)

    @cached_property
    def stood_yesterday(self) -> Standing | None:
        """How things stood at the end of yesterday; None where nobody counted. One statement."""
        return stood_on(self.scope, self.yesterday)

    @cached_property
    def matters(self) -> list[tuple[int, Sums]]:
        return figures.by_matter(self.scope)

    @cached_property
    def offices(self) -> list[tuple[int, str, Sums]]:
        return figures.by_office(self.scope)

    @cached_property
    def matters_before(self) -> dict[int, Sums]:
        """Nothing where the page doesn't compare."""
        return (
            dict(figures.by_matter(self.scope, self.scope.period.before)) if self.compares else {}
        )

    @cached_property
    def offices_before(self) -> dict[int, Sums]:
        """Nothing where the page doesn't compare. An office that moved counts in both provinces."""
        found: dict[int, Sums] = {}
        if self.compares:
            for office, _, sums in figures.by_office(self.scope, self.scope.period.before):
                found[office] = found.get(office, Sums()) + sums
        return found

    @cached_property
    def stays(self) -> list[Stays]:
        return figures.by_stay(self.scope)

    @cached_property
    def as_of(self) -> AsOf:
        return figures.as_of(self.today)

    @property
    def counted_at(self) -> dt.datetime | None:
        return self.as_of.counted

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

    @cached_property
    def times(self) -> Times:
        return times.of_period(self.scope, self.scope.period)

    @cached_property
    def times_before(self) -> Times:
        return times.of_period(self.scope, self.scope.period.before)

    @cached_property
    def others(self) -> dict[int, Sums]:
        return others.by_matter(self.scope, self.scope.period)

    @cached_property
    def others_before(self) -> dict[int, Sums]:
        return others.by_matter(self.scope, self.scope.period.before)

    @cached_property
    def days_last_year(self) -> Daily:
        """The same days of last year; empty where there were none."""
        then = self.scope.period.last_year
        return figures.daily(self.scope, then.first, then.last)

    @cached_property
    def last_year(self) -> Sums:
        then = self.scope.period.last_year
        return figures.sum_of(self.days_last_year, then.first, then.last)

    def of_last_year(self, pairs: Iterable[Pair]) -> Sums:
        then = self.scope.period.last_year
        return figures.sum_of(self.days_last_year, then.first, then.last, pairs)

    @property
    def is_comparable(self) -> bool:
        """A day that is not over beside a whole one would mislead."""
        period = self.scope.period
        return not (period.length == 1 and period.last == self.today)
