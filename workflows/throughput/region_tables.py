"""The matrix: who takes in and who decides, by province and by city or district."""

from __future__ import annotations

from .board import Board
from .directions import DIRECTIONS, PROVINCES, SHORT
from .measures import FLOWS
from .routes import Matrix, matrix
from .tables import Cell, Column, Row, Table, change, count, name, table, text

DEFAULT = "sc-cq"


def provinces(board: Board) -> Table:
    """Origin × owner province of the chosen figure, beside the period before."""
    rows = []
    for origin, origin_name in PROVINCES.items():
        cells = [name(f"{origin_name}收件")]
        total, total_before = 0, 0
        for owner in PROVINCES:
            code = direction_of(origin, owner)
            now = board.of_period(board.scope.period, [(origin, owner)])[board.of]
            before = board.of_period(board.scope.period.before, [(origin, owner)])[board.of]
            total, total_before = total + now, total_before + before
            cells += [
                count(now, board.scope.but(direction=code).behind(board.of)),
                change(now, before),
            ]
        cells += [count(total), count(total_before), change(total, total_before)]
        rows.append(Row(origin, tuple(cells)))
    columns = [text("收件地")]
    for owner, owner_name in PROVINCES.items():
        columns += [
            Column(f"{owner_name}办理", FLOWS[board.of].definition),
            Column(f"{SHORT[owner]}办理环比"),
        ]
    columns += [Column("合计"), Column("上期合计"), Column("合计环比")]
    return table("provinces", f"省市之间（{FLOWS[board.of].label}）", columns, rows)


def regions(board: Board) -> Table:
    """City × city of one direction; inside the other province only its total is told."""
    code = chosen(board)
    (pair,) = DIRECTIONS[code].pairs
    title = f"{DIRECTIONS[code].label} 各地之间（{FLOWS[board.of].label}）"
    if not board.viewer.detail & set(pair):
        note = "收件地和办理地都在另一省市：只看合计，不分市县。"
        return table("regions", title, [text("收件地")], [], note=note)
    if board.scope.picks_matters:
        note = "已选主管部门或事项：各地之间的件数不再按事项拆分。"
        return table("regions", title, [text("收件地")], [], note=note)
    return _cities(board, matrix(board.scope, code, board.of), code, title)


def _cities(board: Board, found: Matrix, code: str, title: str) -> Table:
    scope, owners = board.scope.but(direction=code), found.owners

    def listed(n: int, route: str) -> Cell:
        return count(n, scope.behind(board.of, route=route) if n else "")

    rows = [
        Row(
            origin,
            (
                name(found.name(origin)),
                listed(total, f"{origin}-"),
                *(
                    listed(found.cells.get((origin, owner), 0), f"{origin}-{owner}")
                    for owner, _ in owners
                ),
            ),
        )
        for origin, total in found.origins
    ]
    foot = (name("合计"), count(found.total), *(listed(n, f"-{owner}") for owner, n in owners))
    known = board.of_period(board.scope.period, DIRECTIONS[code].pairs)[board.of]
    note = "四川按市州、重庆按区县；行是收件地，列是办理地，件数多的在前。"
    if known > found.total:
        note += f"另有 {known - found.total:,} 件没有记录地区，只在省市之间计入。"
    columns = [
        text("收件地＼办理地"),
        Column("合计", FLOWS[board.of].definition),
        *(Column(found.name(owner)) for owner, _ in owners),
    ]
    return table(
        "regions", title, columns, rows,
        feet=(Row("total", foot),) if rows else (), note=note, is_wide=len(owners) > 6,
    )  # fmt: skip


def chosen(board: Board) -> str:
    """The direction of the matrix: the one that the page is about, 川→渝 without one."""
    direction = DIRECTIONS.get(board.scope.direction)
    return direction.code if direction and len(direction.pairs) == 1 else DEFAULT


def direction_of(origin: str, owner: str) -> str:
    return next(d.code for d in DIRECTIONS.values() if d.pairs == ((origin, owner),))
