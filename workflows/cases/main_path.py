"""What is still to come if all goes well: the main path of a flow from where a case stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from matters.catalogue.definition import Definition

from .declarations import STAGE, SYSTEM, TIMER, State, Step

if TYPE_CHECKING:
    from .flow import Flow


@dataclass(frozen=True)
class Ahead:
    """A state on the way; seat: who holds the case there ('' where it is closed)."""

    state: State
    stage: str
    label: str
    seat: str


def ahead(case: Flow, definition: Definition) -> list[Ahead]:
    """The states after the present one, in order; none for a closed case. No SQL."""
    coming: list[Ahead] = []
    passed = {(case.state, case.stage)}
    state, stage = case.current, case.stage
    while not state.closes:
        state, stage = _next(case, state, stage, definition)
        if (state.code, stage) in passed:
            break
        passed.add((state.code, stage))
        seat = definition.stage(stage).seat if state.holder == STAGE else state.holder
        # A stage goes by its own name where the state is the stage's work.
        is_stage = state.limit == STAGE and stage
        label = definition.stage(stage).name if is_stage else state.name
        coming.append(Ahead(state, stage, label, seat))
    return coming


def _next(case: Flow, state: State, stage: str, definition: Definition) -> tuple[State, str]:
    step = _usual_step(case, state)
    if step is None:
        return state, stage
    if state.code in step.targets and (later := _stage_after(stage, definition)):
        return state, later
    return case.state_named(case.usually(step, definition)), stage


def _usual_step(case: Flow, state: State) -> Step | None:
    """The step that people take here when nothing is amiss: the flow's primary one, else the first."""
    onward = [
        step
        for step in case.STEPS.values()
        if state.code in step.source
        and step.target is not None
        and step.tone != "warning"
        and not {TIMER, SYSTEM} & set(step.by)
    ]
    return next((s for s in onward if s.tone == "primary"), onward[0] if onward else None)


def _stage_after(stage: str, definition: Definition) -> str | None:
    codes = [each.code for each in definition.stages]
    place = codes.index(stage) + 1 if stage in codes else len(codes)
    return codes[place] if place < len(codes) else None
