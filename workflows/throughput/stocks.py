"""How things stand now: in hand, late, about to be late; as last counted, or live over the open cases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from django.db.models import Count, Model, Q, Sum
from django.utils import timezone

from workflows.cases.clocks import local_day
from workflows.cases.models import Case

from .figures import is_fresh
from .measures import STOCKS, stock_rows
from .models import NO_OFFICE, DayStanding, DayStandingMatter
from .scope import Scope

Direction = tuple[str, str]
K = TypeVar("K")


@dataclass(frozen=True)
class Standing:
    """The stocks of one cell."""

    in_hand: int = 0
    red: int = 0
    yellow: int = 0
    delivering: int = 0
    delivering_red: int = 0

    def __add__(self, other: Standing) -> Standing:
        return Standing(*(getattr(self, c) + getattr(other, c) for c in STOCKS))


@dataclass(frozen=True)
class Stocks:
    """The stocks of one moment: in all, by direction, and by the office that holds the case.

    Cases that wait for their applicant are at no office: key None.
    """

    at: dt.datetime
    total: Standing
    by_direction: dict[Direction, Standing] = field(default_factory=dict)
    by_office: dict[int | None, Standing] = field(default_factory=dict)


def stocks_of(scope: Scope, *, stood_at: dt.datetime | None, now: dt.datetime) -> Stocks:
    """Stocks as they were last counted, if that was lately; otherwise, and by matter, live.

    No table knows office × matter, and one matter's open cases are few. One statement.
    """
    if scope.picks_matters or stood_at is None or not is_fresh(stood_at, now):
        return stocks_now(scope.cells() & scope.matters(), now=now)
    rows = DayStanding.objects.filter(scope.cells(), day=local_day(now)).order_by()
    counted = rows.values_list("office_id", "origin_province", "owner_province").annotate(
        **{f"n_{code}": Sum(code) for code in STOCKS}
    )
    cells = [
        (None if office == NO_OFFICE else office, (origin, owner), Standing(*n))
        for office, origin, owner, *n in counted
    ]
    return _stocks(stood_at, cells)


def stood_on(scope: Scope, day: dt.date) -> Standing | None:
    """How things stood when that day was last counted; None where it never was. One statement."""
    table: type[Model] = DayStandingMatter if scope.picks_matters else DayStanding
    rows = table._default_manager.filter(
        scope.cells(), scope.matters() if scope.picks_matters else Q(), day=day
    )
    found = rows.aggregate(**{f"n_{code}": Sum(code) for code in STOCKS})
    values = [found[f"n_{code}"] for code in STOCKS]
    return None if values[0] is None else Standing(*values)


def stocks_now(rows: Q | None = None, *, now: dt.datetime | None = None) -> Stocks:
    """Stocks over the open cases that `rows` picks. One statement."""
    moment = now or timezone.now()
    open_roots = Case.objects.filter(rows or Q(), closed_at=None, parent=None).order_by()
    counted = open_roots.values_list("holder_office", "origin_province", "owner_province").annotate(
        **{f"n_{code}": Count("id", filter=stock_rows(code, moment)) for code in STOCKS}
    )
    cells = [(office, (origin, owner), Standing(*n)) for office, origin, owner, *n in counted]
    return _stocks(moment, cells)


def _stocks(moment: dt.datetime, cells: Sequence[tuple[int | None, Direction, Standing]]) -> Stocks:
    return Stocks(
        at=moment,
        total=_sum(standing for _, _, standing in cells),
        by_direction=_grouped([(direction, standing) for _, direction, standing in cells]),
        by_office=_grouped([(office, standing) for office, _, standing in cells]),
    )


def _grouped(cells: Sequence[tuple[K, Standing]]) -> dict[K, Standing]:
    found: dict[K, Standing] = {}
    for key, standing in cells:
        found[key] = found.get(key, Standing()) + standing
    return found


def _sum(standings: Iterable[Standing]) -> Standing:
    total = Standing()
    for standing in standings:
        total += standing
    return total
