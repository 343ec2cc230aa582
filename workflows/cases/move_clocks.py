"""The clocks of a case under another version: from where they began, by the new limits."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from matters.catalogue.definition import Definition, Limit

from .clocks import Pause
from .declarations import APPLICANT, HOP, PROMISE, STATUTORY, TIMER, State
from .models import Event
from .move_plan import MovePlan
from .timekeeping import CLOCKS, INTERRUPTED, Moved, derive

if TYPE_CHECKING:
    from .flow import Flow


class ClocksDoNotFit(ValueError):
    """A clock cannot go on under the new version; the text says why, for people."""


def follow(
    case: Flow,
    *,
    was: Flow,
    plan: MovePlan,
    definition: Definition,
    pauses: Sequence[Pause],
    at: dt.datetime,
) -> list[Moved]:
    """Give `case`, which stands in its new state, the clocks of `was` under the new limits.

    In memory only; the moments that came out otherwise. pauses: the case's, in time order. One
    statement where a clock begins that the old version did not have. Raises ClocksDoNotFit.
    """
    case.clocks = copy.deepcopy(was.clocks)
    for clock in (PROMISE, STATUTORY):
        _whole_case(case, clock, definition)
    _stay(case, definition)
    _interrupted(case, plan, definition)
    for clock in CLOCKS:
        if clock in case.clocks and "stopped_at" not in case.clocks[clock]:
            derive(case, clock, pauses, definition)
    _timer(case, definition, at)
    return list(moved_between(was.clocks, case.clocks))


def _whole_case(case: Flow, clock: str, definition: Definition) -> None:
    kept, limit = case.clocks.get(clock), getattr(definition, clock)
    if kept is not None and "stopped_at" in kept:
        return
    if limit is None:
        case.clocks.pop(clock, None)
    elif kept is not None:
        _under(kept, limit)
    elif (began := _began(case, clock)) is not None:
        case.clocks[clock] = _fresh(limit, began)


def _began(case: Flow, clock: str) -> dt.datetime | None:
    """When the clock would have begun by the flow; None if it has not, or has been stopped since."""
    starts = {state.code for state in case.STATES if clock in state.starts}
    stops = {state.code for state in case.STATES if clock in state.stops or state.closes}
    if not starts:
        return None
    began = None
    for at, state in (
        Event.objects.filter(case_id=case.pk).order_by("seq").values_list("at", "to_state")
    ):
        began = at if state in starts and began is None else began
        if state in stops:
            return None
    return began or (case.entered_at if case.state in starts else None)


def _stay(case: Flow, definition: Definition) -> None:
    state, kept = case.current, case.clocks.get(HOP)
    # A limit that a document has told the person stays as it was told.
    if case.holder == APPLICANT and state.limit_from == "service":
        return
    limit = case.limit_in(_limit_giver(case, state, kept), definition)
    if limit is None:
        case.clocks.pop(HOP, None)
    elif kept is not None:
        _under(kept, limit)
    elif state.limit_from == "entry":
        case.clocks[HOP] = _fresh(limit, case.entered_at)


def _limit_giver(case: Flow, state: State, kept: dict[str, Any] | None) -> State:
    """The state whose limit runs: one limit may run over several states."""
    seen: set[str] = set()
    while kept is not None and state.keeps_hop and state.code not in seen:
        seen.add(state.code)
        before = [
            case.state_named(source)
            for step in case.STEPS.values()
            if state.code in step.targets
            for source in step.source
            if source not in seen
        ]
        if not before:
            break
        state = before[0]
    return state


def _interrupted(case: Flow, plan: MovePlan, definition: Definition) -> None:
    """A stay that a 补正 interrupted goes on under the new limit, where the case comes back."""
    kept = case.clocks.get(INTERRUPTED)
    if kept is None:
        return
    state, stage = kept["stay"]
    state, stage = plan.states.get(state, state), plan.stages.get(stage, stage)
    kept["stay"] = [state, stage]
    known = {each.code: each for each in case.STATES}
    stages = {each.code for each in definition.stages}
    if state not in known or (stage and stage not in stages):
        raise ClocksDoNotFit("补正前所在的状态或环节在新版本里没有")
    limit = type(case)(stage=stage).limit_in(known[state], definition)
    if limit is None:
        case.clocks.pop(INTERRUPTED)
    else:
        _under(kept, limit)


def _timer(case: Flow, definition: Definition, at: dt.datetime) -> None:
    """What the system would do by itself. It is not done behind a moving: such a case is left."""
    if case.suspended_as:
        return
    case.clocks.pop(TIMER, None)
    for step in case.STEPS.values():
        limit = step.after(definition) if step.after and TIMER in step.by else None
        if limit is None or case.state not in step.source:
            continue
        case.clocks[TIMER] = {**_fresh(limit, case.entered_at), "step": step.code}
        moments = derive(case, TIMER, [], definition)
        if moments is not None and moments.due_at <= at:
            raise ClocksDoNotFit(f"按新版本，“{step.label}”的期限已经届满")


def _under(kept: dict[str, Any], limit: Limit) -> None:
    """The clock with another limit; extensions that were granted stay. Units never mix."""
    if any(Limit.parse(extra).unit != limit.unit for extra in kept["extra"]):
        raise ClocksDoNotFit("已经延期，而新版本的时限换了单位")
    kept["limit"] = str(limit)


def _fresh(limit: Limit, at: dt.datetime) -> dict[str, Any]:
    return {"started_at": at.isoformat(), "limit": str(limit), "extra": []}


def moved_between(was: dict[str, Any], now: dict[str, Any]) -> Iterator[Moved]:
    """The clocks that come out otherwise, of two states of `Case.clocks`."""
    for clock in (*CLOCKS, TIMER):
        old, new = was.get(clock, {}), now.get(clock, {})
        if "stopped_at" in new:
            continue
        pairs = [_moment(each, key) for key in ("due_at", "yellow_at") for each in (old, new)]
        reds = [_moment(each, "red_at") or _moment(each, "due_at") for each in (old, new)]
        if pairs[0] != pairs[1] or pairs[2] != pairs[3] or reds[0] != reds[1]:
            provisional = bool(new.get("is_provisional"))
            yield Moved(clock, pairs[0], pairs[1], pairs[2], pairs[3], provisional, *reds)


def _moment(kept: dict[str, Any], key: str) -> dt.datetime | None:
    text = kept.get(key)
    return dt.datetime.fromisoformat(text) if text else None
