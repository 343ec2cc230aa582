"""Settling in the books: the person is locked, the year to date is read, the sum is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from matters.medical.models import Insured, Settlement
from matters.medical.rules import rule_book
from matters.medical.settlement import Breakdown

from . import kept_rules
from .accounts import people
from .order import Order
from .reckoning import booked_before, known, reckon, same_amounts
from .writing import write_settlement


def preview(*, insured: Insured, order: Order) -> Breakdown:
    """2206 / 2303: what `book` would settle at this moment; books nothing, locks nothing.

    Raises what `settle` raises (RuleMissing, BillRefused), AlreadySettled, OutOfOrder.
    """
    book = rule_book()
    concerned = people(insured_id=insured.pk, treated_at=order.treated_at, on=order.on)
    rows = known(insured_id=insured.pk, visit=order.mdtrt_id)
    return reckon(order, concerned, rows, book=book).breakdown


def book(
    *,
    insured_id: int,
    order: Order,
    key: str,
    at: dt.datetime,
    agreed: Breakdown | Mapping[str, Any] | None = None,
) -> Settlement:
    """2207 / 2304: settles and books; the same key gives the same settlement, however often.

    `agreed`: the breakdown that was shown, or its JSON. Runs inside the caller's transaction or in its
    own; the person's row, and those of the family who may pay, are locked until it ends. Raises
    AmountsDiffer where `agreed` is not what comes out now; else as `preview`, and KeyTaken. Nothing
    has been written when one of them is raised: the caller's transaction may go on. Seven statements.
    """
    rules = rule_book()
    digest = kept_rules.digest_of(rules)
    with one_transaction():
        concerned = people(
            insured_id=insured_id,
            treated_at=order.treated_at,
            on=order.on,
            is_locked=True,
            rule_book=digest,
        )
        rows = known(insured_id=insured_id, visit=order.mdtrt_id, key=key)
        before = booked_before(rows, key=key, insured_id=insured_id, order=order)
        if before is not None:
            return before
        found = reckon(order, concerned, rows, book=rules)
        if agreed is not None:
            same_amounts(agreed, found.breakdown)
        if not concerned.is_book_kept:
            kept_rules.keep(rules)
        return write_settlement(found, order=order, key=key, at=at, rule_book=digest)


def settlement_by_key(key: str) -> Settlement | None:
    """What became of a message whose reply was lost (2601 asks before it acts)."""
    found: Settlement | None = Settlement.objects.filter(key=key).first()
    return found


@contextmanager
def one_transaction() -> Iterator[None]:
    """The caller's, or one of its own. No savepoint in the caller's: the ledger refuses before it writes."""
    if transaction.get_connection().in_atomic_block:
        yield
    else:
        with transaction.atomic():
            yield
