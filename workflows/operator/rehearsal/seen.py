"""What the page of a rehearsal shows: who may do what, the clocks day by day, what has been played."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from matters.catalogue.definition import Definition
from workflows.cases.clocks import SHANGHAI, local_day
from workflows.cases.declarations import HOP, PROMISE, STATUTORY, Step
from workflows.cases.explained import Explanation, days_left, explained
from workflows.cases.flow import Flow
from workflows.cases.places import office_name
from workflows.cases.situations import situation_for
from workflows.cases.verdicts import Verdict, why_not

from .moves import OPEN, Rehearsed
from .people import SYSTEM_ROLE, People, roles_in

CLOCKS = {HOP: "环节时限", PROMISE: "承诺时限", STATUTORY: "法定时限"}


@dataclass(frozen=True)
class Role:
    """Somebody who can try, and what they may do at the moment that is looked at."""

    code: str
    name: str
    office: str
    verdicts: list[Verdict]

    @property
    def allowed(self) -> list[Step]:
        return [v.step for v in self.verdicts if v.allowed]

    @property
    def refused(self) -> list[Verdict]:
        return [v for v in self.verdicts if not v.allowed]


@dataclass(frozen=True)
class ClockSeen:
    """One of the three clocks on the day that is looked at."""

    name: str
    text: str
    explanation: Explanation | None = None


def roles_at(case: Flow, people: People, at: dt.datetime) -> list[Role]:
    """Everybody with a part in the case and their verdicts. Five statements a role at most."""
    found = []
    for code, name in roles_in(case):
        actor = people.actor(code, case)
        seat = code.partition(":")[2]
        office = office_name(case.office_of(seat)) if seat in case.seats else ""
        found.append(Role(code, name, office, why_not(situation_for(case, actor, at))))
    return found


def clocks_at(case: Flow, definition: Definition, at: dt.datetime) -> Iterator[ClockSeen]:
    for code, name in CLOCKS.items():
        if code not in case.clocks:
            yield ClockSeen(name, "没有计时")
            continue
        told = explained(case, code, definition)
        yield ClockSeen(name, _said(told, at), told)


def _said(told: Explanation, at: dt.datetime) -> str:
    if told.stopped_at:
        return f"{told.limit.text}，已停止计时"
    if told.derived is None:
        return f"{told.limit.text}，中止期间不计时"
    last = told.derived.due_on
    day = f"{last.year}年{last.month}月{last.day}日"
    if at >= told.derived.due_at:
        return f"{told.limit.text}，最后一天是 {day}，到所选时刻已经超期（红灯）"
    is_yellow = at >= told.derived.yellow_at
    light = "红灯" if at >= told.derived.red_at else "黄灯" if is_yellow else "绿灯"
    if told.lines:
        left = days_left(told.reading, local_day(at))
        return f"{told.limit.text}，最后一天是 {day}，到所选日期还剩 {left} 天（{light}）"
    due = told.derived.due_at.astimezone(SHANGHAI)
    return f"{told.limit.text}，到 {day} {due:%H:%M}（{light}）"


def moves_seen(rehearsed: Rehearsed, case: Flow | None) -> list[dict[str, Any]]:
    """The moves so far in words."""
    names = dict(roles_in(case)) if case is not None else {}
    steps = case.STEPS if case is not None else {}
    return [
        {
            "at": move.at,
            "who": names.get(move.role, move.role),
            "what": "提交申请"
            if move.step == OPEN
            else steps[move.step].label
            if move.step in steps
            else move.step,
        }
        for move in rehearsed.moves
    ]


def chosen(roles: list[Role], wanted: str, case: Flow) -> Role:
    """The role that was asked for, else whoever may do something of the main path, else the first."""
    by_code = {role.code: role for role in roles}
    if wanted in by_code:
        return by_code[wanted]
    holder = f"clerk:{case.holder}"
    if holder in by_code:
        return by_code[holder]
    return next((r for r in roles if r.code != SYSTEM_ROLE and r.allowed), roles[0])
