"""What the two provinces' agencies hold about people, hospitals, filings and settlements."""

from .filings import Filing
from .institutions import Institution, VisitKind
from .insured import Chronic, Freeze, Insured
from .money import MoneyField
from .settlements import AccountEntry, FamilyAccount, FundLine, Settlement, YearEntry

__all__ = [
    "AccountEntry",
    "Chronic",
    "FamilyAccount",
    "Filing",
    "Freeze",
    "FundLine",
    "Institution",
    "Insured",
    "MoneyField",
    "Settlement",
    "VisitKind",
    "YearEntry",
]
