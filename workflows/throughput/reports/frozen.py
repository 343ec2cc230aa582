"""A board whose figures are those that were published 固化, for what leaves the house."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ..board import Board
from ..directions import Pair
from ..figures import Sums
from ..models import Correction, Published
from ..periods import CUSTOM, ONE_DAY, Period

LAST_MONTH = "last_month"
Kind = Published.Kind


@dataclass
class FrozenBoard(Board):
    """kept: the published month, or the published days of a week, that `scope.period` is made of."""

    kept: list[Published] = field(default_factory=list)

    def of_period(self, period: Period, pairs: Iterable[Pair] = ()) -> Sums:
        if period == self.scope.period:
            return _sum(self.kept, pairs)
        before = self._kept_before if period == period_before(self) else []
        return _sum(before, pairs) if before else super().of_period(period, pairs)

    @cached_property
    def matters(self) -> list[tuple[int, Sums]]:
        """A month's as published; single days keep none, so a week's are those of now."""
        if not self._month:
            return super().matters
        pairs = [(matter, Sums(figures)) for matter, figures in self._month["matters"]]
        return sorted(
            pairs, key=lambda pair: (-pair[1]["received"], -pair[1]["concluded"], pair[0])
        )

    @cached_property
    def offices(self) -> list[tuple[int, str, Sums]]:
        if not self._month:
            return super().offices
        rows = self._month["offices"]
        return [(office, province, Sums(figures)) for office, province, figures in rows]

    @property
    def _month(self) -> dict[str, Any]:
        is_month = bool(self.kept) and self.kept[0].kind == Kind.MONTH
        return self.kept[0].figures if is_month else {}

    @cached_property
    def _kept_before(self) -> list[Published]:
        """Last month as it was published; nothing where it never was."""
        if not self._month:
            return []
        return list(Published.objects.filter(kind=Kind.MONTH, first=self.scope.period.before.first))

    @cached_property
    def corrections(self) -> list[Correction]:
        """What was found of these days after they were published. One statement."""
        days = {"published__first__gte": self.scope.period.first}
        days |= {"published__first__lte": self.scope.period.last}
        found = Correction.objects.filter(published__kind=Kind.DAY, **days)
        if self._month:
            # What was known on the day on which the month was published is in it.
            found = found.filter(found_at__gt=self.kept[0].published_at)
        return list(found.select_related("published").order_by("published__first", "id"))


def period_before(board: Board) -> Period:
    return board.scope.period.before


def month_of(first: dt.date) -> Period:
    """The whole month that begins on that day; the one before it is a whole month too."""
    after = (first + 31 * ONE_DAY).replace(day=1)
    return Period(LAST_MONTH, first, after - ONE_DAY)


def week_of(first: dt.date) -> Period:
    return Period(CUSTOM, first, first + 6 * ONE_DAY)


def kept_of(period: Period) -> list[Published]:
    """What was published of a month or a week; [] where it wasn't (yet). One statement."""
    if period.code == LAST_MONTH:
        return list(Published.objects.filter(kind=Kind.MONTH, first=period.first))
    days = Published.objects.filter(
        kind=Kind.DAY, first__gte=period.first, first__lte=period.last
    ).order_by("first")
    found = list(days)
    return found if found and found[-1].first == period.last else []


def months() -> list[dt.date]:
    """First days of the months that were published, the latest first. One statement."""
    rows = Published.objects.filter(kind=Kind.MONTH).order_by("-first")
    return list(rows.values_list("first", flat=True)[:24])


def weeks() -> list[dt.date]:
    """Mondays of the weeks that were published to their last day, the latest first. One statement."""
    sundays = Published.objects.filter(kind=Kind.DAY, first__iso_week_day=7).order_by("-first")
    return [day - 6 * ONE_DAY for day in sundays.values_list("first", flat=True)[:12]]


def _sum(kept: Iterable[Published], pairs: Iterable[Pair]) -> Sums:
    wanted, total = set(pairs), Sums()
    for published in kept:
        for origin, owner, _, figures in published.figures["directions"]:
            if not wanted or (origin, owner) in wanted:
                total += Sums(figures)
    return total
