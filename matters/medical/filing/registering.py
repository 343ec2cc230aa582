"""Writers of filings. Each takes the person's row first: two at once come one after the other.

They are called inside the step of a case (or of a visit), in its transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

from matters.medical.models import Filing, Insured

if TYPE_CHECKING:
    from matters.medical.rules import RuleBook


class FilingRefused(ValueError):
    """A rule forbids it: `code` for machines, the message is a sentence for people."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


def register(
    *,
    insured_id: int,
    kind: str,
    destination: str,
    on_promise: bool,
    on: date,
    at: datetime,
    case_key: str,
    book: RuleBook | None = None,
) -> Filing:
    """File `kind` to `destination` (any region code in it), in force from `on`.

    Validity and lock come from the rules of the person's pool on that day. What it takes the place
    of is superseded; see `replaced_by`. The same case key gives the same filing. Raises
    FilingRefused (not_insured, frozen, own_place, locked, admission_open), NoPlace.
    """
    raise NotImplementedError


def cancel(*, filing_id: int, on: date, at: datetime, reason: str) -> Filing:
    """End a filing from `on`. Raises FilingRefused (not_active, locked, admission_open)."""
    raise NotImplementedError


def supersede(*, filings: Iterable[Filing], on: date, reason: str) -> list[Filing]:
    """End filings because a new one takes their place. The caller holds the person's row."""
    raise NotImplementedError


def deem_filed(
    *, insured: Insured, destination: str, visit_key: str, on: date, at: datetime
) -> Filing:
    """视同备案: an emergency counts as filed for the one visit `visit_key`; twice gives the same row.

    It replaces nothing and stands beside any filing. Raises FilingRefused (own_place), NoPlace.
    """
    raise NotImplementedError


def end_deemed(*, insured_id: int, visit_key: str, on: date) -> bool:
    """The visit is over (settled, paid by oneself, cancelled): its deemed filing expires with it."""
    raise NotImplementedError


def void(*, insured_id: int, on: date, reason: str) -> list[Filing]:
    """The insurance relation changed 参保关系变动: no active filing of it holds from `on`."""
    raise NotImplementedError
