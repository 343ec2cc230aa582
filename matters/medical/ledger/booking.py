"""Settling in the books: the person's accounts are locked, the year to date is read, the sum is written."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from matters.medical.models import Insured, Settlement

from .order import Order

if TYPE_CHECKING:
    from matters.medical.settlement import Breakdown


def preview(*, insured: Insured, order: Order) -> Breakdown:
    """2206 / 2303: what `book` would settle at this moment; books nothing, locks nothing.

    Raises what `settle` raises (RuleMissing, BillRefused), AlreadySettled, OutOfOrder.
    """
    raise NotImplementedError


def book(
    *,
    insured_id: int,
    order: Order,
    key: str,
    at: dt.datetime,
    agreed: Breakdown | None = None,
) -> Settlement:
    """2207 / 2304: settles and books; the same key gives the same settlement, however often.

    Runs inside the caller's transaction or in its own; the person's row is locked until it ends.
    Raises AmountsDiffer where `agreed` is not what comes out now; else as `preview`, and KeyTaken.
    Nothing has been written when one of them is raised: the caller's transaction may go on.
    """
    raise NotImplementedError


def settlement_by_key(key: str) -> Settlement | None:
    """What became of a message whose reply was lost (2601 asks before it acts)."""
    return Settlement.objects.filter(key=key).first()
