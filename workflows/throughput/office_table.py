"""By office: one's own province's offices one by one, the other province as one line."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tongban.offices.codes import province_of
from workflows.cases.places import office_cards

from .board import Board
from .directions import PROVINCES
from .figures import Sums
from .models import NO_OFFICE
from .scope import Scope
from .stocks import Standing
from .tables import (
    Cell,
    Column,
    Row,
    Rows,
    Table,
    before,
    change,
    count,
    measured,
    name,
    rate,
    share,
    table,
    text,
)

WORKED = ("received", "accepted", "concluded", "late")
STANDS = ("in_hand", "yellow", "red")
STEPS = Column(
    "办理动作", "该机构人员在这段时间里办理的全部动作，含备注、联办子办件和送达；不是件数。"
)


@dataclass
class Line:
    """What one row adds up: an office, a province, or what lies at no office."""

    sums: Sums = field(default_factory=Sums)
    standing: Standing = field(default_factory=Standing)
    offices: frozenset[int] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Nothing of it would be shown: what only waits for its delivery is not in hand."""
        return not self.standing.in_hand and not any(self.sums.values())

    @property
    def rank(self) -> tuple[int, int, int, int]:
        return (
            -self.standing.red,
            -self.standing.yellow,
            -self.sums["concluded"] - self.sums["received"],
            -self.standing.in_hand,
        )


def offices(board: Board) -> Table:
    """Offices with anything in the period or in hand, the one with most late cases first.

    One statement for the names. With a matter or a department chosen only what stands now can be
    told apart by office; the day tables keep no office × matter.
    """
    flows = not board.scope.picks_matters
    own, others, nobody = _lines(board, flows=flows)
    was = _before(board, flows=flows)
    names = {i: card.name for i, card in office_cards(own).items()}
    filled = [pair for pair in own.items() if not pair[1].is_empty]
    filled.sort(key=lambda pair: (pair[1].rank, pair[0]))

    def row(pair: tuple[int, Line]) -> Row:
        i, line = pair
        named = name(names.get(i, f"机构 {i}"))
        return _row(f"{i}", named, line, board.scope.but(office_id=i), flows, was(i))

    rows = Rows(filled, row)
    feet = [
        _row(code, name(f"{PROVINCES[code]}各机构合计"), line, None, flows, was(*line.offices))
        for code, line in sorted(others.items())
    ]
    if not nobody.is_empty:
        feet.append(
            _row(
                "nobody",
                name("由申请人处理或撤回（不属任何机构）"),
                nobody,
                None,
                flows,
                was(NO_OFFICE),
            )
        )
    total = Line()
    for line in (*own.values(), *others.values(), nobody):
        total = _added(total, line.sums, line.standing)
    feet.append(_row("total", name("合计"), total, board.scope, flows, was()))
    columns = [
        text("机构"),
        *(_flow_columns(compares=board.compares) if flows else []),
        *measured(*STANDS),
    ]
    return table(
        "offices",
        "按机构",
        columns,
        rows,
        feet=tuple(feet) if rows or len(feet) > 1 else (),
        note=_note(flows),
    )


def _flow_columns(*, compares: bool) -> list[Column]:
    compared = before("办结") if compares else []
    return [*measured(*WORKED), *compared, rate("按时办结率", "on_time"), STEPS]


def _before(board: Board, *, flows: bool) -> Callable[..., Sums | None]:
    """What offices did in the period before; all of them without any named."""
    if not flows or not board.compares:
        return lambda *_: None
    known = board.offices_before

    def was(*wanted: int) -> Sums:
        return sum((known.get(i, Sums()) for i in wanted or known), Sums())

    return was


def _note(flows: bool) -> str:
    if not flows:
        return (
            "已选主管部门或事项：按机构只列此刻的在办，收件和办结不按机构再拆分。"
            "点在办件数可看是哪些件。"
        )
    return (
        "收件记在申请送到的机构，受理和办结记在经手的机构，跨省办件因此两地各有一部分；"
        "在办记在此刻持有办件的机构。按超期、临期件数排列，不是排名。"
        "外省市机构只列合计。"
    )


def _lines(board: Board, *, flows: bool) -> tuple[dict[int, Line], dict[str, Line], Line]:
    """Lines of offices seen one by one, of other provinces, and of no office."""
    own: dict[int, Line] = {}
    others: dict[str, Line] = {}
    nobody = Line()
    for office_id, province, sums, standing in _parts(board, flows=flows):
        if office_id == NO_OFFICE or not province:
            nobody = _added(nobody, sums, standing)
        elif province in board.viewer.detail:
            own[office_id] = _added(own.get(office_id, Line()), sums, standing)
        else:
            others[province] = _added(others.get(province, Line()), sums, standing, office_id)
    return own, others, nobody


def _parts(board: Board, *, flows: bool) -> Iterable[tuple[int, str, Sums, Standing]]:
    if flows:
        for office_id, province, sums in board.offices:
            yield office_id, province, sums, Standing()
    held = board.stocks.by_office
    cards = office_cards(i for i in held if i is not None)
    for holder, standing in held.items():
        card = cards.get(holder) if holder is not None else None
        if card is None:
            yield NO_OFFICE, "", Sums(), standing
        else:
            yield card.id, province_of(card.region), Sums(), standing


def _added(line: Line, sums: Sums, standing: Standing, *offices: int) -> Line:
    return Line(line.sums + sums, line.standing + standing, line.offices | set(offices))


def _row(
    key: str, named: Cell, line: Line, scope: Scope | None, flows: bool, was: Sums | None
) -> Row:
    """scope: that of the cases behind the numbers; None where they can't be listed as one.

    was: the period before, None where the page doesn't compare.
    """

    def counted(code: str, value: int) -> Cell:
        return count(value, scope.behind(code) if scope else "")

    cells = [named]
    if flows:
        cells += [counted(code, line.sums[code]) for code in WORKED]
        if was is not None:
            cells += [count(was["concluded"]), change(line.sums["concluded"], was["concluded"])]
        cells += [share(line.sums.on_time_rate), count(line.sums["steps"])]
    cells += [counted(code, getattr(line.standing, code)) for code in STANDS]
    return Row(key, tuple(cells), kind="red" if scope and line.standing.red else "")
