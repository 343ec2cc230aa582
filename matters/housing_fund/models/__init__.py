"""What the centres hold: accounts, months, marks, loans, and the ledger of their money."""

from .accounts import Account, DepositMonth, Mark
from .journal import Journal, Line, Remittance
from .loans import Borrower, Loan, LoanCertificate
from .withdrawals import Withdrawal

__all__ = [
    "Account",
    "Borrower",
    "DepositMonth",
    "Journal",
    "Line",
    "Loan",
    "LoanCertificate",
    "Mark",
    "Remittance",
    "Withdrawal",
]
