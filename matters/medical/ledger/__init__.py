"""The settlement ledger: settle and take back, each once, in order, under the person's lock."""

from .booking import book, preview, settlement_by_key
from .carrying import carry_in
from .order import Order
from .refusals import (
    AlreadyReversed,
    AlreadySettled,
    AmountsDiffer,
    KeyTaken,
    MonthDeclared,
    MonthNotDeclared,
    NotBooked,
    NotReversible,
    NotTheLast,
    OutOfOrder,
)
from .reversing import refund_after_declaration, reverse

__all__ = [
    "AlreadyReversed",
    "AlreadySettled",
    "AmountsDiffer",
    "KeyTaken",
    "MonthDeclared",
    "MonthNotDeclared",
    "NotBooked",
    "NotReversible",
    "NotTheLast",
    "Order",
    "OutOfOrder",
    "book",
    "carry_in",
    "preview",
    "refund_after_declaration",
    "reverse",
    "settlement_by_key",
]
