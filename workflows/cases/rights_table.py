"""The table of rights as rows: (state or stage × step) with its takers, for the printed snapshot and for pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from matters.catalogue.definition import Definition

from .declarations import STAGE
from .flow import Flow
from .models import Party
from .rights import Right, Spot, rights, spots

HEAD = "head of "
# What the table of rights calls people, in the words of the pages.
TAKERS = {
    **dict(Party.Role.choices),
    "window's supervisor": "收件地督办人员",
    "owner's supervisor": "属地督办人员",
    "supervisor elsewhere": "其他省市督办人员",
    "clerk elsewhere": "其他机构人员",
    "outsider": "其他人",
    "system": "系统",
}


@dataclass(frozen=True)
class Row:
    """One step that somebody may take somewhere, in words. conditions: what must hold besides."""

    place: str
    holder: str
    step: str
    leads_to: str
    takers: str
    while_suspended: str
    conditions: str
    is_aside: bool


@dataclass(frozen=True)
class Table:
    """All rights of a flow under one definition: what is not listed is refused."""

    spots: tuple[Spot, ...]
    rights: tuple[Right, ...]


def table_of(flow: type[Flow], definition: Definition) -> Table:
    """Asked of `verdict` itself, for every state, stage, step and kind of person."""
    return Table(tuple(spots(flow, definition)), tuple(rights(flow, definition)))


def rows_of(flow: type[Flow], definition: Definition) -> list[Row]:
    """The same in the words of a page, in the order of the flow's file."""
    names = {state.code: state.name for state in flow.STATES}
    return [
        Row(
            place=place_named(right.spot, definition),
            holder=_taker_named(flow, right.spot.holder) if right.spot.holder else "已结束",
            step=right.step.label,
            leads_to=" 或 ".join(names[code] for code in right.step.targets) or "状态不变",
            takers=_named(flow, right.takers),
            while_suspended=_named(flow, right.while_suspended),
            conditions="；".join(f"不得：{guard.reason}" for guard in right.step.guards),
            is_aside=right.step.is_aside,
        )
        for right in table_of(flow, definition).rights
    ]


def place_named(spot: Spot, definition: Definition) -> str:
    """'审查中（二审）': the state, and the stage where it depends on one."""
    if not depends_on_stage(spot) or not spot.stage:
        return spot.state.name
    return f"{spot.state.name}（{definition.stage(spot.stage).name}）"


def depends_on_stage(spot: Spot) -> bool:
    return STAGE in (spot.state.holder, spot.state.limit)


def shortened(takers: Iterable[str]) -> list[str]:
    """A head may do what a clerk may: only what a head alone may is said of them."""
    known = set(takers)
    return [
        name
        for name in takers
        if name.removeprefix(HEAD) == name or name.removeprefix(HEAD) not in known
    ]


def _named(flow: type[Flow], takers: Iterable[str]) -> str:
    return "、".join(_taker_named(flow, name) for name in shortened(tuple(takers)))


def _taker_named(flow: type[Flow], name: str) -> str:
    if name in TAKERS:
        return TAKERS[name]
    seat = flow.seat_named(name.removeprefix(HEAD)).name
    return f"{seat}（负责人）" if name.startswith(HEAD) else seat
