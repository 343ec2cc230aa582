"""督办 of a bank that has not answered: who is told on each rung, in the step's own transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tongban.accounts.models import Posting
from workflows.cases.act import Act
from workflows.cases.places import office_name
from workflows.cases.telling_offices import tell_staff

if TYPE_CHECKING:
    from workflows.cases.flow import Flow

WORDS = {"handler": "银行经办岗", "head": "银行负责人", "supervisor": "两省市督办人员"}


def remind(case: Flow, act: Act, to: str) -> None:
    """Owe them a word, and keep in the event whom. Two statements."""
    people = sorted(set(_people(case, act, to)))
    act.note(to=WORDS[to], told=len(people))
    context = {
        "number": case.number,
        "matter": case.matter.name,
        "office": office_name(case.office_of("bank")),
        "kind": "督办",
        "reason": f"融资需求已送达，请尽快答复（提醒对象：{WORDS[to]}）",
        "due": case.hop_due_at.isoformat() if case.hop_due_at else None,
        "url": f"/desk/{case.number}/",
    }
    tell_staff(act, people, "urged", context)


def _people(case: Flow, act: Act, to: str) -> list[int]:
    posted = Posting.objects.in_force(act.today).filter(user__is_active=True)
    if to == "supervisor":
        provinces = {case.origin_province, case.owner_province}
        posted = posted.filter(
            role="supervisor", office__kind="supervision", office__region_id__in=provinces
        )
    elif to == "handler" and case.claimed_by_id is not None:
        return [case.claimed_by_id]
    else:
        role = "clerk" if to == "handler" else "head"
        posted = posted.filter(office_id=case.office_of("bank") or 0, role=role)
    return list(posted.values_list("user_id", flat=True))
