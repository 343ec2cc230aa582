"""差评: what is open, overdue and closed; for the offices that owe something, and for supervisors."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from workflows.cases.models import RatingReview
from workflows.cases.places import office_cards, office_name
from workflows.cases.rated import is_overdue, standing

from ..behind import PAGE_SIZE, Place, last_moment
from ..board import Board
from ..directions import direction_label
from ..filters import ScopeForm
from ..review_tables import rating_loop
from ..reviews import FIGURES, reviews, rows_of, seen_by, within
from ..scope import Scope
from ..viewers import Viewer, viewer_of
from .boards import address, as_of, tabs

PATH = "/throughput/ratings/"
# How things stand now, whenever the rating was given.
NOW = {"open": "没有办结", "late": "逾期未办"}
TABS = {**NOW, "closed": "已办结", "bad": "全部差评"}


@dataclass(frozen=True)
class Line:
    """A review as a line of the list. state, kind: words and colour of its tag."""

    number: str
    matter: str
    direction: str
    level: str
    office: str
    rated_at: dt.datetime
    due: str
    state: str
    kind: str
    is_overdue: bool
    about: str

    @property
    def href(self) -> str:
        return f"/desk/{self.number}/"


@never_cache
@login_required
@require_safe
def ratings(request: HttpRequest) -> HttpResponse:
    """`show`: one of `TABS` or a figure; `after` is where the page begins."""
    actor = request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
    viewer = viewer_of(actor) or Viewer(actor, frozenset())
    if not (viewer.detail or actor.desks or actor.heads):
        raise Http404
    now = timezone.now()
    form = ScopeForm(request.GET, viewer=viewer, today=timezone.localdate(now))
    board = Board(viewer, form.scope, now)
    show = request.GET.get("show", "open")
    show = show if show in (*TABS, *FIGURES) else "open"
    after = Place.parse(request.GET.get("after", ""))
    rows = _rows(viewer, board.scope, show, now)
    lines, place = _page(rows, show, after, now)
    scope = board.scope
    return render(
        request,
        "throughput/ratings.html",
        {
            "form": form,
            "board": board,
            "viewer": viewer,
            "tabs": tabs(board, "ratings") if viewer.detail else [],
            "as_of": as_of(board),
            "table": rating_loop(board) if viewer.detail else None,
            "whole": address(board, "rating_loop"),
            "shows": _shows(viewer, scope, show, now),
            "figure": FIGURES.get(show) if show not in TABS else None,
            "lines": lines,
            "office": office_name(scope.office_id),
            "all_offices": scope.but(office_id=None).address(PATH, {"show": show}),
            "first": scope.address(PATH, {"show": show}) if after else None,
            "next": scope.address(PATH, {"show": show, "after": str(place)}) if place else None,
        },
    )


def _rows(viewer: Viewer, scope: Scope, show: str, now: dt.datetime) -> QuerySet[RatingReview]:
    # A number counts applications only; what has to be done is everything.
    rows = reviews() if show in FIGURES else RatingReview.objects.all()
    period = None if show in NOW else scope.period
    return rows.filter(seen_by(viewer), within(scope, period), rows_of(show, now))


def _page(
    rows: QuerySet[RatingReview], show: str, after: Place | None, now: dt.datetime
) -> tuple[list[Line], Place | None]:
    """What is to be done: the one due first on top; the others: the latest first. One statement."""
    if show in NOW:
        rows = rows.order_by("due_at", "id")
        if after is not None and after.moment is not None:
            at, key = after.moment, after.id
            rows = rows.filter(Q(due_at__gt=at) | Q(due_at=at, pk__gt=key))
    else:
        rows = rows.order_by("-opened_at", "-id")
        if after is not None and after.moment is not None:
            at, key = after.moment, after.id
            rows = rows.filter(Q(opened_at__lt=at) | Q(opened_at=at, pk__lt=key))
    found = list(rows.select_related("case", "matter").defer("case__data")[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    offices = office_cards(row.office_id for row in shown if row.office_id is not None)
    lines = [_line(row, offices, now) for row in shown]
    if len(found) <= PAGE_SIZE:
        return lines, None
    last = shown[-1]
    return lines, Place(last.due_at if show in NOW else last.opened_at, last.pk)


def _line(row: RatingReview, offices: dict[int, Any], now: dt.datetime) -> Line:
    state, kind = standing(row, now)
    office = offices.get(row.office_id or 0)
    said = [text for text in (row.finding, row.fix, row.words) if text]
    return Line(
        number=row.case.number,
        matter=row.matter.name,
        direction=direction_label(row.origin_province, row.owner_province),
        level=row.get_level_display(),
        office=office.name if office else "",
        rated_at=row.opened_at,
        due=last_moment(row.due_at),
        state=state,
        kind=kind,
        is_overdue=is_overdue(row, now),
        about="；".join(said),
    )


def _shows(viewer: Viewer, scope: Scope, show: str, now: dt.datetime) -> list[dict[str, object]]:
    """The tabs with their counts. Two statements."""
    seen = RatingReview.objects.filter(seen_by(viewer))
    standing_now = {code: Count("pk", filter=rows_of(code, now)) for code in NOW}
    counted: dict[str, int] = seen.filter(within(scope, None), rows_of("open", now)).aggregate(
        **standing_now
    )
    of_days = seen.filter(within(scope, scope.period), is_counted=True)
    counted |= of_days.aggregate(bad=Count("pk"))
    counted |= seen.filter(within(scope, scope.period), rows_of("closed", now)).aggregate(
        closed=Count("pk")
    )
    return [
        {
            "href": scope.address(PATH, {"show": code}),
            "text": label,
            "count": counted[code],
            "current": code == show,
        }
        for code, label in TABS.items()
    ]
