"""Reading the day tables: sums over days, directions, matters, offices and states."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q, QuerySet

from .directions import Pair
from .measures import FLOWS
from .models import CountedDay, DayDirection, DayMatter, DayOffice, DayStay
from .periods import Period
from .scope import Scope
from .settled import summed

FIGURES = (*FLOWS, "working_days")
# What tables by matter and by office show; adding up all of them took twice as long.
MATTER_FIGURES = (
    "received", "online", "accepted", "concluded", "granted", "timed", "late", "early", "measured",
    "working_days",
)  # fmt: skip
OFFICE_FIGURES = (
    "received", "accepted", "concluded", "timed", "late", "early", "measured", "working_days",
    "rated", "rated_1", "rated_2", "steps",
)  # fmt: skip
# Today is counted every half minute; older than this, something stands still.
STALE = dt.timedelta(minutes=5)


class Sums(dict[str, int]):
    """Figures by name, added up; a missing one is 0. Rates are None where there is nothing to rate."""

    def __missing__(self, name: str) -> int:
        return 0

    def __add__(self, other: Mapping[str, int]) -> Sums:
        return Sums({name: self[name] + other.get(name, 0) for name in {**self, **other}})

    @property
    def on_time_rate(self) -> float | None:
        return _share(self["timed"] - self["late"], self["timed"])

    @property
    def early_rate(self) -> float | None:
        return _share(self["early"], self["timed"])

    @property
    def mean_days(self) -> float | None:
        return _share(self["working_days"], self["measured"])

    @property
    def online_rate(self) -> float | None:
        return _share(self["online"], self["received"])

    @property
    def content_rate(self) -> float | None:
        return _share(self["rated"] - self["rated_1"] - self["rated_2"], self["rated"])


@dataclass(frozen=True)
class Stays:
    """How long cases stayed in one state of one flow."""

    flow: str
    state: str
    stays: int
    seconds: int

    @property
    def mean_hours(self) -> float:
        return self.seconds / self.stays / 3600


Daily = dict[tuple[dt.date, Pair], Sums]


def daily(scope: Scope, first: dt.date, last: dt.date) -> Daily:
    """Sums by day and direction. One statement."""
    table = DayMatter if scope.picks_matters else DayDirection
    rows = within(table, scope, first, last).filter(scope.matters() if scope.picks_matters else Q())
    return {
        (row["day"], (row["origin_province"], row["owner_province"])): _sums(row)
        for row in summed(rows, ("day", "origin_province", "owner_province"), FIGURES)
    }


def sum_of(days: Daily, first: dt.date, last: dt.date, pairs: Iterable[Pair] = ()) -> Sums:
    """The sum over days, and over some directions (all without any named)."""
    wanted = set(pairs)
    total = Sums()
    for (day, pair), sums in days.items():
        if first <= day <= last and (not wanted or pair in wanted):
            total += sums
    return total


def by_matter(scope: Scope, period: Period | None = None) -> list[tuple[int, Sums]]:
    """Sums of the period by matter, the one with most received first. One statement."""
    days = period or scope.period
    rows = within(DayMatter, scope, days.first, days.last)
    found = summed(rows.filter(scope.matters()), ("matter_id",), MATTER_FIGURES)
    pairs = [(row["matter_id"], _sums(row)) for row in found]
    return sorted(pairs, key=lambda pair: (-pair[1]["received"], -pair[1]["concluded"], pair[0]))


def by_office(scope: Scope, period: Period | None = None) -> list[tuple[int, str, Sums]]:
    """(office, its province, sums) of the period; matters don't pick here. One statement."""
    days = period or scope.period
    rows = within(DayOffice, scope, days.first, days.last)
    if scope.office_id is not None:
        rows = rows.filter(office_id=scope.office_id)
    found = summed(rows, ("office_id", "province"), OFFICE_FIGURES)
    return [(row["office_id"], row["province"], _sums(row)) for row in found]


def by_stay(scope: Scope) -> list[Stays]:
    """Mean stays of the period by flow and state, the longest first. One statement."""
    rows = within(DayStay, scope, scope.period.first, scope.period.last)
    found = summed(rows.filter(scope.matters()), ("flow", "state"), ("stays", "seconds"))
    stays = [Stays(r["flow"], r["state"], r["n_stays"], r["n_seconds"]) for r in found]
    return sorted(stays, key=lambda stay: (-stay.mean_hours, stay.flow, stay.state))


@dataclass(frozen=True)
class AsOf:
    """Of which moments a day's figures are; None where nothing was counted."""

    counted: dt.datetime | None = None
    stood: dt.datetime | None = None
    flagged: dt.datetime | None = None


def as_of(day: dt.date) -> AsOf:
    """One statement."""
    moments = CountedDay.objects.filter(day=day).values_list("counted_at", "stood_at", "flagged_at")
    found = moments.first()
    return AsOf(*found) if found else AsOf()


def is_fresh(at: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether figures of that moment can be shown as today's."""
    return at is not None and now - at <= STALE


def within(table: type[Model], scope: Scope, first: dt.date, last: dt.date) -> QuerySet[Any]:
    return table._default_manager.filter(scope.cells(), day__gte=first, day__lte=last)


def _sums(row: Mapping[str, Any]) -> Sums:
    return Sums({name[2:]: value for name, value in row.items() if name.startswith("n_")})


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
