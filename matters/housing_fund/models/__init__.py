"""What the centres hold: accounts, months, marks, and the ledger of their money."""

from .accounts import Account, DepositMonth, Mark
from .journal import Journal, Line, Remittance

__all__ = ["Account", "DepositMonth", "Journal", "Line", "Mark", "Remittance"]
