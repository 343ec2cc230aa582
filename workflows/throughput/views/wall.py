"""The wall screen: large numbers that refresh themselves; no case, no name, no way to act."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ..cards import period_cards, today_cards
from ..figure_tables import directions
from ..viewers import Viewer, for_viewers
from .boards import HOME, as_of, asked_for

EVERY_SECONDS = 30
LOOKS = ("dark", "light")


@for_viewers
@require_safe
def wall(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The filters of the figures, and `look`. htmx asks for the part that moves."""
    board, _ = asked_for(request, viewer)
    look = request.GET.get("look", "")
    look = look if look in LOOKS else LOOKS[0]
    other = next(each for each in LOOKS if each != look)
    path = f"{HOME}wall/"
    context = {
        "board": board,
        "as_of": as_of(board),
        "today_cards": today_cards(board),
        "period_cards": [
            card for card in period_cards(board) if card.code in ("on_time", "mean_days", "content")
        ],
        "directions": directions(board),
        "look": look,
        "other": other,
        "other_href": board.scope.address(path, {"look": other}),
        "part_href": board.scope.address(path, {"look": look}),
        "back": board.scope.address(HOME),
        "every": EVERY_SECONDS,
    }
    whole = "throughput/wall.html"
    return render(request, "throughput/_wall.html" if request.htmx else whole, context)  # type: ignore[attr-defined]
