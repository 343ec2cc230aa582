"""The tables of a case. Each file holds one idea; import them from here."""

from .bulk import BulkResult, BulkRun
from .case import Case
from .clock_difference import ClockDifference
from .document import Document, Service
from .draft import Draft
from .enquiry import Enquiry
from .event import Event
from .extension_plan import ExtensionPlan
from .joint import JointHours, JointSession
from .material import Material, Upload
from .moving import MovedCase, Moving
from .number import CaseNumber
from .parcel import Parcel, ParcelItem
from .party import Party
from .rating import Rating, RatingReview
from .refusal_at_window import TurnedAway
from .suspension import Suspension
from .wake import Wake

__all__ = [
    "BulkResult",
    "BulkRun",
    "Case",
    "CaseNumber",
    "ClockDifference",
    "Document",
    "Draft",
    "Enquiry",
    "Event",
    "ExtensionPlan",
    "JointHours",
    "JointSession",
    "Material",
    "MovedCase",
    "Moving",
    "Parcel",
    "ParcelItem",
    "Party",
    "Rating",
    "RatingReview",
    "Service",
    "Suspension",
    "TurnedAway",
    "Upload",
    "Wake",
]
