"""Pages of several tables: the matrix, time, ranking, queries and appointments, flags, publishing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ..all_tables import SECTIONS
from ..bar_charts import Bars, bearers_chart, times_chart
from ..board import Board
from ..cards import Card, other_cards
from ..definitions import groups
from ..directions import SINGLE
from ..measures import FLOWS
from ..region_tables import chosen
from ..tallies import ROUTE_FIGURES
from ..viewers import Viewer, for_viewers
from .boards import HOME, address, as_of, asked_for, tabs

# Rows of each table here; the rest stand on the table's own page. Some say nothing in part.
SHORT, WHOLE = 10, ("times", "regions", "published", "ranking")
Choice = dict[str, object]


@for_viewers
@require_safe
def section(request: HttpRequest, viewer: Viewer, code: str) -> HttpResponse:
    """`code` is one of `SECTIONS`; the address of each is written out in urls.py."""
    board, form = asked_for(request, viewer, compares=code == "ranking")
    page = SECTIONS[code]
    built = {name: build(board) for name, build in page.tables.items()}
    parts = [
        {
            "table": table if name in WHOLE else table.first(SHORT),
            "whole": address(board, name),
            "chart": _chart(board, name),
        }
        for name, table in built.items()
    ]
    return render(
        request,
        "throughput/section.html",
        {
            "form": form,
            "board": board,
            "tabs": tabs(board, code),
            "as_of": as_of(board),
            "section": page,
            "parts": parts,
            "cards": _cards(board, code),
            "choices": _choices(board) if code == "matrix" else [],
        },
    )


@for_viewers
@require_safe
def definitions(request: HttpRequest, viewer: Viewer) -> HttpResponse:  # noqa: ARG001
    """Every definition with its version and the day it holds from."""
    return render(request, "throughput/definitions.html", {"groups": list(groups())})


def _cards(board: Board, code: str) -> list[Card]:
    return other_cards(board) if code == "others" else []


def _chart(board: Board, name: str) -> Bars | None:
    if name == "times":
        return times_chart(board)
    return bearers_chart(board) if name == "bearers" else None


def _choices(board: Board) -> list[tuple[str, list[Choice]]]:
    """What the matrix counts, and which way; both stay in the address."""
    path = f"{HOME}matrix/"
    figures: list[Choice] = [
        {
            "href": board.scope.address(path, {"of": code}),
            "text": FLOWS[code].label,
            "count": None,
            "current": code == board.of,
        }
        for code in ROUTE_FIGURES
    ]
    ways: list[Choice] = [
        {
            "href": board.scope.but(direction=d.code).address(path, {"of": board.of}),
            "text": d.label,
            "count": None,
            "current": d.code == chosen(board),
        }
        for d in SINGLE
    ]
    return [("指标", figures), ("方向", ways)]
