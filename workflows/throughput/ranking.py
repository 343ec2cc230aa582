"""Ranking of offices 排名: only with enough cases; one's own province's in detail."""

from __future__ import annotations

from typing import Final

from workflows.cases.places import OfficeCard, office_cards

from .board import Board
from .directions import PROVINCES
from .figures import Sums
from .measures import RATES
from .models import NO_OFFICE
from .scope import Scope
from .tables import (
    Cell,
    Column,
    Row,
    Table,
    count,
    decimal,
    measured,
    name,
    points,
    rate,
    share,
    table,
    text,
)

# Fewer cases say nothing of an office; a rate of three is a matter of luck.
AT_LEAST: Final = 30


def ranking(board: Board) -> Table:
    """By on-time rate, then mean working days, then content rate; equals share a place."""
    if board.scope.picks_matters:
        note = "已选主管部门或事项：机构的办结不再按事项拆分，不作排名。"
        return table("ranking", "机构排名", _columns(), [], note=note)
    own, others = _offices(board)
    cards = office_cards(own)
    ranked = {i: sums for i, sums in own.items() if sums["concluded"] >= AT_LEAST}
    small = {i: sums for i, sums in own.items() if 0 < sums["concluded"] < AT_LEAST}
    rows, place, last = [], 0, None
    for nth, (office, sums) in enumerate(sorted(ranked.items(), key=_order), start=1):
        place, last = (place, last) if last == _merits(sums) else (nth, _merits(sums))
        rows.append(_row(board, office, _named(cards, office), Cell(place, f"第 {place}"), sums))
    for office, sums in sorted(small.items(), key=lambda pair: (-pair[1]["concluded"], pair[0])):
        rows.append(_row(board, office, _named(cards, office), name("不参加排名"), sums))
    feet = tuple(
        Row(code, (name(""), name(f"{PROVINCES.get(code, code)}各机构合计"), *_cells(sums, None, Sums())))
        for code, sums in sorted(others.items())
    )  # fmt: skip
    return table("ranking", "机构排名", _columns(), rows, feet=feet, note=NOTE)


NOTE = (
    f"期间办结不足 {AT_LEAST} 件的机构不参加排名，只列数字；依次按按时办结率、平均用时、满意率排列，"
    "相同的并列。外省市机构只列合计，不与本省市机构比较。"
)


def _columns() -> list[Column]:
    return [
        Column("名次", NOTE),
        text("机构"),
        *measured("concluded", "late"),
        rate("按时办结率", "on_time"),
        Column("按时办结率环比", "与上期按时办结率相差的百分点。"),
        rate("平均用时（工作日）", "mean_days"),
        *measured("rated"),
        Column("满意率", RATES["content"]),
    ]


def _offices(board: Board) -> tuple[dict[int, Sums], dict[str, Sums]]:
    own: dict[int, Sums] = {}
    others: dict[str, Sums] = {}
    for office, province, sums in board.offices:
        if office == NO_OFFICE:
            continue
        if province in board.viewer.detail:
            own[office] = own.get(office, Sums()) + sums
        else:
            others[province] = others.get(province, Sums()) + sums
    return own, others


def _merits(sums: Sums) -> tuple[float, float, float]:
    """What is better sorts first; an office without a rate comes after those that have one."""
    on_time, days, content = sums.on_time_rate, sums.mean_days, sums.content_rate
    return (
        1 if on_time is None else -round(on_time, 4),
        1000 if days is None else round(days, 1),
        1 if content is None else -round(content, 4),
    )


def _order(pair: tuple[int, Sums]) -> tuple[tuple[float, float, float], int]:
    return _merits(pair[1]), pair[0]


def _named(cards: dict[int, OfficeCard], office: int) -> str:
    return cards[office].name if office in cards else f"机构 {office}"


def _row(board: Board, office: int, named: str, place: Cell, sums: Sums) -> Row:
    scope = board.scope.but(office_id=office)
    before = board.offices_before.get(office, Sums())
    return Row(str(office), (place, name(named), *_cells(sums, scope, before)))


def _cells(sums: Sums, scope: Scope | None, before: Sums) -> tuple[Cell, ...]:
    def listed(code: str) -> Cell:
        return count(sums[code], scope.behind(code) if scope else "")

    return (
        listed("concluded"),
        listed("late"),
        share(sums.on_time_rate),
        points(sums.on_time_rate, before.on_time_rate),
        decimal(sums.mean_days),
        listed("rated"),
        share(sums.content_rate),
    )
