"""Whose time it is: every stay, and every delay, belongs to one of four.

The collecting office 收件地, the road 在途, the owner 属地 or the applicant 申请人, read off the state's
holder and off whether papers or money are on the road there.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Final

from workflows.cases.declarations import APPLICANT, STAGE, State
from workflows.cases.flow import Flow
from workflows.cases.registry import UnknownFlow, flow_class, flows

COLLECTOR, ROAD, OWNER = "collector", "road", "owner"


@dataclass(frozen=True)
class Bearer:
    code: str
    label: str
    definition: str


BEARERS: Final = {
    bearer.code: bearer
    for bearer in [
        Bearer(
            COLLECTOR, "收件地", "办件由收件地（窗口）持有的时间，不含材料已寄出、尚未签收的时间。"
        ),
        Bearer(
            ROAD,
            "在途",
            "材料、结果或款项已从一地发出、另一地尚未签收的时间，不算任何一方的办理时间。",
        ),
        Bearer(OWNER, "属地", "办件由属地（主管部门、审查机构，含联办的其他机构）持有的时间。"),
        Bearer(APPLICANT, "申请人", "等待申请人的时间，如补正、签字、领取；补正期间承诺时限不走。"),
    ]
}


def bearer_of(flow_code: str, state_code: str) -> str:
    """The code of whoever has a case in that state; the owner for a flow or state of former times."""
    try:
        flow = flow_class(flow_code)
    except UnknownFlow:
        return OWNER
    state = next((s for s in flow.STATES if s.code == state_code), None)
    return OWNER if state is None else _bearer(flow, state)


@functools.cache
def whole_list() -> tuple[tuple[str, str, str], ...]:
    """(flow, state, bearer) of every state in which a case can stay."""
    return tuple(
        (flow.CODE, state.code, _bearer(flow, state)) for flow in flows() for state in flow.STATES
    )


def _bearer(flow: type[Flow], state: State) -> str:
    if state.on_road:
        return ROAD
    if state.holder == APPLICANT:
        return APPLICANT
    is_collected = state.holder not in (STAGE, flow.OWNER_SEAT) and state.holder == flow.ORIGIN_SEAT
    return COLLECTOR if is_collected else OWNER
