"""The settlement: ten steps from a bill to who pays what. Pure: no SQL, no clock, no float."""

from __future__ import annotations

from .bill import Bill, BillRefused, YearToDate
from .breakdown import Breakdown, MissingRule, RuleMissing
from .rules import RuleBook

__all__ = ["Bill", "BillRefused", "Breakdown", "MissingRule", "RuleMissing", "YearToDate", "settle"]


def settle(bill: Bill, year: YearToDate, *, book: RuleBook) -> Breakdown:
    """Reckon one bill by the rules of the day it names. year: what was counted before it.

    Raises RuleMissing where a rule that the sum needs is not known, or claimed values differ;
    BillRefused where the bill contradicts itself. Source of the steps: medical.md §4.
    """
    raise RuleMissing([MissingRule("", bill.pool, bill.on.isoformat(), "规则尚未载入。")])
