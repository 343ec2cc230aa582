"""What the two provinces' agencies hold about people, hospitals, filings and settlements."""

from .filings import Filing
from .institutions import Institution, VisitKind
from .insured import Chronic, Freeze, Insured
from .money import MoneyField

__all__ = [
    "Chronic",
    "Filing",
    "Freeze",
    "Institution",
    "Insured",
    "MoneyField",
    "VisitKind",
]
