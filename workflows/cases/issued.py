"""An issued document 文书 as it is read and printed: from its own content, never worked out anew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tongban.accounts.personal import mask_name

from .act import SERVED
from .clocks import local_day
from .models import Document, Service
from .places import office_name

# Stands at the foot of a paper whose office is not on record.
PLATFORM = "川渝通办"


@dataclass(frozen=True)
class Sheet:
    """One paper. body: the template of its text; facts: its content with days as days.

    attempts: every try to bring it to the person, of papers that must reach them; `is_served` tells
    whether one has.
    """

    title: str
    number: str
    addressee: str
    office: str
    issued_on: dt.date
    body: str
    facts: dict[str, Any]
    needs_service: bool
    attempts: Sequence[Service]

    @property
    def is_served(self) -> bool:
        return any(each.succeeded for each in self.attempts)


def sheet_of(document: Document, *, names_in_full: bool) -> Sheet:
    """names_in_full: for the people of the case and its offices; anybody else reads masked names."""
    facts = {key: _read(value) for key, value in document.content.items()}
    # In a template `facts.items` would be the method of the dict.
    facts["items_list"] = facts.pop("items", [])
    applicant = str(facts.get("applicant", ""))
    shown = applicant if names_in_full else mask_name(applicant)
    attempts = list(document.services.all()) if document.kind in SERVED else []
    if not names_in_full:
        for each in attempts:
            each.receiver = mask_name(each.receiver)
    return Sheet(
        title=document.get_kind_display(),
        number=document.number,
        addressee=shown,
        office=office_name(document.office_id) or PLATFORM,
        issued_on=local_day(document.issued_at),
        body=f"documents/_{document.kind}.html",
        facts={**facts, "applicant": shown},
        needs_service=document.kind in SERVED,
        attempts=attempts,
    )


def _read(value: Any) -> Any:
    """Days are kept as ISO text; everything else is read as it stands."""
    if isinstance(value, str) and len(value) == 10:
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            return value
    return value
