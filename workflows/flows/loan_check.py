"""The nightly check of the marks: an unmarked account with a live loan is the failure that costs money."""

from __future__ import annotations

import datetime as dt
from typing import Any

from matters.housing_fund.marks import unmarked
from matters.housing_fund.models import Borrower
from tongban.accounts.models import Posting
from tongban.notices.models import Channel
from tongban.notices.outbox import Owed, owe, recipient_of
from workflows.cases.clocks import local_day


def check_loan_marks(*, at: dt.datetime) -> list[Borrower]:
    """What the page shows, and a word a day to the people of both centres. Three statements."""
    found = list(unmarked())
    counts: dict[int, int] = {}
    for row in found:
        for centre in {row.loan.centre_id, row.account.centre_id}:
            counts[centre] = counts.get(centre, 0) + 1
    if counts:
        owe(list(_owed(counts, local_day(at))), at)
    return found


def _owed(counts: dict[int, int], day: dt.date) -> Any:
    """One notice a person and a day, however often the check runs."""
    posted = Posting.objects.in_force(day).filter(
        office_id__in=counts, role__in=("clerk", "head"), user__is_active=True
    )
    told = dict(posted.order_by("pk").values_list("user_id", "office_id"))
    for user_id, office_id in sorted(told.items()):
        yield Owed(
            template="loan_moved",
            channel=Channel.INBOX,
            recipient=recipient_of(user_id),
            user_id=user_id,
            context={
                "message": f"有 {counts[office_id]} 个账户带着未还清的异地贷款而没有标记。",
                "url": "/desk/loans/",
            },
            event_key=f"loan_marks:{day.isoformat()}",
            subject_kind="loan_marks",
            subject_key=day.isoformat(),
        )
