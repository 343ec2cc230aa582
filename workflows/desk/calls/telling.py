"""A call that was made: the 送达 of what waited, and nothing of it goes out any more."""

from __future__ import annotations

from collections.abc import Mapping

from tongban.accounts.actors import Actor
from tongban.notices.decisions import supersede
from workflows.cases.models import Case, Party
from workflows.cases.perform import perform
from workflows.cases.telling import todo_topic

from .calling import Call

TOLD = "已电话告知，不再发送"


def told_by_phone(call: Call, *, actor: Actor, succeeded: bool, note: str, token: int) -> None:
    """Take the step in the clerk's name; what `perform` refuses is raised.

    Every paper that waits is recorded, in the order in which they were issued; where none waits
    the call stands in the ledger as a remark.
    """
    case = Case.objects.get(number=call.number)
    if not call.papers:
        answer = "已电话告知" if succeeded else "电话未接通"
        done = perform(
            case.pk,
            "remark",
            actor=actor,
            data={"text": f"{answer}：{call.says}{'；' + note if note else ''}"},
            token=token,
        )
        if succeeded:
            supersede(
                by_key=f"case:{case.pk}:{done.event.seq}",
                reason=TOLD,
                subject_key=case.number,
                topic=todo_topic(case.pk),
            )
        return
    receiver = _receiver(call)
    for paper in call.papers if succeeded else call.papers[:1]:
        done = perform(
            case.pk,
            "record_service",
            actor=actor,
            data=_service(succeeded, receiver, note),
            token=token,
        )
        token = done.case.seq
        if succeeded:
            supersede(
                by_key=f"case:{case.pk}:{done.event.seq}",
                reason=TOLD,
                subject_key=case.number,
                document_id=paper,
            )


def _receiver(call: Call) -> str:
    """By name, as every other record of a 送达; the list itself shows the mask."""
    party_id = call.look.partition("party.")[2].partition(".")[0]
    parties = Party.objects.filter(case__number=call.number)
    chosen = parties.filter(pk=int(party_id)) if party_id else parties
    party = chosen.order_by("id").first()
    return party.name if party else ""


def _service(succeeded: bool, receiver: str, note: str) -> Mapping[str, str]:
    return {
        "way": "phone",
        "succeeded": "yes" if succeeded else "no",
        "receiver": receiver,
        "note": note,
    }
