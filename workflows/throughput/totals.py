"""How many cases are behind a number, and how many of them somebody may open.

The day tables know it where they were counted lately; otherwise, and for what no table is cut by,
the events are counted themselves.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Model, Q, QuerySet, Sum

from workflows.cases.clocks import local_day

from .behind import Question, cases_behind, events_behind, flag_rows
from .directions import Pair
from .figures import as_of, is_fresh
from .measures import OTHERS, STAY
from .models import (
    DayDirection,
    DayMatter,
    DayOffice,
    DayOther,
    DayRoute,
    DayStanding,
    DayStandingMatter,
    DayStay,
    DayTime,
    DayTimeOffice,
)
from .routes import areas
from .tallies import ROUTE_FIGURES
from .viewers import Viewer

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


def _pairs(question: Question, now: dt.datetime) -> dict[Pair, int]:
    if question.is_flag:
        return _counted(flag_rows(question), "case_id")
    if question.is_stock:
        rows = _standing_rows(question, now)
        return _counted(cases_behind(question, now)) if rows is None else rows
    days = _day_rows(question) if _is_counted(question, now) else None
    return _counted(events_behind(question)) if days is None else days


def _is_counted(question: Question, now: dt.datetime) -> bool:
    last = min(question.scope.period.last, local_day(now))
    at = as_of(last).counted
    return is_fresh(at, now) if last == local_day(now) else at is not None


def _standing_rows(question: Question, now: dt.datetime) -> dict[Pair, int] | None:
    """What was counted lately of how cases stand; None where nothing was, or no table is cut so."""
    scope, today = question.scope, local_day(now)
    if scope.picks_matters and scope.office_id is not None:
        return None
    if not is_fresh(as_of(today).stood, now):
        return None
    table: type[Model] = DayStandingMatter if scope.picks_matters else DayStanding
    picks = scope.matters() if scope.picks_matters else Q()
    if scope.office_id is not None:
        picks &= Q(office_id=scope.office_id)
    rows = table._default_manager.filter(picks, scope.cells(), day=today)
    return _summed_up(rows, question.measure)


def _day_rows(question: Question) -> dict[Pair, int] | None:
    """What the day tables say; None where none is cut that way."""
    scope = question.scope
    cut = _table_of(question)
    if cut is None:
        return None
    table, figure, picks = cut
    days = Q(day__gte=scope.period.first, day__lte=scope.period.last)
    return _summed_up(table._default_manager.filter(picks, days, scope.cells()), figure)


def _table_of(question: Question) -> tuple[type[Model], str, Q] | None:
    """The day table, its figure, and which of its rows."""
    scope, figure = question.scope, question.measure
    by_office, by_matter = scope.office_id is not None, scope.picks_matters
    office = Q(office_id=scope.office_id) if by_office else Q()
    if question.route:
        known = figure in ROUTE_FIGURES and not by_office and not by_matter
        return (DayRoute, figure, areas("route", question.route)) if known else None
    if question.days:
        days = Q(days__in=question.days.days)
        if by_office:
            return None if by_matter else (DayTimeOffice, "cases", office & days)
        return DayTime, "cases", scope.matters() & days
    if figure == STAY.code:
        state = Q(flow=question.flow, state=question.state) if question.flow else Q()
        return None if by_office else (DayStay, "stays", scope.matters() & state)
    if figure in OTHERS:
        return None if by_office else (DayOther, figure, scope.matters())
    if by_office:
        return None if by_matter else (DayOffice, figure, office)
    return (DayMatter, figure, scope.matters()) if by_matter else (DayDirection, figure, Q())


def _summed_up(rows: QuerySet[Any], figure: str) -> dict[Pair, int]:
    summed = rows.order_by().values_list(*PAIR).annotate(n=Sum(figure))
    return {(origin, owner): n for origin, owner, n in summed}


def _counted(rows: QuerySet[Any], what: str = "pk") -> dict[Pair, int]:
    counted = rows.order_by().values_list(*PAIR).annotate(n=Count(what, distinct=what != "pk"))
    return {(origin, owner): n for origin, owner, n in counted}
