"""The second half of 2304, 2207, 2305 and 2208: what the place of insurance answered, and 2601 冲正.

The first half is kept with the message. The second may be asked for as often as the answer is lost: it
reads what became of the order by its key, and lets the answer be given where it is still owed.
"""

from __future__ import annotations

from typing import Any, cast

from matters.medical.ledger import settlement_by_key
from matters.medical.models import Settlement, Visit

from ..kept import void
from ..models import KeptAnswer
from ..problems import TYPE, Problem
from .answers import settlement_out
from .door import Sender, answer_for, case_of, lose, take, visit_in
from .schemas import In2601

UNKNOWN = "参保地没有在时限内答复，结果待查：请用同一报文号重发，或发 2601 冲正"
UNDOABLE = {"2401": "cancel_registration", "2304": "undo_unknown", "2207": "undo_unknown"}


def settled(sender: Sender, first: dict[str, Any]) -> dict[str, Any]:
    """The settlement of an order, or the Problem that says why there is none."""
    mdtrt_id, key = first["mdtrt_id"], first["order"]
    case = case_of(sender.actor, mdtrt_id)
    if case.state == "settling" and case.facts.get("order", {}).get("key") == key:
        if not answer_for(mdtrt_id, "answer_settlement"):
            lose(mdtrt_id, "lose_answer")
        case = case_of(sender.actor, mdtrt_id)
    settlement = settlement_by_key(key)
    if settlement is not None:
        return settlement_out(settlement, visit_in(sender, mdtrt_id))
    refused = case.facts.get("refused", {})
    if refused.get("key") == key:
        raise Problem(409, "settlement_refused", "没有结算", refused["reason"])
    if case.state in ("settling", "unknown"):
        raise Problem(504, "unknown", "结算结果待查", UNKNOWN)
    raise Problem(409, "not_settled", "没有结算", "这笔请求没有发生（已查明或已冲正），请重新结算")


def reversed_by(sender: Sender, first: dict[str, Any]) -> dict[str, Any]:
    """The negative entry of a reversal, or the Problem that says why there is none."""
    mdtrt_id, key = first["mdtrt_id"], first["order"]
    case = case_of(sender.actor, mdtrt_id)
    if case.state == "reversing" and case.facts["reversal"]["key"] == key:
        answer_for(mdtrt_id, "answer_reversal")
        case = case_of(sender.actor, mdtrt_id)
    asked = case.facts.get("reversal", {})
    if asked.get("key") == key and asked.get("setl_id"):
        negative = Settlement.objects.get(setl_id=asked["setl_id"])
        return settlement_out(negative, visit_in(sender, mdtrt_id))
    refused = case.facts.get("refused", {})
    if refused.get("key") == key:
        raise Problem(409, "reversal_refused", "没有撤销", refused["reason"])
    raise Problem(
        504,
        "unknown",
        "撤销结果待查",
        "参保地没有在时限内答复，系统会再撤销一次；请用同一报文号重发",
    )


def undo(sender: Sender, told: In2601) -> dict[str, Any]:
    """2601: after this the original message has not happened, whether it had or not."""
    step = UNDOABLE.get(told.oinfno)
    if step is None:
        text = f"{told.oinfno} 不能冲正：可冲正的是 {'、'.join(UNDOABLE)}；已知办成的请发撤销交易"
        raise Problem(422, "not_undoable", "不能冲正", text)
    kept = void(cast("int", sender.actor.user_id), told.omsgid, _undone())
    if kept is None or kept.status != 200:
        return {"happened": False, "omsgid": told.omsgid}
    visit = visit_in(sender, _visit_of(kept), told.psn_no)
    if told.oinfno == "2401":
        take(sender, visit.mdtrt_id, step, {})
        return {"happened": True, "omsgid": told.omsgid, "mdtrt_id": visit.mdtrt_id}
    return _undo_settlement(sender, told, visit, str(kept.body["output"]["order"]))


def _undo_settlement(sender: Sender, told: In2601, visit: Visit, key: str) -> dict[str, Any]:
    case = case_of(sender.actor, visit.mdtrt_id)
    answer = {"omsgid": told.omsgid, "mdtrt_id": visit.mdtrt_id}
    if case.facts.get("order", {}).get("key") != key or case.state == "presettled":
        return answer | {"happened": False}
    happened = settlement_by_key(key) is not None
    after = take(sender, visit.mdtrt_id, "undo_unknown", {"reason": "冲正"})
    if after.state != "presettled":
        raise Problem(409, "not_undone", "没有冲正", after.facts["refused"]["reason"])
    return answer | {"happened": happened}


def _visit_of(kept: KeptAnswer) -> str:
    return str(kept.body.get("output", {}).get("mdtrt_id", ""))


def _undone() -> dict[str, Any]:
    title = "这个报文已被 2601 冲正，不再办理"
    return {"type": TYPE + "undone", "title": title, "status": 409, "code": "undone"}
