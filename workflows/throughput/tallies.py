"""How the events of a day, and the open cases of a moment, become the rows of the day tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import (
    BigIntegerField,
    CharField,
    Count,
    F,
    Field,
    Model,
    Q,
    QuerySet,
    SmallIntegerField,
    Sum,
    Value,
    When,
)
from django.db.models import Case as CaseOf
from django.db.models.expressions import Combinable
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce, Least
from django.db.models.lookups import IsNull

from workflows.cases.clocks import midnight
from workflows.cases.models import Case, Event

from .measures import ACTING, ARRIVING, COMING_IN, COUNTED, FLOWS, OTHERS, STOCKS, stock_rows
from .models import (
    LONGEST_DAYS,
    NO_OFFICE,
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

DIRECTION = ("origin_province", "owner_province", "mode")
ROUTE_FIGURES = ("received", "accepted", "concluded", "granted", "timed", "late", "measured")


@dataclass(frozen=True)
class Tally:
    """One day table: the columns that cut it, and the SQL that counts them, in that order."""

    model: type[Model]
    sql: str
    params: tuple[Any, ...]
    cut_by: tuple[str, ...]
    figures: tuple[str, ...]

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def name(self) -> str:
        return self.model.__name__


def day_tallies(day: dt.date) -> list[Tally]:
    """The tables that are counted from a day's events, in one statement."""
    events = events_of(day)
    counts: dict[str, Any] = {code: Count("id", filter=m.rows) for code, m in FLOWS.items()}
    counts["working_days"] = _sum("working_days", FLOWS["measured"].rows)
    # Half of all events count for nothing but an office's work.
    counted = events.filter(COUNTED)
    matters = _tally(DayMatter, counted, (*DIRECTION, "matter_id"), counts)
    return [
        matters,
        # Measured: adding up the rows of the matters costs nothing, counting once more a fifth.
        _added_up(DayDirection, 0, DIRECTION, matters.figures),
        _offices(events, counts),
        _stays(events),
        _routes(counted, counts),
        *_times(events),
        _others(events),
    ]


def standing_tallies(now: dt.datetime) -> list[Tally]:
    """How the open cases stand at `now`, by office and by matter."""
    open_roots = Case.objects.filter(closed_at=None, parent=None).order_by()
    counts = {code: Count("id", filter=stock_rows(code, now)) for code in STOCKS}
    held = open_roots.annotate(cell_office=Coalesce("holder_office_id", Value(NO_OFFICE)))
    return [
        _tally(
            DayStanding,
            held,
            (*DIRECTION, "cell_office"),
            counts,
            named={"cell_office": "office_id"},
        ),
        _tally(DayStandingMatter, open_roots, (*DIRECTION, "matter_id"), counts),
    ]


def events_of(day: dt.date) -> QuerySet[Event]:
    """The events of a day in Asia/Shanghai, from midnight up to, not including, the next."""
    tomorrow = day + dt.timedelta(days=1)
    return Event.objects.filter(at__gte=midnight(day), at__lt=midnight(tomorrow)).order_by()


def _offices(events: QuerySet[Event], counts: dict[str, Any]) -> Tally:
    work = {
        "steps": Count("id", filter=Q(office_id__isnull=False)),
        "parts": Count("id", filter=Q(counts_as="concluded", is_root=False)),
    }
    return _tally(
        DayOffice,
        events.annotate(cell_office=_office(), cell_province=_province()),
        (*DIRECTION, "cell_office", "cell_province"),
        counts | work,
        named={"cell_office": "office_id", "cell_province": "province"},
    )


def _stays(events: QuerySet[Event]) -> Tally:
    stays = events.filter(data__has_key="stay").annotate(cell_flow=KT("data__stay__flow"))
    return _tally(
        DayStay,
        stays,
        (*DIRECTION, "matter_id", "cell_flow", "from_state"),
        {"stays": Count("id"), "seconds": _sum(_seconds())},
        named={"cell_flow": "flow", "from_state": "state"},
    )


def _routes(counted: QuerySet[Event], counts: dict[str, Any]) -> Tally:
    routed = counted.filter(
        counts_as__in=("received", "accepted", "concluded"), is_root=True, data__has_key="route"
    ).annotate(cell_route=KT("data__route"))
    figures = {code: counts[code] for code in (*ROUTE_FIGURES, "working_days")}
    return _tally(
        DayRoute, routed, (*DIRECTION, "cell_route"), figures, named={"cell_route": "route"}
    )


def _times(events: QuerySet[Event]) -> list[Tally]:
    """How many concluded cases took how many working days, by matter and by office."""
    longest: Value = Value(LONGEST_DAYS)
    taken = events.filter(FLOWS["measured"].rows).annotate(
        cell_days=Least(F("working_days"), longest, output_field=SmallIntegerField())
    )
    cases = {"cases": Count("id")}
    acting = taken.annotate(cell_office=_office(), cell_province=_province())
    return [
        _tally(
            DayTime, taken, (*DIRECTION, "matter_id", "cell_days"), cases,
            named={"cell_days": "days"},
        ),
        _tally(
            DayTimeOffice, acting, (*DIRECTION, "cell_office", "cell_province", "cell_days"), cases,
            named={"cell_office": "office_id", "cell_province": "province", "cell_days": "days"},
        ),
    ]  # fmt: skip


def _others(events: QuerySet[Event]) -> Tally:
    any_of = Q()
    for measure in OTHERS.values():
        any_of |= measure.rows
    counts = {code: Count("id", filter=measure.rows) for code, measure in OTHERS.items()}
    return _tally(DayOther, events.filter(any_of), (*DIRECTION, "matter_id"), counts)


def _tally(
    model: type[Model],
    rows: QuerySet[Any],
    cut_by: Sequence[str],
    counts: dict[str, Any],
    named: dict[str, str] | None = None,
) -> Tally:
    """`named`: what a cut is called in the table, where the rows call it otherwise."""
    # An alias of its own: `received` the figure and a column of the event must not meet.
    figures = {f"n_{code}": count for code, count in counts.items()}
    sql, params = rows.values(*cut_by).annotate(**figures).query.sql_with_params()
    columns = tuple((named or {}).get(cut, cut) for cut in cut_by)
    return Tally(model, sql, tuple(params), columns, tuple(counts))


def _added_up(model: type[Model], nth: int, cut_by: Sequence[str], figures: Sequence[str]) -> Tally:
    """The sums of what the nth tally of the same statement counted."""
    quoted = [connection.ops.quote_name(figure) for figure in figures]
    cuts, sums = ", ".join(cut_by), ", ".join(f"SUM({name})::bigint" for name in quoted)
    sql = f"SELECT {cuts}, {sums} FROM counted{nth} GROUP BY {cuts}"  # noqa: S608
    return Tally(model, sql, (), tuple(cut_by), tuple(figures))


def _sum(what: str | Combinable, rows: Q | None = None) -> Coalesce:
    nothing: Value = Value(0)
    return Coalesce(Sum(what, filter=rows, default=None), nothing, output_field=BigIntegerField())


def _seconds() -> Cast:
    return Cast(KT("data__stay__seconds"), BigIntegerField())


def _office() -> CaseOf:
    return _by_direction(
        Coalesce(*map(F, ARRIVING), Value(NO_OFFICE)),
        Coalesce(*map(F, ACTING), Value(NO_OFFICE)),
        Coalesce(Cast(KT("data__rated_office"), BigIntegerField()), Value(NO_OFFICE)),
        BigIntegerField(),
    )


def _province() -> CaseOf:
    comes_in = CaseOf(
        When(to_office_id__isnull=False, then=F("to_province")), default=F("province")
    )
    acts = CaseOf(When(office_id__isnull=False, then=F("province")), default=F("to_province"))
    known = IsNull(KT("data__rated_office"), False)
    rated = CaseOf(When(known, then=F("owner_province")), default=Value(""))
    return _by_direction(comes_in, acts, rated, CharField())


def _by_direction(
    comes_in: Combinable, acts: Combinable, rated: Combinable, kind: Field[Any, Any]
) -> CaseOf:
    return CaseOf(
        When(COMING_IN, then=comes_in),
        When(step="rate", then=rated),
        default=acts,
        output_field=kind,
    )
