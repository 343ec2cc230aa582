"""The one door: `perform` takes a step in a case, `opening.open_case` begins one.

Besides, `moving` carries a case to another version of its matter. Nothing else writes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.forms import Form
from django.utils import timezone

from matters.catalogue.pinned import definition_of
from tongban.accounts.actors import SYSTEM, Actor, actor_of
from tongban.notices.models import Notice

from . import telling
from .act import Act, Situation
from .closing import close
from .declarations import Step
from .feeding_back import NUMBER, TAKEN, feed_back
from .happened import event_of
from .ledger_writing import Move, write_steps
from .models import Event
from .numbers import NumberTaken, keep_numbers
from .reading import locked_case, parties_of
from .timekeeping import keep_time
from .verdicts import Verdict, verdict

if TYPE_CHECKING:
    from .flow import Flow

__all__ = ["CaseGone", "Done", "InvalidData", "NotAllowed", "Stale", "perform"]


class CaseGone(LookupError):
    """There is no such case, or no such step in its flow."""


class Stale(Exception):
    """The page was of an earlier moment: `last` is the event that came in between."""

    def __init__(self, last: Event | None) -> None:
        super().__init__("办件已有新进展，您的操作没有生效，请查看最新情况后再办理。")
        self.last = last


class NotAllowed(Exception):
    """A rule forbids the step; `verdict` says which, and who could take it."""

    def __init__(self, refused: Verdict) -> None:
        super().__init__("；".join(reason.text for reason in refused.reasons))
        self.verdict = refused


class InvalidData(Exception):
    """The step's form does not accept what was given; `form` carries the errors and what was typed."""

    def __init__(self, form: Form) -> None:
        super().__init__(form.errors.as_text())
        self.form = form


@dataclass(frozen=True)
class Done:
    """A step that has been taken."""

    case: Flow
    event: Event


def perform(
    case_id: int,
    step: str,
    *,
    actor: Actor,
    data: Mapping[str, Any] | None = None,
    token: int,
    at: dt.datetime | None = None,
) -> Done:
    """Take `step` in a case, whole or not at all.

    token: the case's `seq` that the person saw. at: when it happened, for the system actor, the
    simulator and tests; everybody else acts now. It is never before the event that came last.
    Raises CaseGone, Stale, NotAllowed, InvalidData; Actor.Gone where the account is closed.
    Statements: actor, lock, parties, write; and what the step's own body declares.
    """
    with transaction.atomic():
        fresh = as_of_now(actor)
        case = locked_case(case_id)
        if case is None:
            raise CaseGone(f"no case {case_id}")
        if token != case.seq:
            raise Stale(case.events.order_by("-seq").select_related("actor").first())
        declared = case.STEPS.get(step)
        if declared is None:
            raise CaseGone(f"{case.flow} has no step {step}")
        parties = parties_of(case.pk)
        # Taken after the lock: two steps that wait for each other keep their order in time.
        moment = max(at or timezone.now(), case.last_at or case.entered_at)
        situation = Situation(case, fresh, parties, definition_of(case.version_id), moment)
        return _take(situation, declared, data)


def as_of_now(actor: Actor) -> Actor:
    """The actor as of now. Only the system has no account: nobody becomes it by lacking one."""
    if actor.user_id is not None:
        return actor_of(actor.user_id)
    if actor.kind != SYSTEM.kind:
        raise Actor.Gone("nobody is signed in")
    return SYSTEM


@dataclass(frozen=True)
class Taken:
    """A step that has been taken in memory, and is to be written."""

    act: Act
    event: Event
    owed: list[Notice]

    @property
    def move(self) -> Move:
        """What is written of it."""
        return Move(self.act.case, self.event, self.owed)


def _take(situation: Situation, declared: Step, data: Mapping[str, Any] | None) -> Done:
    """One step in one case, written. Raises NotAllowed, InvalidData."""
    act, form = ready(situation, declared, data)
    taken = take(act)
    write_steps([taken.move])
    try:
        keep_numbers(taken.act)
    except NumberTaken:
        # A colleague fed the same number back this moment; theirs counts.
        if form is None:
            raise
        form.add_error(NUMBER if NUMBER in form.fields else None, TAKEN)
        raise InvalidData(form) from None
    return Done(taken.act.case, taken.event)


def ready(
    situation: Situation, declared: Step, data: Mapping[str, Any] | None
) -> tuple[Act, Form | None]:
    """The act, if the rules and the step's form allow it. Raises NotAllowed, InvalidData."""
    answer = verdict(situation, declared)
    if not answer.allowed:
        raise NotAllowed(answer)
    case = situation.case
    form = _validated(declared, data, situation)
    act = Act(
        situation=situation,
        step=declared,
        seat=answer.seat,
        office_id=answer.office_id,
        data=form.cleaned_data if form is not None else {},
        seq=case.seq + 1,
    )
    return act, form


def take(act: Act) -> Taken:
    """The transition and what follows from it, in memory; the body writes rows of its own only."""
    case, declared = act.case, act.step
    came_from = (case.state, case.stage)
    _note_substitution(act)
    feed_back(act)
    getattr(case, declared.code)(act)
    _settle(act, came_from)
    event = event_of(act, came_from[0])
    return Taken(act, event, telling.owed_for(act, event))


def _note_substitution(act: Act) -> None:
    """代某某办理: what a colleague who is away has claimed, done by who stands in for them."""
    absent = act.actor.absent_at(act.office_id, act.case.claimed_by_id)
    if absent is not None and act.seat == act.case.holder and not act.step.is_aside:
        act.note(acting_for={"user": absent.user_id, "name": absent.name})


def _settle(act: Act, came_from: tuple[str, str]) -> None:
    """What follows from the new state: its holder, its clocks, and its end."""
    case, state = act.case, act.case.current
    holder = case.holder_in(state, act.definition)
    office_id = case.office_of(holder)
    # The next stage is somebody else's: who decided the last one may not decide it too.
    if office_id != case.holder_office_id or case.stage != came_from[1]:
        case.claimed_by_id = None
    case.holder, case.holder_office_id = holder, office_id
    if act.step.decides and act.actor.user_id is not None:
        case.deciders = [*case.deciders, act.actor.user_id]
    case.seq = act.seq
    if state.awaits is not None and (case.state, case.stage) != came_from:
        act.await_children(state.awaits.kind)
    close(act)
    keep_time(act, came_from=came_from)


def _validated(declared: Step, data: Mapping[str, Any] | None, situation: Situation) -> Form | None:
    if declared.form is None:
        return None
    form = declared.form(data or {}, situation=situation)  # type: ignore[call-arg]
    if not form.is_valid():
        raise InvalidData(form)
    return form
