"""How the events of a day become the rows of the day tables, as querysets over events."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    F,
    Field,
    Model,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce

from workflows.cases.clocks import midnight
from workflows.cases.models import Event

from .measures import ACTING, ARRIVING, COMING_IN, COUNTED, FLOWS
from .models import NO_OFFICE, DayDirection, DayMatter, DayOffice, DayStay

DIRECTION = ("origin_province", "owner_province", "mode")


@dataclass(frozen=True)
class Tally:
    """One day table: the columns that cut it, and the query that counts them."""

    model: type[Model]
    rows: QuerySet[Event, Any]
    cut_by: tuple[str, ...]
    figures: tuple[str, ...]

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def name(self) -> str:
        return self.model.__name__


def tallies(day: dt.date) -> list[Tally]:
    events = events_of(day)
    counts: dict[str, Any] = {code: Count("id", filter=m.rows) for code, m in FLOWS.items()}
    counts["working_days"] = _sum("working_days", FLOWS["measured"].rows)
    office = {"cell_office": _office(), "cell_province": _province()}
    work = {
        "steps": Count("id", filter=Q(office_id__isnull=False)),
        "parts": Count("id", filter=Q(counts_as="concluded", is_root=False)),
    }
    # Half of all events count for nothing but an office's work.
    counted = events.filter(COUNTED)
    stays = events.filter(data__has_key="stay")
    return [
        _tally(DayDirection, counted, DIRECTION, counts),
        _tally(DayMatter, counted, (*DIRECTION, "matter_id"), counts),
        _tally(
            DayOffice,
            events.annotate(**office),
            (*DIRECTION, "cell_office", "cell_province"),
            counts | work,
            named={"cell_office": "office_id", "cell_province": "province"},
        ),
        _tally(
            DayStay,
            stays.annotate(cell_flow=KT("data__stay__flow")),
            (*DIRECTION, "matter_id", "cell_flow", "from_state"),
            {"stays": Count("id"), "seconds": _sum(_seconds())},
            named={"cell_flow": "flow", "from_state": "state"},
        ),
    ]


def events_of(day: dt.date) -> QuerySet[Event]:
    """The events of a day in Asia/Shanghai, from midnight up to, not including, the next."""
    tomorrow = day + dt.timedelta(days=1)
    return Event.objects.filter(at__gte=midnight(day), at__lt=midnight(tomorrow)).order_by()


def _tally(
    model: type[Model],
    events: QuerySet[Event],
    cut_by: Sequence[str],
    counts: dict[str, Any],
    named: dict[str, str] | None = None,
) -> Tally:
    """`named`: what a cut is called in the table, where the event calls it otherwise."""
    # An alias of its own: `received` the figure and a column of the event must not meet.
    figures = {f"n_{code}": count for code, count in counts.items()}
    rows = events.values(*cut_by).annotate(**figures)
    columns = tuple((named or {}).get(cut, cut) for cut in cut_by)
    return Tally(model, rows, columns, tuple(counts))


def _sum(what: str | Combinable, rows: Q | None = None) -> Coalesce:
    nothing: Value = Value(0)
    return Coalesce(Sum(what, filter=rows, default=None), nothing, output_field=BigIntegerField())


def _seconds() -> Cast:
    return Cast(KT("data__stay__seconds"), BigIntegerField())


def _office() -> Case:
    return _by_direction(
        Coalesce(*map(F, ARRIVING), Value(NO_OFFICE)),
        Coalesce(*map(F, ACTING), Value(NO_OFFICE)),
        BigIntegerField(),
    )


def _province() -> Case:
    comes_in = Case(When(to_office_id__isnull=False, then=F("to_province")), default=F("province"))
    acts = Case(When(office_id__isnull=False, then=F("province")), default=F("to_province"))
    return _by_direction(comes_in, acts, CharField())


def _by_direction(comes_in: Combinable, acts: Combinable, kind: Field[Any, Any]) -> Case:
    return Case(When(COMING_IN, then=comes_in), default=acts, output_field=kind)
