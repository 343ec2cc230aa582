"""What people asked about a case, who owes the answer by when, and what was answered."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tongban.accounts.personal import mask_name
from workflows.cases.models import Enquiry
from workflows.cases.places import office_cards, office_name

from .door import Visit
from .time_kept import last_day


@dataclass(frozen=True)
class EnquiryShown:
    kind: str
    who: str
    text: str
    asked_at: dt.datetime
    office: str
    due_on: dt.date
    is_late: bool
    answer: str
    answered_at: dt.datetime | None


def enquiries_shown(visit: Visit) -> list[EnquiryShown]:
    """The newest first; a supervisor's word to an office is between them. One statement."""
    rows = Enquiry.objects.filter(case_id=visit.case.pk).exclude(kind=Enquiry.Kind.SUPERVISION)
    found = list(rows.order_by("-id"))
    office_cards(enquiry.office_id for enquiry in found)
    return [_shown(visit, enquiry) for enquiry in found]


def _shown(visit: Visit, enquiry: Enquiry) -> EnquiryShown:
    is_mine = enquiry.asked_by_id == visit.user_id
    return EnquiryShown(
        kind=enquiry.get_kind_display(),
        who="您" if is_mine else mask_name(enquiry.asker_name),
        text=enquiry.text,
        asked_at=enquiry.asked_at,
        office=office_name(enquiry.office_id),
        due_on=last_day(enquiry.due_at),
        is_late=enquiry.answered_at is None and visit.now >= enquiry.due_at,
        answer=enquiry.answer,
        answered_at=enquiry.answered_at,
    )
