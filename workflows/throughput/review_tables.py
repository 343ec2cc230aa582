"""差评整改 by province that decided and by own office; each number opens its reviews."""

from __future__ import annotations

from collections.abc import Callable

from workflows.cases.places import office_cards

from .board import Board
from .directions import PROVINCES
from .reviews import FIGURES, RATES, Loop, loops, together
from .scope import Scope
from .tables import Cell, Column, Row, Table, count, name, share, table, text

Listed = Callable[[str], str]


def rating_loop(board: Board) -> Table:
    """Two statements, the second for the names of own offices."""
    found = loops(board.scope, board.scope.period, board.now)
    own = {
        office: loop
        for (province, office), loop in found.items()
        if office is not None and province in board.viewer.detail
    }
    cards = office_cards(own)
    rows = [
        Row(
            str(office),
            (
                name(cards[office].name if office in cards else f"机构 {office}"),
                *cells_of(loop, listed(board.scope.but(office_id=office))),
            ),
        )
        for office, loop in sorted(own.items(), key=lambda pair: (-pair[1].bad, pair[0]))
    ]
    feet = [
        Row(code, (name(f"{named}办理"), *cells_of(_of(found, code), _nothing)))
        for code, named in PROVINCES.items()
    ]
    total = together(found.values())
    feet.append(Row("total", (name("合计"), *cells_of(total, _nothing))))
    note = "按作出决定的机构统计，外省市只列合计；按评价之日计入，进展以此刻为准。"
    return table(
        "rating_loop", "差评整改", [text("机构"), *COLUMNS], rows, feet=tuple(feet), note=note
    )


COLUMNS = [
    *(Column(each.label, each.definition) for each in FIGURES.values()),
    *(Column(each.label, each.definition) for each in RATES.values()),
]


def cells_of(loop: Loop, href: Listed) -> tuple[Cell, ...]:
    counts = (count(getattr(loop, code), href(code)) for code in FIGURES)
    return (*counts, *(share(getattr(loop, code)) for code in RATES))


def listed(scope: Scope) -> Listed:
    return lambda code: scope.behind_reviews(code)


def _of(found: dict[tuple[str, int | None], Loop], province: str) -> Loop:
    return together(loop for (owner, _), loop in found.items() if owner == province)


def _nothing(_code: str) -> str:
    """A province's sum is no list: some of its cases are not this person's to open."""
    return ""
