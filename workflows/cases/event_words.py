"""Which step an event was, in words: of the case's flow, of none (opening, moving), or of an earlier flow."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .moving import MOVING, REVERTING
from .opening import OPENING
from .registry import flow_class, flows

if TYPE_CHECKING:
    from .declarations import Step

# What happens to a case besides the steps of its flow.
BESIDES = {step.code: step for step in (OPENING, MOVING, REVERTING)}
# What the keepers of the site do with a case: no office's doing, and nobody's by name.
BY_KEEPERS = frozenset({MOVING.code, REVERTING.code})


def step_of(flow: str, code: str) -> Step | None:
    """The step that an event of a case of that flow was; None for one that no flow knows any more."""
    own = flow_class(flow)
    if code == OPENING.code and own.OPENED_AS:
        return replace(OPENING, label=own.OPENED_AS, done=own.OPENED_AS)
    known = own.STEPS.get(code) or BESIDES.get(code)
    if known is not None:
        return known
    # Before it was moved to another version the case may have followed another flow.
    return next((each.STEPS[code] for each in flows() if code in each.STEPS), None)
