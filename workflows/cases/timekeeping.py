"""Keeping a case's clocks: begins, ends and derives them when a step has been taken.

`Case.clocks` holds, per clock (hop, promise, statutory): started_at, limit, extra (extensions),
and the derived due_at, yellow_at, is_provisional, and red_at where red comes before the clock is due;
`timer` holds the step that the system takes by itself. The columns `*_due_at`, `due_at` (the first red moment),
`yellow_at`, `next_alarm_at` repeat what is queried.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from matters.catalogue.definition import Definition, Limit
from tongban.offices.calendar import calendar_for

from .act import Act
from .clocks import Due, Pause, Reading, days_used, due, local_day
from .declarations import APPLICANT, HOP, PROMISE, STATUTORY, TIMER, State
from .models import Case, Suspension

if TYPE_CHECKING:
    from .flow import Flow

CLOCKS = (HOP, PROMISE, STATUTORY)
# A clock is red from `due_at` on, so the last day in time is that of the instant before.
INSTANT = dt.timedelta(microseconds=1)
# An office's stay that a 补正 interrupted; it goes on where it was when the case comes back.
INTERRUPTED = "interrupted"
Moment = dt.datetime | None


def keep_time(act: Act, *, came_from: tuple[str, str]) -> None:
    """Bring the clocks of `act.case` in line with the state it has come to.

    came_from: (state, stage) before the transition. One statement, and only where the case has
    ever been suspended; otherwise none.
    """
    case, state = act.case, act.case.current
    touched: set[str] = set()
    if (case.state, case.stage) != came_from:
        _enter(act, state, came_from)
        touched.add(HOP)
    if act.again_after is not None:
        _begin(case, TIMER, act.again_after, act.at)
        case.clocks[TIMER]["step"] = act.step.code
        derive(case, TIMER, [], act.definition)
    if act.restarts_hop and act.hop_start is not None:
        _begin(case, HOP, case.limit_in(state, act.definition), act.hop_start)
        touched.add(HOP)
    for clock in state.starts:
        if clock not in case.clocks:
            _begin(case, clock, getattr(act.definition, clock), act.at)
            touched.add(clock)
    for clock, limit in act.extensions:
        case.clocks[clock]["extra"].append(str(limit))
        touched.add(clock)
    if act.pauses_changed:
        case.clocks["pauses"] = case.clocks.get("pauses", 0) + 1
        touched.update(CLOCKS)
    running_on = touched & case.clocks.keys()
    pauses = pauses_of(case) if running_on and case.clocks.get("pauses") else []
    for clock in running_on:
        derive(case, clock, pauses, act.definition)
    if act.recounts:
        _recount(act)
    for clock in state.stops:
        case.clocks.get(clock, {}).setdefault("stopped_at", act.at.isoformat())
    if state.closes:
        for clock in CLOCKS:
            case.clocks.get(clock, {}).setdefault("stopped_at", act.at.isoformat())
        case.clocks.pop(TIMER, None)
    set_columns(case, act.at)


def _enter(act: Act, state: State, came_from: tuple[str, str]) -> None:
    case = act.case
    if came_from[0]:
        # Kept for the figures: how long the stay lasted that ends here, in the flow of the day.
        stayed = act.at - case.entered_at
        act.note(stay={"flow": case.flow, "seconds": int(stayed.total_seconds())})
    case.entered_at = act.at
    left = case.clocks.pop(HOP, None)
    case.clocks.pop(TIMER, None)
    if case.suspended_as and act.pauses_changed and left:
        case.clocks[INTERRUPTED] = {**left, "stay": [came_from[0], came_from[1]]}
    interrupted = case.clocks.get(INTERRUPTED)
    if state.keeps_hop and left:
        case.clocks[HOP] = left
    elif interrupted and interrupted["stay"] == [case.state, case.stage]:
        kept = case.clocks.pop(INTERRUPTED)
        case.clocks[HOP] = {key: kept[key] for key in ("started_at", "limit", "extra")}
    elif state.limit_from == "entry" or act.hop_start is not None:
        _begin(case, HOP, case.limit_in(state, act.definition), act.hop_start or act.at)
    for step in case.STEPS.values():
        if TIMER in step.by and step.after and state.code in step.source:
            limit = step.after(act.definition)
            if limit is not None:
                _begin(case, TIMER, limit, _timer_start(act, state))
                case.clocks[TIMER]["step"] = step.code
                derive(case, TIMER, [], act.definition)


def _timer_start(act: Act, state: State) -> dt.datetime:
    """Where one limit runs over several states, so do the timers: all from where it began."""
    kept = act.case.clocks.get(HOP)
    return dt.datetime.fromisoformat(kept["started_at"]) if state.keeps_hop and kept else act.at


def _begin(case: Case, clock: str, limit: Limit | None, at: dt.datetime) -> None:
    """A limit that nobody has published (None) starts no clock."""
    if limit is not None:
        case.clocks[clock] = {"started_at": at.isoformat(), "limit": str(limit), "extra": []}


def reading_of(case: Flow, clock: str, pauses: Sequence[Pause], definition: Definition) -> Reading:
    """What the due moment of one clock of a case rests on. pauses: in time order."""
    kept = case.clocks[clock]
    own_stay = clock in (HOP, TIMER)
    seat = case.holder if own_stay and case.holder != APPLICANT else case.OWNER_SEAT
    # A suspension stops the offices' clocks; the applicant's own time to answer runs meanwhile.
    stops = not (own_stay and case.holder == APPLICANT)
    return Reading(
        started_at=dt.datetime.fromisoformat(kept["started_at"]),
        limits=tuple(Limit.parse(text) for text in [kept["limit"], *kept["extra"]]),
        pauses=tuple(pauses) if stops else (),
        calendar=calendar_for(case.region_of(seat)),
        yellow_percent=definition.yellow_percent,
        red_percent=definition.red_percent,
    )


def derive(case: Flow, clock: str, pauses: Sequence[Pause], definition: Definition) -> Due | None:
    """Work out one clock's moments anew and keep them in `case.clocks`."""
    moments = due(reading_of(case, clock, pauses, definition))
    kept = case.clocks[clock]
    kept.update(
        due_at=moments.due_at.isoformat() if moments else None,
        yellow_at=moments.yellow_at.isoformat() if moments else None,
        is_provisional=moments.is_provisional if moments else False,
    )
    kept.pop("red_at", None)
    if moments and moments.red_at != moments.due_at:
        kept["red_at"] = moments.red_at.isoformat()
    return moments


def red_since(kept: dict[str, Any]) -> str | None:
    """The moment, as kept, from which a clock is red: when it is due, unless the matter wants it sooner."""
    return kept.get("red_at") or kept.get("due_at")


@dataclass(frozen=True)
class Moved:
    """A clock that comes out otherwise than it stands in the case; a moment is None while paused."""

    clock: str
    was_due_at: dt.datetime | None
    due_at: dt.datetime | None
    was_yellow_at: dt.datetime | None
    yellow_at: dt.datetime | None
    is_provisional: bool
    was_red_at: dt.datetime | None = None
    red_at: dt.datetime | None = None

    @property
    def has_moved(self) -> bool:
        """Another moment came out; otherwise it is only surer, or less sure, than it was."""
        return (self.was_due_at, self.was_yellow_at, self.was_red_at) != (
            self.due_at, self.yellow_at, self.red_at,
        )  # fmt: skip

    def comes_late(self, now: dt.datetime) -> list[dt.datetime]:
        """Moments that lay ahead and, derived anew, have passed without a word."""
        pairs = ((self.was_red_at, self.red_at), (self.was_yellow_at, self.yellow_at))
        return [new for old, new in pairs if new and new <= now and (old is None or old > now)]


def rederive(case: Flow, pauses: Sequence[Pause], definition: Definition) -> list[Moved]:
    """Work out every running clock of a case anew, in memory only; those that come out otherwise.

    pauses: the case's, in time order. A change of the calendar is what makes a difference.
    """
    moved = []
    for clock in (*CLOCKS, TIMER):
        kept = case.clocks.get(clock)
        if kept is None or "stopped_at" in kept:
            continue
        was = _moments(kept)
        derive(case, clock, [] if clock == TIMER else pauses, definition)
        now = _moments(kept)
        if was != now:
            due_at, yellow_at, red_at, provisional = now
            moved.append(
                Moved(clock, was[0], due_at, was[1], yellow_at, provisional, was[2], red_at)
            )
    return moved


def _moments(kept: dict[str, Any]) -> tuple[Moment, Moment, Moment, bool]:
    """(due, yellow, red, rests on provisional days) of a clock as it is kept."""
    due_at, yellow_at = _moment(kept, "due_at"), _moment(kept, "yellow_at")
    return due_at, yellow_at, _moment(kept, "red_at") or due_at, bool(kept.get("is_provisional"))


def _recount(act: Act) -> None:
    case = act.case
    pauses = pauses_of(case) if case.clocks.get("pauses") else []
    moved = rederive(case, pauses, act.definition)
    # Colours that have come without the sweep's seeing them ahead: the alarm goes back to the first.
    unseen = [moment for clock in moved for moment in clock.comes_late(act.at)]
    case.next_alarm_at = min([*unseen, *filter(None, [case.next_alarm_at])], default=None)
    act.note(moved={m.clock: {"was": m.was_due_at, "due": m.due_at} for m in moved})


def pauses_of(case: Case) -> list[Pause]:
    """The case's suspensions as pauses, the earliest first. One statement."""
    return as_pauses(suspensions_of(case))


def suspensions_of(case: Case) -> list[Suspension]:
    """The earliest first. One statement."""
    return list(Suspension.objects.filter(case_id=case.pk).order_by("started_at", "id"))


def as_pauses(suspensions: Iterable[Suspension]) -> list[Pause]:
    return [Pause(s.started_at, s.ended_at, s.get_kind_display()) for s in suspensions]


def running(case: Case) -> dict[str, dict[str, Any]]:
    """The clocks that still run and have a due moment."""
    return {
        name: kept
        for name, kept in case.clocks.items()
        if name in CLOCKS and kept.get("due_at") and "stopped_at" not in kept
    }


def set_columns(case: Case, now: dt.datetime) -> None:
    """Repeat the derived moments in the columns that queues and the sweep look at."""
    live = running(case)
    for clock in CLOCKS:
        setattr(case, f"{clock}_due_at", _moment(live.get(clock), "due_at"))
    case.due_at = min(_all(live, red_since), default=None)
    case.yellow_at = min(_all(live, lambda kept: kept.get("yellow_at")), default=None)
    # A colour that came while nobody swept is still to be told: all before the alarm has been.
    untold = case.next_alarm_at
    case.next_alarm_at = next_alarm(case, after=min(now, untold - INSTANT) if untold else now)


def next_alarm(case: Case, *, after: dt.datetime) -> dt.datetime | None:
    """The next moment at which the sweep must look at the case, None if there is none."""
    live = running(case)
    moments = _all(live, lambda kept: kept.get("yellow_at")) + _all(live, red_since)
    timer = _moment(case.clocks.get(TIMER), "due_at")
    ahead = [moment for moment in moments if moment > after]
    # A timer that is due already must still be taken: it stays on the list until it has been.
    return min(ahead + ([timer] if timer else []), default=None)


def is_late(case: Case, at: dt.datetime) -> bool | None:
    """Concluded after the promise (or, without one, the law) allowed; None without any clock."""
    due_at = _promised_by(case)
    return None if due_at is None else at >= due_at


def is_early(case: Case, at: dt.datetime) -> bool | None:
    """Concluded on a day before the last one that was allowed; None without any clock."""
    due_at = _promised_by(case)
    return None if due_at is None else local_day(at) < local_day(due_at - INSTANT)


def _promised_by(case: Case) -> dt.datetime | None:
    moments = (_moment(case.clocks.get(clock), "due_at") for clock in (PROMISE, STATUTORY))
    return next((m for m in moments if m is not None), None)


def working_days_taken(case: Flow, at: dt.datetime) -> int:
    """Working days from handing in to `at`, pauses left out. One statement if it ever paused."""
    pauses = pauses_of(case) if case.clocks.get("pauses") else []
    whole = Reading(
        started_at=case.opened_at,
        limits=(Limit.parse("1G"),),
        pauses=tuple(pauses),
        calendar=calendar_for(case.region_of(case.OWNER_SEAT)),
    )
    return days_used(whole, at)


def _moment(kept: dict[str, Any] | None, key: str) -> dt.datetime | None:
    text = (kept or {}).get(key)
    return dt.datetime.fromisoformat(text) if text else None


def _all(
    clocks: dict[str, dict[str, Any]], moment: Callable[[dict[str, Any]], str | None]
) -> list[dt.datetime]:
    """That moment of each of the clocks that has it."""
    return [dt.datetime.fromisoformat(text) for kept in clocks.values() if (text := moment(kept))]
