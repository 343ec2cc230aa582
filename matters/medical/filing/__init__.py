"""备案: what is filed with the place of insurance, and where somebody stands at a place on a day."""

from .cover import Benefit, benefit_standing
from .ending import cancel, expire_due, supersede, void
from .places import NoPlace, place_of
from .readers import active_filings, filings_of, in_force, insured_by_id_number, insured_of
from .refusals import FilingRefused
from .registering import deem_filed, register, why_not_filed
from .standing import Standing, standing

__all__ = [
    "Benefit",
    "FilingRefused",
    "NoPlace",
    "Standing",
    "active_filings",
    "benefit_standing",
    "cancel",
    "deem_filed",
    "expire_due",
    "filings_of",
    "in_force",
    "insured_by_id_number",
    "insured_of",
    "place_of",
    "register",
    "standing",
    "supersede",
    "void",
    "why_not_filed",
]
