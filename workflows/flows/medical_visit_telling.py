"""What a visit tells: its people in a word, its ledger the message, both agencies an alarm."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tongban.accounts.models import Posting
from tongban.notices.models import Channel
from tongban.notices.outbox import Owed, owe, recipient_of
from workflows.cases.places import office_name

if TYPE_CHECKING:
    from workflows.cases.act import Act
    from workflows.cases.flow import Flow


def message_of(act: Act, told: Mapping[str, Any]) -> None:
    """Keep in the event which message brought the step: its number and its id."""
    if told.get("infno"):
        act.note(infno=told["infno"], msgid=told.get("msgid", ""))


def tell(act: Act, message: str) -> None:
    """Neither hospital nor sums: a notice may be read over somebody's shoulder."""
    act.tell("case_step", message=message)


def alarm(case: Flow, act: Act, reason: str) -> None:
    """Owe the clerks and heads of both agencies a word. Two statements."""
    offices = [office for seat in ("treating", "home") if (office := case.office_of(seat))]
    posted = Posting.objects.in_force(act.today).filter(
        office_id__in=offices, role__in=("clerk", "head"), user__is_active=True
    )
    context = {
        "number": case.number,
        "matter": case.matter.name,
        "office": office_name(case.office_of("treating")),
        "kind": "结算结果待查",
        "reason": reason,
        "due": None,
        "url": f"/desk/{case.number}/",
    }
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
