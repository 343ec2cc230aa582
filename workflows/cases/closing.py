"""What it means that a case is concluded 办结 or closed."""

from __future__ import annotations

from .act import Act
from .models import Suspension
from .timekeeping import is_early, is_late, working_days_taken


def close(act: Act) -> None:
    """Set the moments of conclusion and closing, and owe a waiting parent its wake.

    A case is concluded at 办结; delivery goes on after it. Withdrawn, returned and refused cases
    end there too, each with its own outcome.
    """
    case, state = act.case, act.case.current
    ends = state.counts_as == "concluded" or state.closes
    if ends and case.concluded_at is None:
        case.concluded_at = act.at
        case.outcome = act.outcome or case.outcome or "done"
        act.record["is_late"] = is_late(case, act.at)
        act.record["is_early"] = is_early(case, act.at)
        act.record["working_days"] = working_days_taken(case, act.at)
    if not state.closes or case.closed_at is not None:
        return
    case.closed_at = act.at
    case.claimed_by_id = None
    if case.suspended_as:
        Suspension.objects.filter(case_id=case.pk, ended_at=None).update(ended_at=act.at)
        case.suspended_as = ""
    if case.parent_id is not None and case.relation == "part":
        act.outcome = case.outcome
        act.wake_parent(case.parent_id)
