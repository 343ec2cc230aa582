"""The only writers of balances: deposits, withdrawals, and money on its way between two centres."""

from .balances import deposit, open_account, open_accounts, withdraw
from .books import Difference, differences, some_differences, totals
from .outside import (
    close_moved,
    comes_back,
    hold_back,
    out_of_suspense,
    pay_in,
    pay_over,
    surplus_goes_back,
)
from .refusals import LedgerRefused
from .sending import (
    book_arrival,
    book_matched,
    booking_is_corrected,
    booking_is_reversed,
    come_back_refused,
    freeze,
    give_back,
    give_back_surplus,
    remit,
    remittance_of,
    unfreeze,
)

__all__ = [
    "Difference",
    "LedgerRefused",
    "book_arrival",
    "book_matched",
    "booking_is_corrected",
    "booking_is_reversed",
    "close_moved",
    "come_back_refused",
    "comes_back",
    "deposit",
    "differences",
    "freeze",
    "give_back",
    "give_back_surplus",
    "hold_back",
    "open_account",
    "open_accounts",
    "out_of_suspense",
    "pay_in",
    "pay_over",
    "remit",
    "remittance_of",
    "some_differences",
    "surplus_goes_back",
    "totals",
    "unfreeze",
    "withdraw",
]
