"""The cases behind a number: found by the very rows that the number counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TypeVar, cast

from django.db.models import BooleanField, F, Func, JSONField, Q, QuerySet, Value
from django.db.models.fields.json import KT
from django.utils.dateparse import parse_datetime

from matters.catalogue.pinned import definitions_of
from tongban.accounts.personal import mask_name
from tongban.templatetags.formats import zh_short
from workflows.cases.access import visible_to
from workflows.cases.clocks import local_day, midnight
from workflows.cases.declarations import APPLICANT
from workflows.cases.flow import Flow
from workflows.cases.models import Case, Event
from workflows.cases.places import office_cards
from workflows.cases.unguessed import Unguessed, moment

from .directions import direction_label
from .flags import KINDS
from .measures import FLOWS, LISTED, STOCKS, at_office, figure, stock_rows
from .models import DayFlag
from .periods import ONE_DAY
from .routes import areas
from .scope import Scope
from .times import Bucket
from .viewers import Viewer
from .words import OUTCOMES

R = TypeVar("R")
PAGE_SIZE = 50
# More rows than this are for the tables, not for a file of cases.
FILE_AT_MOST = 10_000


@dataclass(frozen=True)
class Question:
    """Which figure of which scope.

    flow and state only for a stay, days only for a distribution, route only for the regions.
    """

    measure: str
    scope: Scope
    flow: str = ""
    state: str = ""
    route: str = ""
    days: Bucket | None = None

    @property
    def is_stock(self) -> bool:
        return self.measure in STOCKS

    @property
    def is_flag(self) -> bool:
        return self.measure in KINDS

    @property
    def has_moments(self) -> bool:
        """Whether each case of the list comes with the moment at which what is counted happened."""
        return not self.is_stock and not self.is_flag

    @property
    def label(self) -> str:
        return KINDS[self.measure].label if self.is_flag else figure(self.measure).label

    @property
    def definition(self) -> str:
        return KINDS[self.measure].definition if self.is_flag else figure(self.measure).definition


@dataclass(frozen=True)
class Place:
    """Where a page of a list ends. moment None: among cases without a due moment."""

    moment: dt.datetime | None
    id: int

    @classmethod
    def parse(cls, text: str) -> Place | None:
        """From what `str` gives; None for anything else."""
        moment, _, key = text.rpartition("~")
        try:
            row_id = int(key)
            found = None if moment == "none" else parse_datetime(moment)
        except ValueError:
            return None
        known = moment == "none" or (found is not None and found.tzinfo is not None)
        return cls(found, row_id) if known and 0 < row_id < 2**63 else None

    def __str__(self) -> str:
        return f"{self.moment.isoformat() if self.moment else 'none'}~{self.id}"


@dataclass(frozen=True)
class Line:
    """A case as a line of the list. at: when the counted thing happened; None in a stock."""

    number: str
    matter: str
    applicant: str
    direction: str
    state: str
    holder: str
    light: str
    due_at: dt.datetime | None
    at: dt.datetime | None
    about: str
    is_late: bool

    @property
    def href(self) -> str:
        return f"/desk/{self.number}/"

    @property
    def due(self) -> str:
        return last_moment(self.due_at)


@dataclass(frozen=True)
class Found:
    """A page of the list, and where the next one begins."""

    lines: list[Line]
    next: Place | None


def found(
    question: Question, viewer: Viewer, *, now: dt.datetime, after: Place | None = None
) -> Found:
    """One page of the cases behind a number that this person may open. Three statements at most."""
    mine = visible_to(viewer.actor).values("pk")
    if question.is_stock:
        behind = cases_behind(question, moment(now)).filter(pk__in=mine)
        cases = list(_stock_page(behind, after))
        place = _next(cases, lambda case: Place(case.due_at, case.pk))
        return Found(lines_of(cases[:PAGE_SIZE], now), place)
    if question.is_flag:
        flagged = list(_flag_page(flagged_cases(question).filter(pk__in=mine), after))
        place = _next(flagged, lambda case: Place(case.opened_at, case.pk))
        return Found(lines_of(flagged[:PAGE_SIZE], now), place)
    page = list(_event_page(events_behind(question).filter(case__in=mine), after))
    place = _next(page, lambda event: Place(event.at, event.pk))
    shown = page[:PAGE_SIZE]
    return Found(lines_of([event.case for event in shown], now, events=shown), place)


def events_behind(question: Question) -> QuerySet[Event]:
    """The events that a figure of something that happened counts."""
    scope, measure = question.scope, LISTED[question.measure]
    period = scope.period
    rows = measure.rows if scope.office_id is None else at_office(measure, scope.office_id)
    if question.flow:
        rows &= Q(_stayed_in(question.flow), from_state=question.state)
    if question.days:
        rows &= Q(working_days__in=question.days.days)
    events = Event.objects.all()
    if question.route:
        events = events.annotate(route=KT("data__route")).filter(areas("route", question.route))
    return events.filter(
        rows,
        scope.cells() & scope.matters(),
        at__gte=midnight(period.first),
        at__lt=midnight(period.last + ONE_DAY),
    )


def _stayed_in(flow: str) -> Func:
    """The stay was in that flow. As a function: of `=` on JSON the planner expects one row in two hundred
    where it is every third, and would sort a week's stays instead of walking the latest."""
    stay = Value({"stay": {"flow": flow}}, JSONField())
    return Func(F("data"), stay, function="jsonb_contains", output_field=BooleanField())


def flag_rows(question: Question) -> QuerySet[DayFlag]:
    """The flags that a question counts."""
    scope, period = question.scope, question.scope.period
    rows = DayFlag.objects.filter(
        scope.cells() & scope.matters(),
        kind=question.measure,
        day__gte=period.first,
        day__lte=period.last,
    )
    return rows if scope.office_id is None else rows.filter(office_id=scope.office_id)


def flagged_cases(question: Question) -> QuerySet[Case]:
    """The cases that carry the flag; flagged on two days, a case counts once."""
    return Case.objects.filter(pk__in=flag_rows(question).values("case_id"))


def cases_behind(question: Question, now: dt.datetime | Unguessed) -> QuerySet[Case]:
    """The cases that a stock counts now."""
    scope = question.scope
    rows = stock_rows(question.measure, now) & scope.cells() & scope.matters()
    if scope.office_id is not None:
        rows &= Q(holder_office=scope.office_id)
    return Case.objects.filter(rows)


def all_lines(question: Question, viewer: Viewer, *, now: dt.datetime) -> list[Line]:
    """Every line that this person may see, up to FILE_AT_MOST, for a download."""
    mine = visible_to(viewer.actor).values("pk")
    if question.is_stock:
        stock = _stock_order(cases_behind(question, now).filter(pk__in=mine))
        return lines_of(list(stock.select_related("matter")[:FILE_AT_MOST]), now)
    if question.is_flag:
        flagged = _flag_order(flagged_cases(question).filter(pk__in=mine))
        return lines_of(list(flagged.select_related("matter")[:FILE_AT_MOST]), now)
    events = list(_event_order(events_behind(question).filter(case__in=mine))[:FILE_AT_MOST])
    return lines_of([event.case for event in events], now, events=events)


def last_moment(due_at: dt.datetime | None) -> str:
    """The last day that is in time, '11月23日'; for a limit in hours the moment; '' without one."""
    if due_at is None:
        return ""
    day = local_day(due_at)
    return zh_short(day - ONE_DAY) if due_at == midnight(day) else zh_short(due_at)


def lines_of(
    cases: Sequence[Case], now: dt.datetime, *, events: Iterable[Event] = ()
) -> list[Line]:
    """The lines of these cases, their events beside them where there are any."""
    offices = office_cards(c.holder_office_id for c in cases if c.holder_office_id is not None)
    definitions = definitions_of(case.version_id for case in cases)
    lines = []
    for case, event in zip_longest(cases, events):
        flow = cast(Flow, case)
        office = offices.get(case.holder_office_id or 0)
        light = case.light(now) if case.is_open else ""
        lines.append(
            Line(
                number=case.number,
                matter=case.matter.name,
                applicant=mask_name(case.applicant_name),
                direction=direction_label(case.origin_province, case.owner_province),
                state=flow.state_label(definitions[case.version_id]),
                holder="申请人" if case.holder == APPLICANT else office.name if office else "",
                light="paused" if light == "none" and case.is_suspended else light,
                due_at=case.deadline_at,
                at=event.at if event else None,
                about=_about(event) if event else "",
                is_late=bool(event and event.is_late),
            )
        )
    return lines


def _about(event: Event) -> str:
    """'准予 · 3 个工作日', '评价：满意', '停留 26.5 小时'"""
    words = [OUTCOMES.get(event.outcome, event.outcome)] if event.outcome else []
    if event.working_days is not None:
        words.append(f"{event.working_days} 个工作日")
    if event.step == "rate" and "level" in event.data:
        words.append(FLOWS[f"rated_{event.data['level']}"].label)
    if "stay" in event.data and not words:
        words.append(f"停留 {event.data['stay']['seconds'] / 3600:,.1f} 小时")
    return " · ".join(words)


def _event_order(events: QuerySet[Event]) -> QuerySet[Event]:
    return events.select_related("case__matter").order_by("-at", "-id")


def _event_page(events: QuerySet[Event], after: Place | None) -> QuerySet[Event]:
    if after is not None and after.moment is not None:
        at, key = after.moment, after.id
        events = events.filter(Q(at__lt=at) | Q(at=at, pk__lt=key), at__lte=at)
    return _event_order(events)[: PAGE_SIZE + 1]


def _stock_order(cases: QuerySet[Case]) -> QuerySet[Case]:
    return cases.order_by(F("due_at").asc(nulls_last=True), "id")


def _stock_page(cases: QuerySet[Case], after: Place | None) -> QuerySet[Case]:
    if after is not None and after.moment is None:
        cases = cases.filter(due_at=None, pk__gt=after.id)
    elif after is not None:
        due, key = after.moment, after.id
        cases = cases.filter(Q(due_at__gt=due) | Q(due_at=due, pk__gt=key) | Q(due_at=None))
    return _stock_order(cases).select_related("matter")[: PAGE_SIZE + 1]


def _flag_order(cases: QuerySet[Case]) -> QuerySet[Case]:
    return cases.order_by("-opened_at", "-id")


def _flag_page(cases: QuerySet[Case], after: Place | None) -> QuerySet[Case]:
    if after is not None and after.moment is not None:
        at, key = after.moment, after.id
        cases = cases.filter(Q(opened_at__lt=at) | Q(opened_at=at, pk__lt=key))
    return _flag_order(cases).select_related("matter")[: PAGE_SIZE + 1]


def _next(page: Sequence[R], place: Callable[[R], Place]) -> Place | None:
    """The place of the last row shown, if there is another one after it."""
    return place(page[PAGE_SIZE - 1]) if len(page) > PAGE_SIZE else None
