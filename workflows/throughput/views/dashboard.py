"""The supervisor's page: numbers first, then the line, then tables; and each table whole."""

from __future__ import annotations

from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tongban.offices.calendar import calendar_for

from ..all_tables import OVERVIEW, TABLES
from ..board import Board
from ..cards import period_cards, today_cards
from ..charts import Point
from ..csv_files import table_csv
from ..differences import last_night
from ..directions import SC
from ..periods import ONE_DAY, one_day
from ..tables import Table
from ..viewers import Viewer, for_viewers
from ..xlsx_files import table_xlsx
from .boards import address, as_of, asked_for, tabs

# Rows on the dashboard and on a page of a whole table.
SHORT, LONG = {"offices": 12, "matters": 10, "stays": 10}, 100


@for_viewers
@require_safe
def dashboard(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    board, form = asked_for(request, viewer)
    built = {code: build(board) for code, build in OVERVIEW.items()}
    tables = {code: t.first(SHORT[code]) if code in SHORT else t for code, t in built.items()}
    return render(
        request,
        "throughput/dashboard.html",
        {
            "form": form,
            "board": board,
            "tabs": tabs(board, ""),
            "as_of": as_of(board),
            "today_cards": today_cards(board),
            "period_cards": period_cards(board),
            "points": _points(board),
            "tables": tables,
            "addresses": {code: address(board, code) for code in OVERVIEW},
            "late_href": board.scope.address("/throughput/late/"),
            "published": max(board.published, default=None),
            "night": last_night(board.today),
        },
    )


@for_viewers
@require_safe
def table(request: HttpRequest, viewer: Viewer, code: str) -> HttpResponse:
    """One table with all its rows, a hundred a page; `format=csv` or `xlsx` gives it as a file."""
    build = TABLES.get(code)
    if build is None:
        raise Http404
    board, form = asked_for(request, viewer, compares=True)
    built = build(board)
    files = {"csv": table_csv, "xlsx": table_xlsx}
    if (file := files.get(request.GET.get("format", ""))) is not None:
        return file(built, period=board.scope.period.days, counted_at=board.counted_at)
    shown, after = _page(built, request.GET.get("after", ""))
    return render(
        request,
        "throughput/table.html",
        {
            "form": form,
            "board": board,
            "as_of": as_of(board),
            "table": shown,
            "whole": address(board, code),
            "first": address(board, code) if request.GET.get("after") else None,
            "next": address(board, code, after=after) if after else None,
            "back": board.scope.address("/throughput/"),
        },
    )


def _points(board: Board) -> list[Point]:
    """The line's days with their links; a day off is the nation's."""
    first, last = board.line
    calendar = calendar_for(SC)
    points = []
    for ahead in range((last - first).days + 1):
        day = first + ahead * ONE_DAY
        sums, scope = board.of_day(day), board.scope.but(period=one_day(day))
        points.append(
            Point(
                day=day,
                received=sums["received"],
                concluded=sums["concluded"],
                is_working=calendar.is_working(day),
                received_href=scope.behind("received") if sums["received"] else "",
                concluded_href=scope.behind("concluded") if sums["concluded"] else "",
            )
        )
    return points


def _page(built: Table, after: str) -> tuple[Table, str]:
    """The rows that follow the one of that key, and the key to go on from ('' at the end)."""
    keys = [row.key for row in built.rows]
    start = keys.index(after) + 1 if after in keys else 0
    rows = built.rows[start : start + LONG]
    more = len(built.rows) > start + LONG
    return replace(built, rows=rows), rows[-1].key if more else ""
