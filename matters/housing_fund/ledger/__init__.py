"""The only writers of balances: deposits, withdrawals, and money on its way between two centres."""

from .balances import deposit, open_account, withdraw
from .books import Difference, differences, totals
from .refusals import LedgerRefused
from .sending import (
    bank_refuses,
    freeze,
    money_arrives,
    money_goes_back,
    money_is_matched,
    remittance_of,
    send_money,
    unfreeze,
)

__all__ = [
    "Difference",
    "LedgerRefused",
    "bank_refuses",
    "deposit",
    "differences",
    "freeze",
    "money_arrives",
    "money_goes_back",
    "money_is_matched",
    "open_account",
    "remittance_of",
    "send_money",
    "totals",
    "unfreeze",
    "withdraw",
]
