"""Why not: which rule forbids a step, and who could take it.

Buttons, API errors, `perform` and the tests all ask here; nothing else decides.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from .act import Situation
from .declarations import (
    ANY_SEAT,
    APPLICANT,
    HOLDER,
    STAGE,
    SUPERVISOR,
    SYSTEM,
    TIMER,
    Step,
)
from .parties import rights_of_user


@dataclass(frozen=True)
class Reason:
    """One rule that stands in the way: a code for machines, a sentence for people."""

    code: str
    text: str


@dataclass(frozen=True)
class Verdict:
    """May this actor take this step now? `seat` is the part they would act in, where they may."""

    step: Step
    seat: str
    office_id: int | None
    reasons: tuple[Reason, ...]
    who: str

    @property
    def allowed(self) -> bool:
        return not self.reasons


def why_not(situation: Situation) -> list[Verdict]:
    """A verdict for every step of the case's flow, in the order of its file."""
    return [verdict(situation, step) for step in situation.case.STEPS.values()]


def verdict(situation: Situation, step: Step) -> Verdict:
    case = situation.case
    who = who_could(situation, step)
    seat, office_id, taker_reasons = _taker(situation, step, who)
    reasons: list[Reason] = []
    if case.state not in step.source:
        reasons.append(Reason("wrong_state", f"办件现在是“{case.current.name}”，不能{step.label}"))
    if case.is_suspended and not step.while_suspended:
        reasons.append(Reason("suspended", "办件处于中止期间，须先恢复办理"))
    reasons += taker_reasons
    # A guard may lean on the state and the seat, so it is asked only where these hold.
    if not reasons:
        reasons += [Reason(g.code, g.reason) for g in step.guards if not g.holds(situation)]
    return Verdict(step, seat, office_id, tuple(reasons), who)


def who_could(situation: Situation, step: Step) -> str:
    """The takers of a step in words: '属地承办、负责人'."""
    case, words = situation.case, []
    for taker in step.by:
        takers = _holders(situation, step) if taker == HOLDER else [taker]
        for meant in takers:
            if meant == ANY_SEAT:
                words.append("任一经办机构")
            elif meant in TAKER_WORDS:
                words.append(TAKER_WORDS[meant])
            else:
                words += [case.seat_named(seat).name for seat in _seats_meant(situation, meant)]
    return "、".join(words) + ("（须负责人）" if step.head_only else "")


def _holders(situation: Situation, step: Step) -> list[str]:
    """Who holds the case now, or, for a step of other states, who will hold it there."""
    case = situation.case
    if case.state in step.source:
        return _seats_meant(situation, HOLDER)
    states = [case.state_named(code) for code in step.source]
    known = [s for s in states if s.holder != STAGE or case.stage]
    holders = [case.holder_in(state, situation.definition) for state in known]
    return [holder for holder in dict.fromkeys(holders) if holder not in ("", APPLICANT)]


def _seats_meant(situation: Situation, taker: str) -> list[str]:
    """The seats behind a taker that is no person: none where no office holds, or no stage is reached."""
    case = situation.case
    if taker == ANY_SEAT:
        return list(case.seats)
    if taker == HOLDER:
        return [case.holder] if case.holder not in ("", APPLICANT) else []
    if taker == STAGE:
        return [situation.definition.stage(case.stage).seat] if case.stage else []
    return [taker]


def _taker(situation: Situation, step: Step, who: str) -> tuple[str, int | None, list[Reason]]:
    """(seat, office, what forbids the actor). Any taker without an objection is enough."""
    first: tuple[str, int | None, list[Reason]] | None = None
    for taker in step.by:
        for attempt in _attempts(situation, step, taker):
            if not attempt[2]:
                return attempt
            first = first or attempt
    refusal = f"此项由{who}办理" if who else "办件现由申请人处理"
    return first or ("", None, [Reason("not_yours", refusal)])


def _attempts(
    situation: Situation, step: Step, taker: str
) -> Iterator[tuple[str, int | None, list[Reason]]]:
    case, actor = situation.case, situation.actor
    if taker in (TIMER, SYSTEM):
        if actor.kind == "system":
            yield taker, None, _before_its_time(situation, step) if taker == TIMER else []
    elif taker == SUPERVISOR:
        provinces = {case.origin_province, case.owner_province} & actor.supervises
        if provinces:
            yield SUPERVISOR, None, []
    elif taker == APPLICANT:
        yield from _as_party(situation, step)
    else:
        for seat in _seats_meant(situation, taker):
            yield from _at_seat(situation, step, seat)


def _before_its_time(situation: Situation, step: Step) -> list[Reason]:
    """A timer's step waits for the moment that the case's clocks name, whoever calls."""
    return [] if _timer_due(situation) == step.code else [Reason("not_due", "期限尚未届满")]


def _timer_due(situation: Situation) -> str:
    """The step whose time has come and which the system has not taken yet, '' if there is none."""
    timer = situation.case.clocks.get(TIMER, {})
    due_at = timer.get("due_at")
    is_due = due_at is not None and dt.datetime.fromisoformat(due_at) <= situation.at
    return timer["step"] if is_due else ""


def _as_party(situation: Situation, step: Step) -> Iterator[tuple[str, int | None, list[Reason]]]:
    user_id = situation.actor.user_id
    if not any(p.user_id == user_id for p in situation.parties if user_id is not None):
        return
    rights = rights_of_user(situation.parties, user_id, situation.today)
    missing = [] if step.right in rights else [Reason("no_right", "您的身份或授权不包含此项操作")]
    yield APPLICANT, None, missing


def _at_seat(
    situation: Situation, step: Step, seat: str
) -> Iterator[tuple[str, int | None, list[Reason]]]:
    case, actor = situation.case, situation.actor
    office_id = case.office_of(seat)
    if office_id is None or office_id not in actor.desks | actor.heads:
        return
    is_head = office_id in actor.heads
    reasons: list[Reason] = []
    if step.head_only and not is_head:
        reasons.append(Reason("head_only", "须由本单位负责人办理"))
    claimed_by_other = case.claimed_by_id not in (None, actor.user_id) and seat == case.holder
    stands_in = actor.absent_at(office_id, case.claimed_by_id) is not None
    if claimed_by_other and not (is_head or stands_in or step.is_aside):
        reasons.append(Reason("claimed", "已由同事领取；可请其退领，或请负责人改派"))
    if step.decides and actor.user_id in case.deciders:
        reasons.append(
            Reason("decided_before", "您已办理过本件的另一审查环节，同一人不得办理两个环节")
        )
    if step.decides and any(p.user_id == actor.user_id for p in situation.parties):
        reasons.append(Reason("own_case", "您是本件当事人，应当回避"))
    overdue = _timer_due(situation)
    if (
        step.target is not None
        and not step.is_aside
        and overdue
        and not case.STEPS[overdue].is_aside
    ):
        # By law it has happened already (视为受理), though the sweep may be late. A reminder forestalls nothing.
        reasons.append(Reason("timer_due", "期限已届满，系统将按期自动办理，请稍后刷新再办"))
    yield seat, office_id, reasons


TAKER_WORDS = {
    APPLICANT: "申请人",
    TIMER: "系统（到期自动）",
    SYSTEM: "系统",
    SUPERVISOR: "督办人员",
}
