"""Late and about to be late: what a supervisor may act on, and what became of their 督办."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Sum

from tongban.offices.codes import province_of
from workflows.cases.access import visible_to
from workflows.cases.clocks import local_day
from workflows.cases.models import Case, Enquiry
from workflows.cases.places import office_cards
from workflows.cases.unguessed import moment

from .behind import PAGE_SIZE, Line, Place, last_moment, lines_of
from .directions import SINGLE
from .figures import as_of, is_fresh
from .measures import STOCKS, stock_rows
from .models import DayStanding
from .scope import Scope
from .stocks import Standing
from .viewers import Viewer

Standings = list[tuple[int, Standing]]
# The tabs of the page that list cases; the others list the 督办 that were sent, and those overdue.
LIGHTS = ("red", "yellow", "delivering_red")
SENT, OVERDUE = "sent", "sent_overdue"
# Red from `due_at` on: the last day in time is that of the instant before.
INSTANT = dt.timedelta(microseconds=1)


@dataclass(frozen=True)
class Urged:
    """What became of a 督办: waiting, overdue or answered."""

    id: int
    number: str
    matter: str
    office: str
    asker: str
    text: str
    asked_at: dt.datetime
    due_at: dt.datetime
    answer: str
    answered_at: dt.datetime | None
    state: str

    @property
    def words(self) -> str:
        return {"waiting": "待答复", "overdue": "答复已逾期", "answered": "已答复"}[self.state]

    @property
    def kind(self) -> str:
        return {"waiting": "info", "overdue": "bad", "answered": "good"}[self.state]

    @property
    def href(self) -> str:
        return f"/desk/{self.number}/"

    @property
    def due(self) -> str:
        return last_moment(self.due_at)


@dataclass(frozen=True)
class LateLine:
    """A late case and the last 督办 about it, if there was one."""

    line: Line
    late_for: str
    urged: Urged | None


@dataclass(frozen=True)
class Page:
    lines: list[LateLine]
    next: Place | None


def late_cases(viewer: Viewer, scope: Scope, light: str, now: dt.datetime) -> QuerySet[Case]:
    """Cases that this person may see with that light (`LIGHTS`)."""
    # The list walks the cases in the order in which they are due, to the end of its page.
    rows = stock_rows(light, moment(now)) & scope.cells() & scope.matters()
    if scope.office_id is not None:
        rows &= Q(holder_office=scope.office_id)
    return visible_to(viewer.actor).filter(rows)


def counts(
    viewer: Viewer, scope: Scope, stocks: Standings | None, now: dt.datetime
) -> dict[str, int]:
    """How many of each light, and how many 督办 wait for an answer. Two statements at most.

    As last counted, where that was lately: of five million cases a quarter of a million are open.
    """
    sent = (
        _sent(viewer, scope)
        .filter(answered_at=None)
        .aggregate(**{SENT: Count("pk"), OVERDUE: Count("pk", filter=Q(due_at__lte=now))})
    )
    if stocks is not None:
        asked = [s for office, s in stocks if scope.office_id in (None, office)]
        return {light: sum(getattr(s, light) for s in asked) for light in LIGHTS} | sent
    seen = visible_to(viewer.actor).filter(scope.cells() & scope.matters(), closed_at=None)
    if scope.office_id is not None:
        seen = seen.filter(holder_office=scope.office_id)
    lights = {light: Count("pk", filter=stock_rows(light, now)) for light in LIGHTS}
    return {**seen.aggregate(**lights), **sent}


def standings(viewer: Viewer, scope: Scope, now: dt.datetime) -> Standings | None:
    """(office, how its cases stand) of the directions this person opens; None if counted long ago."""
    if scope.picks_matters or not is_fresh(as_of(local_day(now)).stood, now):
        return None
    whole = [pair for d in SINGLE for pair in d.pairs if viewer.sees_whole(*pair)]
    seen = Q(pk__in=DayStanding.objects.none())
    for origin, owner in whole:
        seen |= Q(origin_province=origin, owner_province=owner)
    rows = DayStanding.objects.filter(scope.cells(), seen, day=local_day(now)).order_by()
    counted = rows.values_list("office_id").annotate(**{f"n_{c}": Sum(c) for c in STOCKS})
    return [(office, Standing(*n)) for office, *n in counted]


def page_of(
    viewer: Viewer, scope: Scope, light: str, *, now: dt.datetime, after: Place | None
) -> Page:
    """The cases of a light, the one due first on top."""
    cases = late_cases(viewer, scope, light, now).order_by("due_at", "id")
    if after is not None and after.moment is not None:
        here = Q(due_at=after.moment, pk__gt=after.id)
        cases = cases.filter(Q(due_at__gt=after.moment) | here, due_at__gte=moment(after.moment))
    found = list(cases.select_related("matter")[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    urged = _last_urged(shown, now)
    lines = [
        LateLine(line, late_for(case, now), urged.get(case.pk))
        for case, line in zip(shown, lines_of(shown, now), strict=True)
    ]
    more = len(found) > PAGE_SIZE
    return Page(lines, Place(shown[-1].due_at, shown[-1].pk) if more else None)


def by_office(
    viewer: Viewer, scope: Scope, stocks: Standings | None, now: dt.datetime
) -> list[tuple[int, str, int, int]]:
    """(office id, name, red, yellow) of one's own province's offices. Two statements at most."""
    if stocks is None:
        rows = _by_office_now(viewer, scope, now)
    else:
        rows = [
            (office, s.red, s.yellow)
            for office, s in stocks
            if (s.red or s.yellow) and scope.office_id in (None, office)
        ]
    cards = office_cards(office for office, _, _ in rows)
    own = [
        (office, cards[office].name, reds, yellows)
        for office, reds, yellows in rows
        if office in cards and province_of(cards[office].region) in viewer.detail
    ]
    return sorted(own, key=lambda row: (-row[2], -row[3], row[0]))


def _by_office_now(viewer: Viewer, scope: Scope, now: dt.datetime) -> list[tuple[int, int, int]]:
    open_cases = visible_to(viewer.actor).filter(scope.cells() & scope.matters(), closed_at=None)
    counted = (
        open_cases.filter(Q(yellow_at__lte=now) | Q(due_at__lte=now), holder_office__isnull=False)
        .order_by()
        .values_list("holder_office")
        .annotate(
            reds=Count("pk", filter=stock_rows("red", now)),
            yellows=Count("pk", filter=stock_rows("yellow", now)),
        )
    )
    return [(office, reds, yellows) for office, reds, yellows in counted if reds or yellows]


def sent_page(
    viewer: Viewer, scope: Scope, *, now: dt.datetime, after: Place | None, overdue: bool = False
) -> tuple[list[Urged], Place | None]:
    """督办 about cases that this person may see, the latest first."""
    sent = _sent(viewer, scope).order_by("-asked_at", "-id")
    if overdue:
        sent = sent.filter(answered_at=None, due_at__lte=now)
    if after is not None and after.moment is not None:
        at, key = after.moment, after.id
        sent = sent.filter(Q(asked_at__lt=at) | Q(asked_at=at, pk__lt=key))
    found = list(sent.select_related("case__matter")[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    more = len(found) > PAGE_SIZE
    return urged_of(shown, now), Place(shown[-1].asked_at, shown[-1].pk) if more else None


def urged_of(enquiries: Iterable[Enquiry], now: dt.datetime) -> list[Urged]:
    """enquiries: with their case and its matter. One statement for offices not read before."""
    rows = list(enquiries)
    offices = office_cards(row.office_id for row in rows)
    return [
        Urged(
            id=row.pk,
            number=row.case.number,
            matter=row.case.matter.name,
            office=offices[row.office_id].name,
            asker=row.asker_name,
            text=row.text,
            asked_at=row.asked_at,
            due_at=row.due_at,
            answer=row.answer,
            answered_at=row.answered_at,
            state="answered" if row.answered_at else "overdue" if now >= row.due_at else "waiting",
        )
        for row in rows
    ]


def late_for(case: Case, now: dt.datetime) -> str:
    """'已超 3 天', natural days since the last one that was in time; '' while it is in time."""
    due_at = case.deadline_at
    if case.due_at is None or due_at is None or now < case.due_at:
        return ""
    if now < due_at:
        # Red before it is late, where the matter wants that.
        return "还没有超期"
    days = (local_day(now) - local_day(due_at - INSTANT)).days
    return f"已超 {days} 天" if days else "已超期"


def _last_urged(cases: list[Case], now: dt.datetime) -> dict[int, Urged]:
    """The last 督办 about each of these cases. One statement."""
    enquiries = Enquiry.objects.filter(
        case__in=[case.pk for case in cases], kind=Enquiry.Kind.SUPERVISION
    ).select_related("case__matter")
    last = {row.case_id: row for row in enquiries.order_by("id")}
    return dict(zip(last, urged_of(last.values(), now), strict=True))


def _sent(viewer: Viewer, scope: Scope) -> QuerySet[Enquiry]:
    cases = visible_to(viewer.actor).filter(scope.cells() & scope.matters())
    rows = Enquiry.objects.filter(kind=Enquiry.Kind.SUPERVISION, case__in=cases.values("pk"))
    return rows if scope.office_id is None else rows.filter(office=scope.office_id)
