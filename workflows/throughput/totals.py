"""How many cases are behind a number, and how many of them somebody may open.

The day tables know it where they were counted lately; otherwise, and for what no table is cut by,
the events are counted themselves.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Model, Q, QuerySet, Sum

from workflows.cases.clocks import local_day

from .behind import Question, cases_behind, events_behind
from .directions import Pair
from .figures import counted_at
from .measures import STAY
from .models import DayDirection, DayMatter, DayOffice, DayStay
from .viewers import Viewer

# Today is counted every half minute; older than this, something stands still.
STALE = dt.timedelta(minutes=5)
PAIR = ("origin_province", "owner_province")


@dataclass(frozen=True)
class Totals:
    """`hidden` of the `total` lie inside a province that this person doesn't supervise."""

    total: int
    hidden: int


def totals_of(question: Question, viewer: Viewer, now: dt.datetime) -> Totals:
    """Two statements at most."""
    pairs = _pairs(question, now)
    hidden = sum(n for pair, n in pairs.items() if not viewer.sees_whole(*pair))
    return Totals(sum(pairs.values()), hidden)


def is_fresh(at: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether figures of that moment can be shown as today's."""
    return at is not None and now - at <= STALE


def _pairs(question: Question, now: dt.datetime) -> dict[Pair, int]:
    if question.is_stock:
        return _counted(cases_behind(question, now))
    days = _day_rows(question) if _is_counted(question, now) else None
    return _counted(events_behind(question)) if days is None else days


def _is_counted(question: Question, now: dt.datetime) -> bool:
    last = min(question.scope.period.last, local_day(now))
    at = counted_at(last)
    return is_fresh(at, now) if last == local_day(now) else at is not None


def _day_rows(question: Question) -> dict[Pair, int] | None:
    """What the day tables say; None where none is cut that way."""
    scope, picks, figure = question.scope, Q(), question.measure
    table: type[Model] = DayDirection
    if question.measure == STAY.code:
        if scope.office_id is not None:
            return None
        table, figure = DayStay, "stays"
        picks = scope.matters()
        if question.flow:
            picks &= Q(flow=question.flow, state=question.state)
    elif scope.office_id is not None:
        if scope.picks_matters:
            return None
        table, picks = DayOffice, Q(office_id=scope.office_id)
    elif scope.picks_matters:
        table, picks = DayMatter, scope.matters()
    days = Q(day__gte=scope.period.first, day__lte=scope.period.last)
    rows = table._default_manager.filter(picks, days, scope.cells()).order_by()
    summed = rows.values_list(*PAIR).annotate(n=Sum(figure))
    return {(origin, owner): n for origin, owner, n in summed}


def _counted(rows: QuerySet[Model]) -> dict[Pair, int]:
    counted = rows.order_by().values_list(*PAIR).annotate(n=Count("pk"))
    return {(origin, owner): n for origin, owner, n in counted}
