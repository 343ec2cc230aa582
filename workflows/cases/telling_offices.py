"""What staff are told of a case, in the step's own transaction: clerks and heads of the offices meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tongban.accounts.models import Posting
from tongban.notices.models import Channel
from tongban.notices.outbox import Owed, owe, recipient_of

from .act import Act
from .models import Enquiry
from .places import office_name


def staff_of(act: Act, *offices: int | None) -> set[int]:
    """Who works there today as a clerk or head, by user id. One statement."""
    posted = Posting.objects.in_force(act.today).filter(
        office_id__in=[office for office in offices if office is not None],
        role__in=("clerk", "head"),
        user__is_active=True,
    )
    return set(posted.values_list("user_id", flat=True))


def tell_staff(
    act: Act, people: Iterable[int], template: str, context: Mapping[str, Any], *, key: str = ""
) -> None:
    """Owe each of them a word in their inbox, once for this step, or once for `key`. One statement."""
    case = act.case
    owe(
        [
            Owed(
                template=template,
                channel=Channel.INBOX,
                recipient=recipient_of(user_id),
                user_id=user_id,
                context=dict(context),
                event_key=key or f"case:{case.pk}:{act.seq}",
                subject_kind="case",
                subject_key=case.number,
            )
            for user_id in sorted(set(people))
        ],
        act.at,
    )


def tell_office(act: Act, enquiry: Enquiry) -> None:
    """Tell the office of an enquiry that it owes an answer to. Two statements.

    What an applicant wrote stays on the case's page: it may name anybody. A 督办 is an office's words.
    """
    kind = Enquiry.Kind(enquiry.kind)
    context = {
        "number": act.case.number,
        "matter": act.case.matter.name,
        "office": office_name(enquiry.office_id),
        "kind": kind.label,
        "reason": enquiry.text if kind == Enquiry.Kind.SUPERVISION else "",
        "due": enquiry.due_at.isoformat(),
        "url": f"/desk/{act.case.number}/",
    }
    tell_staff(act, staff_of(act, enquiry.office_id), "urged", context)
