"""What an office is told of an enquiry that it owes an answer to: each clerk and head of its desk."""

from __future__ import annotations

from tongban.accounts.models import Posting
from tongban.notices.models import Channel
from tongban.notices.outbox import Owed, owe, recipient_of

from .act import Act
from .models import Enquiry
from .places import office_name


def tell_office(act: Act, enquiry: Enquiry) -> None:
    """Owe the office's people a word, in the step's own transaction. Two statements.

    What an applicant wrote stays on the case's page: it may name anybody. A 督办 is an office's words.
    """
    case = act.case
    kind = Enquiry.Kind(enquiry.kind)
    context = {
        "number": case.number,
        "matter": case.matter.name,
        "office": office_name(enquiry.office_id),
        "kind": kind.label,
        "reason": enquiry.text if kind == Enquiry.Kind.SUPERVISION else "",
        "due": enquiry.due_at.isoformat(),
        "url": f"/desk/{case.number}/",
    }
    posted = Posting.objects.in_force(act.today).filter(
        office_id=enquiry.office_id, role__in=("clerk", "head"), user__is_active=True
    )
    owe(
        [
            Owed(
                template="urged",
                channel=Channel.INBOX,
                recipient=recipient_of(user_id),
                user_id=user_id,
                context=context,
                event_key=f"case:{case.pk}:{act.seq}",
                subject_kind="case",
                subject_key=case.number,
            )
            for user_id in sorted(set(posted.values_list("user_id", flat=True)))
        ],
        act.at,
    )
