"""Whether what a notice says of a case is over: asked right before it would go out late."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .declarations import HOP
from .models import Case
from .timekeeping import running

if TYPE_CHECKING:
    from tongban.notices.models import Notice

DEADLINE = ":deadline:"


def deadline_topic(case_id: int, clock: str) -> str:
    """The colours of one clock: red says all that yellow said."""
    return f"case:{case_id}{DEADLINE}{clock}"


def why_lapsed(notice: Notice) -> str:
    """Why it says nothing any more, "" while it does. One statement.

    What asks for something (`telling.todo_topic`) is over when the case has gone on, a colour when
    its clock has stopped or, for an office's own stay, begun anew.
    """
    rows = Case.objects.only("flow", "state", "entered_at", "closed_at", "clocks")
    case = rows.filter(number=notice.subject_key).first()
    if case is None:
        return ""
    moved_on = case.entered_at > notice.created_at
    _, is_deadline, clock = notice.topic.rpartition(DEADLINE)
    if is_deadline:
        stopped = clock not in running(case) or (clock == HOP and moved_on)
        return "所说的时限已经结束" if stopped else ""
    return "办件已进入下一步，不必再办" if moved_on or case.closed_at else ""
