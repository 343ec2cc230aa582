"""免备案: dated rows of which way needs no filing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from matters.rules import CERTAINTIES, UNKNOWN, Row

EXEMPTION = "exemption"


@dataclass(frozen=True)
class Exemption:
    """免备案: one dated row. applies: False where it is only known to be unknown. doubt: Chinese, or ""."""

    row: Row
    applies: bool
    doubt: str


def exemption_among(
    rows: Iterable[Row], *, to_region: str, facts: Mapping[str, Any], on: dt.date
) -> Exemption | None:
    """The row for that way and day; one that applies goes before one that is only unknown."""
    found = [
        _exemption(row, on) for row in rows if to_region and row.holds_on(on) and row.fits(facts)
    ]
    return next((each for each in found if each.applies), found[0] if found else None)


def _exemption(row: Row, on: dt.date) -> Exemption:
    if row.value == UNKNOWN or not row.is_sure_enough:
        return Exemption(row, False, f"是否免备案没有查到（{row.note or row.source}），请先办备案")
    doubts = []
    if row.certainty != "certain":
        doubts.append(f"免备案这一条{CERTAINTIES[row.certainty]}")
    if row.begins_vaguely(on):
        doubts.append(f"从哪一天起没有查到（{row.span}）")
    if doubts and row.note:
        doubts.append(row.note)
    return Exemption(row, True, "；".join(doubts))
