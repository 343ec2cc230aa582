"""What is shared, who may ask for it, what was asked, and what an office still lacks."""

from .asking import Breaker, Consent, LedgerIsAppendOnly, LookUp, Record
from .catalogue import Holder, RegisterEntry, Resource, Responsibility
from .demand import Demand, Turn

__all__ = [
    "Breaker",
    "Consent",
    "Demand",
    "Holder",
    "LedgerIsAppendOnly",
    "LookUp",
    "Record",
    "RegisterEntry",
    "Resource",
    "Responsibility",
    "Turn",
]
