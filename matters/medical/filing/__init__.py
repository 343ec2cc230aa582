"""备案: what is filed with the place of insurance, and where somebody stands at a place on a day."""

from .cover import Benefit, benefit_standing
from .places import NoPlace, place_of
from .readers import active_filings, filings_of, in_force, insured_by_id_number, insured_of
from .registering import (
    FilingRefused,
    cancel,
    deem_filed,
    end_deemed,
    register,
    supersede,
    void,
)
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
    "end_deemed",
    "filings_of",
    "in_force",
    "insured_by_id_number",
    "insured_of",
    "place_of",
    "register",
    "standing",
    "supersede",
    "void",
]
