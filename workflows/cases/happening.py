"""Who did what in a case, in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from tongban.templatetags.formats import zh_short

from .event_words import step_of
from .models import Case, Event
from .places import office_name

if TYPE_CHECKING:
    from .flow import Flow


def moved_by(last: Event | None) -> str:
    """'通同事（通川区民政局）已于 11月21日 10:42 作“受理”'. One statement for the case's flow."""
    if last is None:
        return "办件已有新进展"
    office = office_name(last.office_id)
    who = (last.actor_name or "系统") + (f"（{office}）" if office else "")
    return f"{who}已于 {zh_short(last.at)} 办理“{step_label(cast('Flow', last.case), last.step)}”"


def step_label(case: Case | Flow, code: str) -> str:
    """What the step is called, whatever became of the flow since; the opening has a name of its own."""
    declared = step_of(case.flow, code)
    return declared.label if declared else code
