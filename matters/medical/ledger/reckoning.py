"""What an order comes to at this moment: the order beside what the books already hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q

from matters.medical.bill import Bill
from matters.medical.breakdown import Breakdown
from matters.medical.models import Settlement, VisitKind
from matters.medical.rules import RuleBook
from matters.medical.settlement import settle
from matters.rules import RuleMissing

from .accounts import People
from .bills import bill_of
from .order import Order
from .refusals import AlreadySettled, AmountsDiffer, KeyTaken, OutOfOrder
from .year import Head, head


@dataclass(frozen=True, slots=True)
class Reckoned:
    people: People
    head: Head
    bill: Bill
    breakdown: Breakdown


def known(*, insured_id: int, visit: str, key: str = "") -> list[Settlement]:
    """What the books hold of this visit or under this key. One statement.

    Each has `is_taken_back`. Read after the lock, like the year: a statement sees what was committed
    when it began.
    """
    asked = Q(insured_id=insured_id, mdtrt_id=visit)
    if key:
        asked |= Q(key=key)
    return list(Settlement.objects.filter(asked).with_standing())


def booked_before(
    rows: Sequence[Settlement], *, key: str, insured_id: int, order: Order
) -> Settlement | None:
    """The settlement of this key, if there is one; raises KeyTaken where it is of something else."""
    before = next((row for row in rows if row.key == key), None)
    if before is None:
        return None
    said = (before.insured_id, before.sign, before.mdtrt_id, before.on, before.medfee_sumamt)
    if said != (insured_id, 1, order.mdtrt_id, order.on, order.medfee_sumamt):
        raise KeyTaken
    return before


def reckon(order: Order, people: People, rows: Sequence[Settlement], *, book: RuleBook) -> Reckoned:
    """Raises AlreadySettled, OutOfOrder, RuleMissing, BillRefused. One statement: the year to date."""
    earlier = _earlier_parts(order, people.insured.pool_id, rows, book)
    year = head(insured_id=people.insured.pk, year=order.on.year)
    bill = bill_of(order, people, year, earlier)
    return Reckoned(people, year, bill, settle(bill, year.totals, book=book))


def same_amounts(agreed: Breakdown | Mapping[str, Any], now: Breakdown) -> None:
    """Raises AmountsDiffer. What was agreed may be a breakdown or its JSON."""
    was = agreed.amounts if isinstance(agreed, Breakdown) else agreed
    differences = {
        name: (Decimal(was[name]), amount)
        for name, amount in now.amounts.items()
        if Decimal(was[name]) != amount
    }
    if differences:
        raise AmountsDiffer(differences)


def _earlier_parts(
    order: Order, pool: str, rows: Sequence[Settlement], book: RuleBook
) -> list[Settlement]:
    """The live settlements of the same stay at the ends of earlier years, the last first."""
    if order.on < order.began_on:
        raise OutOfOrder("出院（结算）日期早于入院日期，请核对。")
    live = [
        row
        for row in rows
        if row.mdtrt_id == order.mdtrt_id and row.sign == 1 and not row.is_taken_back
    ]
    live.sort(key=lambda row: row.year, reverse=True)
    year, is_stay = order.on.year, order.visit == VisitKind.INPATIENT
    if live and (live[0].year >= year or not is_stay):
        raise AlreadySettled(live[0])
    has_part_before = bool(live) and live[0].year == year - 1
    is_across = is_stay and order.began_on.year < year
    if is_across and not has_part_before and _splits(pool, order, book):
        raise OutOfOrder(f"跨年住院须先结算至{year - 1}年12月31日，再结算{year}年的部分。")
    return live


def _splits(pool: str, order: Order, book: RuleBook) -> bool:
    """Whether the pool settles a stay at 12-31. Without a rule it is settled whole, by the day of discharge."""
    try:
        return bool(book.value("inpatient.across_year", pool, order.on).value == "split")
    except RuleMissing:
        return False
