"""What the two provinces' agencies hold about people, hospitals, filings and settlements."""

from .clearing import (
    ClearingAmount,
    ClearingLine,
    ClearingMonth,
    Side,
    Signature,
    Statement,
)
from .clearing_books import (
    Advance,
    DailyCheck,
    Deduction,
    Difference,
    LineDispute,
    MoneyEntry,
    TreatmentEntry,
)
from .filings import Filing
from .institutions import Institution, VisitKind
from .insured import Chronic, Freeze, Insured
from .invoices import ClaimedInvoice
from .payments import ReimbursementPayment
from .settlements import AccountEntry, FamilyAccount, FundLine, KeptRules, Settlement, YearEntry
from .visits import FeeLine, Visit

__all__ = [
    "AccountEntry",
    "Advance",
    "Chronic",
    "ClaimedInvoice",
    "ClearingAmount",
    "ClearingLine",
    "ClearingMonth",
    "DailyCheck",
    "Deduction",
    "Difference",
    "FamilyAccount",
    "FeeLine",
    "Filing",
    "Freeze",
    "FundLine",
    "Institution",
    "Insured",
    "KeptRules",
    "LineDispute",
    "MoneyEntry",
    "ReimbursementPayment",
    "Settlement",
    "Side",
    "Signature",
    "Statement",
    "TreatmentEntry",
    "Visit",
    "VisitKind",
    "YearEntry",
]
