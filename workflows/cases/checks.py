"""Faults in how a flow is declared, found at every start and in CI (Django system checks).

Ids: E001 names, E002 states, E003 steps, E004 takers, E005 ways, E006 time, E007 children, E008 words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.core.checks import CheckMessage, Error, register
from django.template import TemplateDoesNotExist
from django.template.loader import get_template

from matters.catalogue.definition import Limit

from .declarations import (
    ANY_SEAT,
    APPLICANT,
    HOLDER,
    PROMISE,
    STAGE,
    STATUTORY,
    SUPERVISOR,
    SYSTEM,
    TIMER,
    State,
    Step,
)
from .flow import Flow
from .forms import StepForm
from .parties import ALL_RIGHTS
from .registry import flows
from .waking import WAKE_STEP

Fault = tuple[str, str]
CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")
RULES = frozenset({"all", "any", "lead"})
TONES = frozenset({"primary", "secondary", "warning"})
COUNTS = frozenset({"", "received", "accepted", "concluded"})
NO_SEATS = frozenset({APPLICANT, TIMER, SYSTEM, SUPERVISOR, HOLDER, ANY_SEAT, STAGE})


@register
def flows_are_sound(**_: Any) -> list[CheckMessage]:
    return [
        Error(text, obj=flow.CODE, id=f"cases.{number}")
        for flow in flows()
        for number, text in faults_of(flow)
    ]


def faults_of(flow: type[Flow]) -> Iterator[Fault]:
    """What is wrong with a flow's declarations, as (number, sentence); nothing if it is sound."""
    faults = [*_names(flow), *_states(flow), *_steps(flow)]
    yield from faults
    if not faults:
        # Only where every name is known can the ways be walked.
        yield from _ways(flow)
    yield from _time(flow)
    yield from _children(flow)
    yield from _words(flow)


def _names(flow: type[Flow]) -> Iterator[Fault]:
    seats, states = [s.code for s in flow.SEATS], [s.code for s in flow.STATES]
    for kind, codes in (("席位", seats), ("状态", states)):
        for code in sorted({code for code in codes if codes.count(code) > 1}):
            yield "E001", f"{kind} {code} 声明了两次"
    if flow.INITIAL not in states:
        yield "E001", f"INITIAL 是未声明的状态 {flow.INITIAL!r}"
    if flow.OWNER_SEAT not in seats:
        yield "E001", f"OWNER_SEAT 是未声明的席位 {flow.OWNER_SEAT!r}"
    if flow.ORIGIN_SEAT and flow.ORIGIN_SEAT not in seats:
        yield "E001", f"ORIGIN_SEAT 是未声明的席位 {flow.ORIGIN_SEAT!r}"
    for seat in flow.OPTIONAL_SEATS:
        if seat not in seats:
            yield "E001", f"OPTIONAL_SEATS 里有未声明的席位 {seat!r}"


def _states(flow: type[Flow]) -> Iterator[Fault]:
    seats = {seat.code for seat in flow.SEATS}
    for state in flow.STATES:
        if state.closes and state.holder:
            yield "E002", f"状态 {state.code} 已结束，却由 {state.holder} 持有"
        elif not state.closes and state.holder not in seats | {APPLICANT, STAGE}:
            yield "E002", f"状态 {state.code} 由未声明的席位 {state.holder!r} 持有"
        if state.counts_as not in COUNTS:
            yield "E002", f"状态 {state.code} 的 counts_as {state.counts_as!r} 没有意义"
        if state.code == flow.INITIAL and state.closes:
            yield "E002", f"状态 {state.code} 是起点，不能已经结束"


def _steps(flow: type[Flow]) -> Iterator[Fault]:
    states = {state.code for state in flow.STATES}
    for step in flow.STEPS.values():
        for code in (*step.source, *step.targets):
            if code not in states:
                yield "E003", f"步骤 {step.code} 用到未声明的状态 {code!r}"
        if not step.source:
            yield "E003", f"步骤 {step.code} 从哪里都不能开始"
        if step.form is not None and not issubclass(step.form, StepForm):
            yield "E003", f"步骤 {step.code} 的表单 {step.form.__name__} 不是 StepForm"
        if step.tone not in TONES:
            yield "E003", f"步骤 {step.code} 的 tone {step.tone!r} 没有意义"
        if step.counts_as not in COUNTS:
            yield "E003", f"步骤 {step.code} 的 counts_as {step.counts_as!r} 没有意义"
        yield from _takers(flow, step)


def _takers(flow: type[Flow], step: Step) -> Iterator[Fault]:
    seats = {seat.code for seat in flow.SEATS}
    if not step.by:
        yield "E004", f"步骤 {step.code} 没有人可以办理"
    for taker in step.by:
        if taker not in seats | NO_SEATS:
            yield "E004", f"步骤 {step.code} 由未声明的席位 {taker!r} 办理"
    if APPLICANT in step.by and step.right not in ALL_RIGHTS:
        yield "E004", f"步骤 {step.code} 需要的权限 {step.right!r} 没有当事人会有"


def _ways(flow: type[Flow]) -> Iterator[Fault]:
    """Every state is reached, and from every open one there is a way to an end."""
    moves = {
        (source, target)
        for step in flow.STEPS.values()
        for source in step.source
        for target in step.targets
    }
    reached = _spread({flow.INITIAL}, moves)
    ends = {state.code for state in flow.STATES if state.closes}
    ending = _spread(ends, {(target, source) for source, target in moves})
    for state in flow.STATES:
        if state.code not in reached:
            yield "E005", f"没有步骤通向状态 {state.code}"
        if state.code not in ending:
            yield "E005", f"从状态 {state.code} 走不到任何结束"
        if state.closes and any(source == state.code for source, _ in moves):
            yield "E005", f"已结束的状态 {state.code} 还能走出去"


def _spread(begin: Iterable[str], moves: Iterable[tuple[str, str]]) -> set[str]:
    reached = set(begin)
    while more := {target for source, target in moves if source in reached} - reached:
        reached |= more
    return reached


def _time(flow: type[Flow]) -> Iterator[Fault]:
    for state in flow.STATES:
        for clock in (*state.starts, *state.stops):
            if clock not in (PROMISE, STATUTORY):
                yield "E006", f"状态 {state.code} 开始或停止未知的时限 {clock!r}"
        if state.limit_from not in ("entry", "service"):
            yield "E006", f"状态 {state.code} 的 limit_from {state.limit_from!r} 没有意义"
        if not _is_limit(state):
            yield "E006", f"状态 {state.code} 的时限 {state.limit!r} 写法不对"
    for step in flow.STEPS.values():
        if (TIMER in step.by) != (step.after is not None):
            yield "E006", f"步骤 {step.code}：到期自动办理的步骤须有 after，其他步骤不能有"


def _is_limit(state: State) -> bool:
    if state.limit in (None, STAGE, "supplement"):
        return True
    try:
        Limit.parse(state.limit or "")
    except ValueError:
        return False
    return True


def _children(flow: type[Flow]) -> Iterator[Fault]:
    wake = flow.STEPS.get(WAKE_STEP)
    for state in flow.STATES:
        if state.awaits is None:
            continue
        if state.awaits.rule not in RULES:
            yield "E007", f"状态 {state.code} 的等待规则 {state.awaits.rule!r} 没有意义"
        if wake is None or state.code not in wake.source or SYSTEM not in wake.by:
            yield "E007", f"状态 {state.code} 等待子件，须有系统办理的步骤 {WAKE_STEP}"


def _words(flow: type[Flow]) -> Iterator[Fault]:
    spoken = [("流程", flow.CODE, flow.LABEL)]
    spoken += [("席位", seat.code, seat.name) for seat in flow.SEATS]
    spoken += [("状态", state.code, state.name) for state in flow.STATES]
    for step in flow.STEPS.values():
        spoken += [("步骤", step.code, step.label), ("步骤", step.code, step.done)]
        spoken += [("条件", f"{step.code}.{g.code}", g.reason) for g in step.guards]
        if step.notice and not _has_text(step.notice):
            yield "E008", f"步骤 {step.code} 的通知 {step.notice!r} 没有文本"
    for kind, code, words in spoken:
        if not CHINESE.search(words):
            yield "E008", f"{kind} {code} 没有中文名称：{words!r}"


def _has_text(notice: str) -> bool:
    try:
        get_template(f"notices/{notice}.txt")
    except TemplateDoesNotExist:
        return False
    return True
