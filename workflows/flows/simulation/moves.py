"""What usually happens next to a case: its state, the likely steps, and what is written in each."""

from __future__ import annotations

from random import Random
from typing import Any

from matters.catalogue.pinned import definition_of
from tongban.accounts.actors import SYSTEM
from workflows.cases.act import Situation
from workflows.cases.models import Suspension

from .. import models as flows
from ..special_procedures import procedures_at
from .acts import (
    ACCEPTANCE,
    DELIVER,
    DISAPPROVE,
    SUPPLEMENT,
    Move,
    collect,
    feed_back,
    forward,
    opinion,
    reason,
    receiver,
    sign,
)
from .at_once import AT_ONCE
from .claims import CLAIMS
from .fund import FUND
from .loans import LOANS
from .medical import MEDICAL
from .moves_across import ACROSS
from .moves_of_wholes import OF_WHOLES
from .withdrawals import WITHDRAWALS


def _permit(_case: Any, luck: Random) -> dict[str, Any]:
    return {"permit_number": f"ZQ{luck.randrange(10**8):08d}", "opinion": "符合迁入条件"}


def _out(_case: Any, luck: Random) -> dict[str, Any]:
    return {"certificate_number": f"QY{luck.randrange(10**8):08d}", "contact": "户籍窗口"}


def _rating(_case: Any, luck: Random) -> dict[str, Any]:
    level = luck.choices([5, 4, 3, 2, 1], weights=[70, 22, 5, 2, 1])[0]
    return {"level": str(level), "comment": "" if level > 2 else "等待时间较长"}


def _finding(_case: Any, luck: Random) -> dict[str, Any]:
    if luck.random() < 0.7:
        return {"justified": "yes", "finding": "经查，办理中等待时间较长，情况属实。"}
    return {"justified": "no", "finding": "经查，办理用时符合承诺时限。"}


def _fix(_case: Any, _luck: Random) -> dict[str, Any]:
    return {"fix": "已增加窗口人员，并向申请人说明情况、致歉。"}


def _called(_case: Any, luck: Random) -> dict[str, Any]:
    if luck.random() < 0.15:
        return {"reached": "no"}
    return {"reached": "yes", "satisfied": "yes" if luck.random() < 0.8 else "no"}


RATE = (Move("rate", 1, _rating),)
# What follows a bad rating, by where its review stands; some are left undone.
FOLLOWED = 0.9
REVIEW = {
    "verify": Move("verify_rating", 1, _finding),
    "fix": Move("fix_rating", 1, _fix),
    "call": Move("call_back_rating", 1, _called),
}

MOVES: dict[tuple[str, str], tuple[Move, ...]] = {
    (flows.CollectForward.CODE, "submitted"): (
        Move("collect", 94, collect),
        Move("turn_back", 3, reason("申请事项不属于跨省通办范围。")),
        Move("withdraw", 3, reason("改为回户籍地办理")),
    ),
    (flows.CollectForward.CODE, "collected"): (Move("forward", 1, forward),),
    (flows.CollectForward.CODE, "in_transit"): (Move("sign", 1, sign),),
    (flows.CollectForward.CODE, "received"): ACCEPTANCE,
    (flows.CollectForward.CODE, "supplementing"): SUPPLEMENT,
    (flows.CollectForward.CODE, "reviewing"): (Move("approve", 95, opinion), DISAPPROVE),
    (flows.CollectForward.CODE, "decided"): (Move("feed_back", 1, feed_back),),
    (flows.CollectForward.CODE, "returning"): (Move("sign_result", 1, sign),),
    (flows.CollectForward.CODE, "delivering"): (Move("hand_over", 1, receiver),),
    (flows.OnlineApproval.CODE, "received"): ACCEPTANCE,
    (flows.OnlineApproval.CODE, "supplementing"): SUPPLEMENT,
    (flows.OnlineApproval.CODE, "reviewing"): (Move("approve", 95, opinion), DISAPPROVE),
    (flows.OnlineApproval.CODE, "delivering"): DELIVER,
    (flows.HouseholdMove.CODE, "received"): ACCEPTANCE,
    (flows.HouseholdMove.CODE, "supplementing"): SUPPLEMENT,
    (flows.HouseholdMove.CODE, "reviewing"): (Move("permit", 96, _permit), DISAPPROVE),
    (flows.HouseholdMove.CODE, "moving_out"): (
        Move("register_out", 93, _out),
        Move("object_to_move", 7, reason("户内尚有未办结事项，暂不能迁出。")),
    ),
    (flows.HouseholdMove.CODE, "objected"): (
        Move("send_again", 70, reason("已补充说明，请再次核查。")),
        Move("disapprove", 30, reason("迁出地不予迁出。")),
    ),
    (flows.HouseholdMove.CODE, "moving_in"): (Move("register_in", 1, receiver),),
    **ACROSS,
    **AT_ONCE,
    **CLAIMS,
    **FUND,
    **LOANS,
    **OF_WHOLES,
    **WITHDRAWALS,
    **MEDICAL,
}
# How often an office puts in the special procedure that its matter knows (评定, 公示, 核实).
SPECIAL_SHARE = 0.3
END_SPECIAL = Move("end_special", 1, reason("程序已完成，继续办理。"))


def likely(case: Any, luck: Random) -> Move | None:
    """The next thing to happen to a case; None where nothing usually does."""
    if case.closed_at is not None and "review" in case.facts:
        return REVIEW.get(case.facts["review"]) if luck.random() < FOLLOWED else None
    if case.closed_at is not None:
        rates = case.outcome == "done" and "rating" not in case.facts and luck.random() < 0.45
        return RATE[0] if rates else None
    if case.suspended_as == Suspension.Kind.SPECIAL:
        return END_SPECIAL
    moves = MOVES.get((case.flow, case.state))
    if moves is None:
        return None
    special = _special(case)
    if special and "special_until" not in case.facts and luck.random() < SPECIAL_SHARE:
        return special
    able = [move for move in moves if move.when(case)]
    return luck.choices(able, weights=[m.weight for m in able])[0]


def _special(case: Any) -> Move | None:
    """The first special procedure that the holder may start where the case stands."""
    declared = case.STEPS.get("start_special")
    if declared is None or case.state not in declared.source:
        return None
    situation = Situation(case, SYSTEM, (), definition_of(case.version_id), case.entered_at)
    at_hand = procedures_at(situation)
    if not at_hand:
        return None
    given = {"procedure": at_hand[0].name, "reason": "按规定进行该程序。"}
    return Move("start_special", 1, lambda _case, _luck: given)
