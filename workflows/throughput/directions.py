"""Which way a case goes: the province that takes it in, and the one that decides it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

CQ: Final = "500000"
SC: Final = "510000"
PROVINCES: Final = {CQ: "重庆市", SC: "四川省"}
SHORT: Final = {CQ: "渝", SC: "川"}
Pair = tuple[str, str]


@dataclass(frozen=True)
class Direction:
    """One direction, or several taken together; pairs are (taken in by, decided by)."""

    code: str
    label: str
    hint: str
    pairs: tuple[Pair, ...]


SINGLE: Final = (
    Direction("cq-sc", "渝→川", "重庆收件，四川办理", ((CQ, SC),)),
    Direction("sc-cq", "川→渝", "四川收件，重庆办理", ((SC, CQ),)),
    Direction("cq", "重庆市内", "重庆收件，重庆办理", ((CQ, CQ),)),
    Direction("sc", "四川省内", "四川收件，四川办理", ((SC, SC),)),
)
CROSS: Final = Direction("cross", "跨省（两个方向）", "一地收件，另一地办理", ((CQ, SC), (SC, CQ)))
DIRECTIONS: Final = {direction.code: direction for direction in (CROSS, *SINGLE)}


def direction_label(origin: str, owner: str) -> str:
    """'渝→川', or '重庆市内' where it stays."""
    for direction in SINGLE:
        if (origin, owner) in direction.pairs:
            return direction.label
    return f"{origin}→{owner}"
