"""What usually happens next to a case: its state, the likely steps, and what is written in each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from matters.catalogue.forms import opened_data
from matters.catalogue.pinned import definition_of
from workflows.cases.models import Material, ParcelItem

from .. import models as flows

Data = Callable[[Any, Random], dict[str, Any]]


@dataclass(frozen=True)
class Move:
    """A likely step. weight: how often it happens among those of its state."""

    step: str
    weight: int
    data: Data = lambda _case, _luck: {}


def _reason(*choices: str) -> Data:
    return lambda _case, luck: {"reason": luck.choice(choices)}


def _opinion(_case: Any, luck: Random) -> dict[str, Any]:
    return {
        "opinion": luck.choice(["经审查，符合条件。", "材料齐全，同意。", "情况属实，拟同意。"])
    }


def _collect(case: Any, _luck: Random) -> dict[str, Any]:
    papers = Material.objects.filter(case_id=case.pk).values_list("pk", flat=True)
    return {"identity_checked": "on", "papers": list(papers)}


def _waybill(luck: Random) -> str:
    return f"EMS{luck.randrange(10**10):010d}"


def _forward(_case: Any, luck: Random) -> dict[str, Any]:
    if luck.random() < 0.3:
        return {"way": "electronic"}
    return {"way": "post", "waybill": _waybill(luck)}


def _sign(case: Any, _luck: Random) -> dict[str, Any]:
    items = ParcelItem.objects.filter(case_id=case.pk, signed_at=None).values_list("pk", flat=True)
    return {"arrived": list(items)}


def _demand(_case: Any, luck: Random) -> dict[str, Any]:
    wanted = luck.sample(
        ["身份证复印件（正反面）", "户口簿首页", "委托书原件", "近期照片", "银行卡复印件"], 2
    )
    return {"items": "\n".join(wanted), "reason": "所交材料不清晰或已过有效期，请重新提交。"}


def _supplement(case: Any, _luck: Random) -> dict[str, Any]:
    owed = Material.objects.filter(case_id=case.pk, asked_by_supplement=True, status="owed")
    return {"items": list(owed.values_list("pk", flat=True)), "note": "已按要求补齐"}


def _feed_back(_case: Any, luck: Random) -> dict[str, Any]:
    if luck.random() < 0.6:
        return {"way": "electronic"}
    return {"way": "parcel", "waybill": _waybill(luck)}


def _receiver(case: Any, _luck: Random) -> dict[str, Any]:
    return {"receiver": case.applicant_name, "way": "counter", "book": "new"}


def _permit(_case: Any, luck: Random) -> dict[str, Any]:
    return {"permit_number": f"ZQ{luck.randrange(10**8):08d}", "opinion": "符合迁入条件"}


def _out(_case: Any, luck: Random) -> dict[str, Any]:
    return {"certificate_number": f"QY{luck.randrange(10**8):08d}", "contact": "户籍窗口"}


def _objection(_case: Any, luck: Random) -> dict[str, Any]:
    return {
        "code": luck.choice(["not_sealed", "live_loan", "frozen"]),
        "reason": "请先在转出地办理相关手续，再申请转移。",
    }


def _sheet(_case: Any, luck: Random) -> dict[str, Any]:
    return {
        "principal": f"{luck.randrange(800, 90000)}.{luck.randrange(100):02d}",
        "interest": f"{luck.randrange(0, 900)}.{luck.randrange(100):02d}",
        "months": luck.randrange(6, 160),
        "loan_uses": luck.choice([0, 0, 0, 1]),
    }


def _money(case: Any, luck: Random) -> dict[str, Any]:
    return {"amount": case.facts["sheet"]["total"], "voucher": f"LS{luck.randrange(10**10):010d}"}


def _arrival(case: Any, luck: Random) -> dict[str, Any]:
    known = opened_data(definition_of(case.version_id), case.data)
    letter = case.facts["letter"] if luck.random() < 0.95 else "LXH0"
    return {
        "letter_number": letter,
        "id_number": known["id_number"],
        "amount": case.facts["sent"],
        "voucher": f"DZ{luck.randrange(10**10):010d}",
    }


def _rating(_case: Any, luck: Random) -> dict[str, Any]:
    level = luck.choices([5, 4, 3, 2, 1], weights=[70, 22, 5, 2, 1])[0]
    return {"level": str(level), "comment": "" if level > 2 else "等待时间较长"}


ACCEPTANCE = (
    Move("accept", 85),
    Move("require_supplement", 11, _demand),
    Move("refuse", 4, _reason("不属于本机关职权范围，请向有权机关申请。")),
)
SUPPLEMENT = (
    Move("supplement", 90, _supplement),
    Move("withdraw", 10, _reason("暂不办理")),
)
DISAPPROVE = Move("disapprove", 5, _reason("不符合规定条件。"))
RATE = (Move("rate", 1, _rating),)
DELIVER = (Move("deliver", 1, _receiver),)

MOVES: dict[tuple[str, str], tuple[Move, ...]] = {
    (flows.CollectForward.CODE, "submitted"): (
        Move("collect", 94, _collect),
        Move("turn_back", 3, _reason("申请事项不属于跨省通办范围。")),
        Move("withdraw", 3, _reason("改为回户籍地办理")),
    ),
    (flows.CollectForward.CODE, "collected"): (Move("forward", 1, _forward),),
    (flows.CollectForward.CODE, "in_transit"): (Move("sign", 1, _sign),),
    (flows.CollectForward.CODE, "received"): ACCEPTANCE,
    (flows.CollectForward.CODE, "supplementing"): SUPPLEMENT,
    (flows.CollectForward.CODE, "reviewing"): (Move("approve", 95, _opinion), DISAPPROVE),
    (flows.CollectForward.CODE, "decided"): (Move("feed_back", 1, _feed_back),),
    (flows.CollectForward.CODE, "returning"): (Move("sign_result", 1, _sign),),
    (flows.CollectForward.CODE, "delivering"): (Move("hand_over", 1, _receiver),),
    (flows.OnlineApproval.CODE, "received"): ACCEPTANCE,
    (flows.OnlineApproval.CODE, "supplementing"): SUPPLEMENT,
    (flows.OnlineApproval.CODE, "reviewing"): (Move("approve", 95, _opinion), DISAPPROVE),
    (flows.OnlineApproval.CODE, "delivering"): DELIVER,
    (flows.HouseholdMove.CODE, "received"): ACCEPTANCE,
    (flows.HouseholdMove.CODE, "supplementing"): SUPPLEMENT,
    (flows.HouseholdMove.CODE, "reviewing"): (Move("permit", 96, _permit), DISAPPROVE),
    (flows.HouseholdMove.CODE, "moving_out"): (
        Move("register_out", 93, _out),
        Move("object_to_move", 7, _reason("户内尚有未办结事项，暂不能迁出。")),
    ),
    (flows.HouseholdMove.CODE, "objected"): (
        Move("send_again", 70, _reason("已补充说明，请再次核查。")),
        Move("disapprove", 30, _reason("迁出地不予迁出。")),
    ),
    (flows.HouseholdMove.CODE, "moving_in"): (Move("register_in", 1, _receiver),),
    (flows.FundTransfer.CODE, "accepting"): (
        Move("accept", 95, lambda _c, _l: {"checked": "on"}),
        Move("refuse", 5, _reason("转入地账户尚未正常缴存。")),
    ),
    (flows.FundTransfer.CODE, "checking"): (
        Move("confirm", 90, lambda _c, _l: {"released": "on"}),
        Move("object_to_transfer", 10, _objection),
    ),
    (flows.FundTransfer.CODE, "objected"): (
        Move("send_letter_again", 75, _reason("职工已办理封存，请再次核查。")),
        Move("disapprove", 25, _reason("转出地账户不能转出。")),
    ),
    (flows.FundTransfer.CODE, "frozen"): (Move("send_sheet", 1, _sheet),),
    (flows.FundTransfer.CODE, "info_sent"): (Move("send_money", 1, _money),),
    (flows.FundTransfer.CODE, "money_sent"): (
        Move("money_arrives", 96, _arrival),
        Move("bank_refuses", 4, _reason("收款账户户名不符，银行退票。")),
    ),
    (flows.FundTransfer.CODE, "money_returned"): (Move("send_money", 1, _money),),
    (flows.FundTransfer.CODE, "mismatched"): (
        Move("match_by_hand", 80, _reason("经电话核实，确系该职工资金。")),
        Move("return_money", 20, _reason("无法确认，退回转出地。")),
    ),
    (flows.FundTransfer.CODE, "booked"): (Move("conclude", 1),),
}


def likely(case: Any, luck: Random) -> Move | None:
    """The next thing to happen to a case; None where nothing usually does."""
    if case.closed_at is not None:
        rates = case.outcome == "done" and "rating" not in case.facts and luck.random() < 0.45
        return RATE[0] if rates else None
    moves = MOVES.get((case.flow, case.state))
    if moves is None:
        return None
    return luck.choices(moves, weights=[m.weight for m in moves])[0]
