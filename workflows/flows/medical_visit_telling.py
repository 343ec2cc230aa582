"""What a visit tells: its people in a word, its ledger the message, both agencies an alarm."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from workflows.cases.places import office_name
from workflows.cases.telling_offices import staff_of, tell_staff

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
    context = {
        "number": case.number,
        "matter": case.matter.name,
        "office": office_name(case.office_of("treating")),
        "kind": "结算结果待查",
        "reason": reason,
        "due": None,
        "url": f"/desk/{case.number}/",
    }
    people = staff_of(act, case.office_of("treating"), case.office_of("home"))
    tell_staff(act, people, "urged", context)
