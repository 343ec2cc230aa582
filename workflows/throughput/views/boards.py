"""What the pages of figures share: the board that was asked for, and the way between the pages."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils import timezone

from ..all_tables import SECTIONS
from ..board import Board
from ..figures import is_fresh
from ..filters import ScopeForm
from ..tallies import ROUTE_FIGURES
from ..viewers import Viewer

HOME = "/throughput/"


@dataclass(frozen=True)
class AsOf:
    """The moment that today's figures are of."""

    at: dt.datetime | None
    is_stale: bool


def asked_for(
    request: HttpRequest, viewer: Viewer, *, compares: bool = False
) -> tuple[Board, ScopeForm]:
    """The board of the filters in the address; `of` names what a matrix counts."""
    now = timezone.now()
    form = ScopeForm(request.GET, viewer=viewer, today=timezone.localdate(now))
    of = request.GET.get("of", "")
    # Only lists are of one office.
    scope = form.scope.but(office_id=None)
    of = of if of in ROUTE_FIGURES else "received"
    return Board(viewer, scope, now, compares=compares, of=of), form


def as_of(board: Board) -> AsOf:
    at = board.counted_at
    return AsOf(at, is_stale=not is_fresh(at, board.now))


def address(board: Board, code: str, **more: str) -> str:
    """Of a whole table."""
    of = {"of": board.of} if board.of != "received" else {}
    return board.scope.address(f"{HOME}tables/{code}/", of | more)


def tabs(board: Board, current: str) -> list[dict[str, object]]:
    """The pages of figures with the same filters; '' is the overview."""
    pages = [("", HOME, "总览")]
    pages += [(s.code, f"{HOME}{s.code}/", s.title) for s in SECTIONS.values()]
    pages.append(("ratings", f"{HOME}ratings/", "差评整改"))
    pages.append(("bulletins", f"{HOME}bulletins/", "通报和周报"))
    return [
        {"href": board.scope.address(path), "text": text, "count": None, "current": code == current}
        for code, path, text in pages
    ]
