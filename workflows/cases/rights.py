"""The table of rights: who may take which step in which state. Every entry is asked of `verdict` itself.

The cases asked about are made up in memory and never saved. A guard (a fact of the single case) is
left out of account; rights that rest on one are marked by its code.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from matters.catalogue.definition import Definition, Limit, Reminder, Result, SeatRule, Stage
from tongban.accounts.actors import SYSTEM, Actor

from .act import Situation
from .declarations import STAGE, TIMER, State, Step
from .flow import Flow
from .models import Party
from .opinion_steps import ASSISTING
from .verdicts import verdict

LONG_AGO = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
# Made up: the window's province and the owner's, and a user id for each kind of party.
WINDOW, OWNER = ("500101", "500000"), ("511702", "510000")
PARTIES = {Party.Role.APPLICANT: 1, Party.Role.CO_APPLICANT: 2, Party.Role.BENEFICIARY: 3,
           Party.Role.CONTACT: 4}  # fmt: skip


@dataclass(frozen=True)
class Spot:
    """Where a case can be: a state, and the stage of the matter where the state depends on it."""

    state: State
    stage: str
    holder: str


@dataclass(frozen=True)
class Right:
    """A step that somebody may take at a spot. while_suspended: those who may even then."""

    spot: Spot
    step: Step
    takers: tuple[str, ...]
    while_suspended: tuple[str, ...]


def spots(flow: type[Flow], definition: Definition) -> Iterator[Spot]:
    """Every state of the flow, those that depend on the stage once for each."""
    first = definition.stages[0].code if definition.stages else ""
    for state in flow.STATES:
        by_stage = STAGE in (state.holder, state.limit)
        for stage in [s.code for s in definition.stages] if by_stage else [first]:
            holder = definition.stage(stage).seat if state.holder == STAGE else state.holder
            yield Spot(state, stage, holder)


def takers(definition: Definition) -> dict[str, Actor]:
    """One of every kind who could try, by what the table calls them."""
    people = {str(role): _person(user_id) for role, user_id in PARTIES.items()}
    for number, rule in enumerate(definition.seats):
        desk = frozenset({_office(definition, rule.seat)})
        people[rule.seat] = _clerk(10 + number, desk)
        people[f"head of {rule.seat}"] = _clerk(30 + number, desk, heads=desk)
    for name, (_, province) in (("window's supervisor", WINDOW), ("owner's supervisor", OWNER)):
        people[name] = Actor(50, "staff", "", supervises=frozenset({province}))
    return {
        **people,
        "supervisor elsewhere": Actor(51, "staff", "", supervises=frozenset({"650000"})),
        "clerk elsewhere": _clerk(52, frozenset({999})),
        "outsider": _person(53),
        "system": SYSTEM,
    }


def rights(flow: type[Flow], definition: Definition) -> Iterator[Right]:
    """All that anybody may do, in the order of the flow's file; what is not listed is refused."""
    people = takers(definition)
    for spot in spots(flow, definition):
        case = _made_up(flow, definition, spot)
        for step in flow.STEPS.values():
            able = _able(case, definition, step, people, suspended=False)
            if able:
                paused = _able(case, definition, step, people, suspended=True)
                yield Right(spot, step, able, paused)


def may(situation: Situation, step: Step) -> bool:
    """No rule but the step's own guards stands in the way."""
    guards = {guard.code for guard in step.guards}
    return all(reason.code in guards for reason in verdict(situation, step).reasons)


def _able(
    case: Flow, definition: Definition, step: Step, people: dict[str, Actor], *, suspended: bool
) -> tuple[str, ...]:
    """Who may. The case is made to stand still or not, and to have waited for a timer's step."""
    case.suspended_as = "special" if suspended else ""
    waited = {TIMER: {"step": step.code, "due_at": LONG_AGO.isoformat()}}
    case.clocks = waited if TIMER in step.by else {}
    parties = _made_up_parties()
    return tuple(
        name
        for name, actor in people.items()
        if may(Situation(case, actor, parties, definition, NOW), step)
    )


@cache
def _made_up_parties() -> tuple[Party, ...]:
    return tuple(Party(role=role, user_id=user_id) for role, user_id in PARTIES.items())


def _made_up(flow: type[Flow], definition: Definition, spot: Spot) -> Flow:
    place = {
        rule.seat: {
            "office": _office(definition, rule.seat),
            "region": (WINDOW if rule.seat == flow.ORIGIN_SEAT else OWNER)[0],
        }
        for rule in definition.seats
    }
    return flow(
        flow=flow.CODE,
        state=spot.state.code,
        stage=spot.stage,
        holder=spot.holder,
        seats=place,
        origin_province=WINDOW[1],
        owner_province=OWNER[1],
        entered_at=LONG_AGO,
        opened_at=LONG_AGO,
    )


def _office(definition: Definition, seat: str) -> int:
    return 100 + [rule.seat for rule in definition.seats].index(seat)


def _person(user_id: int) -> Actor:
    return Actor(user_id, "citizen", "")


def _clerk(user_id: int, desks: frozenset[int], heads: frozenset[int] = frozenset()) -> Actor:
    return Actor(user_id, "staff", "", desks=desks, heads=heads)


def whole_definition(flow: type[Flow]) -> Definition:
    """A matter that fills every seat, is reviewed in two stages or more, and reminds of all that is due."""
    others = [s.code for s in flow.SEATS if s.code not in (flow.ORIGIN_SEAT, ASSISTING.code)]
    reviewing = others or [flow.OWNER_SEAT]
    seats = reviewing if len(reviewing) > 1 else reviewing * 2
    return Definition(
        seats=tuple(
            SeatRule(seat=s.code, office_kind="office", level="county", region="origin")
            for s in flow.SEATS
        ),
        stages=tuple(
            Stage(code=f"stage_{nth}", name=f"第{nth}环节", seat=seat)
            for nth, seat in enumerate(seats, 1)
        ),
        reminders=(
            Reminder(after=Limit.parse("5G"), to="handler"),
            Reminder(after=Limit.parse("8G"), to="head"),
            Reminder(after=Limit.parse("10G"), to="supervisor"),
        ),
        result=Result(kind="certificate", name="结果"),
    )
