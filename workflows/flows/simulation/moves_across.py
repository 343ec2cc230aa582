"""What usually happens in the flows that are the work of two or three places."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

from matters.catalogue.pinned import definition_of
from matters.medical.models import Insured
from tongban.offices.models import Office
from workflows.cases.clocks import local_day

from .. import models as flows
from ..medical_cover import covers, pools_of
from ..medical_transfer_forms import classes_in
from .acts import (
    ACCEPTANCE,
    DISAPPROVE,
    SUPPLEMENT,
    Move,
    demand,
    money_arrival,
    money_sent,
    opinion,
    reason,
    receiver,
    sign,
)


def _number(case: Any, luck: Random) -> str:
    return f"{case.number[-6:]}-{luck.randrange(10**6):06d}"


def _record(_case: Any, luck: Random) -> dict[str, Any]:
    has_money = luck.random() < 0.8
    balance = f"{luck.randrange(500, 90000)}.{luck.randrange(100):02d}" if has_money else "0"
    return {
        "months": luck.randrange(6, 240),
        "balance": balance,
        "funds": "to_settle" if has_money else "none",
    }


def _relation_objection(_case: Any, luck: Random) -> dict[str, Any]:
    return {
        "code": luck.choice(["several_relations", "arrears", "identity"]),
        "reason": "请先在转出地处理，再请转入地重发联系函。",
    }


def _months_here(_case: Any, luck: Random) -> dict[str, Any]:
    return {"months_here": luck.randrange(0, 60)}


def _medical_sheet(case: Any, luck: Random) -> dict[str, Any]:
    """As the register of the 转出地 has it; made up where nobody loaded one."""
    on = local_day(case.entered_at)
    old = covers(case, definition_of(case.version_id), on).old
    if old is not None:
        kind, total, begun = old.insured_type, old.account_balance, old.valid_from
    else:
        kind = luck.choice([Insured.Type.EMPLOYEE, Insured.Type.RESIDENT])
        total = Decimal(luck.randrange(0, 900000)) / 100 if kind == "employee" else Decimal(0)
        begun = on - timedelta(days=luck.randrange(200, 4000))
    ended = old.valid_to if old is not None and old.valid_to else max(on, begun)
    return {
        "certificate": f"PZ{luck.randrange(10**8):08d}",
        "insured_type": kind,
        "insured_from": begun.isoformat(),
        "ended_on": ended.isoformat(),
        "months": max(1, (ended - begun).days // 30),
        "total": f"{total:.2f}",
        "money": "transfer" if total else "none",
    }


def _medical_join(case: Any, luck: Random) -> dict[str, Any]:
    kind = case.facts["sheet"]["insured_type"]
    classes = dict(classes_in(pools_of(case)[1]))[Insured.Type(kind).label]
    return {
        "psn_no": f"{case.number[-6:]}{luck.randrange(10**8):08d}",
        "insured_type": kind,
        "person_class": luck.choice(classes)[0],
        "begins_on": case.facts["sheet"]["ended_on"],
    }


def _medical_objection(_case: Any, luck: Random) -> dict[str, Any]:
    return {
        "code": luck.choice(["arrears", "in_treatment"]),
        "reason": "请先在转出地结清费用，再请转入地重发联系函。",
    }


def _archive(case: Any, luck: Random) -> dict[str, Any]:
    return {
        "way": luck.choice(["confidential", "officer"]),
        "waybill": _number(case, luck),
        "sheets": luck.randrange(8, 90),
        "reason": "档案与本人信息不符，退回核对。",
    }


def _looked_up(_case: Any, luck: Random) -> dict[str, Any]:
    if luck.random() < 0.6:
        return {"found": "yes", "record": "全国系统有记录"}
    return {"found": "no", "question": "系统中无记录，请查原始档案。"}


def _lookup_answer(_case: Any, _luck: Random) -> dict[str, Any]:
    return {"found": "yes", "record": "经查原始档案，情况属实。"}


def _issued(case: Any, luck: Random) -> dict[str, Any]:
    return {"number": _number(case, luck), "receiver": case.applicant_name}


def _taken_in(_case: Any, _luck: Random) -> dict[str, Any]:
    return {"identity_checked": "on", "originals_seen": "on", "fee_paid": "on"}


def _made(case: Any, luck: Random) -> dict[str, Any]:
    return {"batch": _number(case, luck)}


def _handed_out(case: Any, _luck: Random) -> dict[str, Any]:
    return {"way": "counter", "receiver": case.applicant_name, "old_one": "returned"}


def _printed(case: Any, luck: Random) -> dict[str, Any]:
    return {"confirmed": "on", "number": _number(case, luck)}


def _sent_by_cloud(case: Any, luck: Random) -> dict[str, Any]:
    return {"way": "cloud", "number": _number(case, luck), "pages": luck.randrange(30, 400)}


def _along(case: Any, luck: Random) -> dict[str, Any]:
    staffed = Office.objects.filter(kind="transport", valid_to=None, postings__isnull=False)
    others = staffed.exclude(pk=case.holder_office_id).distinct().order_by("pk")
    offices = list(others.values_list("pk", flat=True))
    return {"route": "沿国家高速公路行驶", "offices": luck.sample(offices, min(2, len(offices)))}


RELATION: dict[str, tuple[Move, ...]] = {
    "received": ACCEPTANCE,
    "supplementing": SUPPLEMENT,
    "reviewing": (Move("send_letter", 97, opinion), DISAPPROVE),
    "sending": (
        Move("send_sheet", 92, _record),
        Move("object_to_transfer", 8, _relation_objection),
    ),
    "objected": (
        Move("send_letter_again", 80, reason("已处理，请再次办理转出。")),
        Move("disapprove", 20, reason("转出地不能转出。")),
    ),
    "joining": (Move("join_up", 1, _months_here),),
}
MEDICAL: dict[str, tuple[Move, ...]] = {
    "accepting": (
        Move("accept", 96, lambda _c, _l: {"joined_here": "on", "stopped_there": "on"}),
        Move("refuse", 4, reason("转入地尚无参保记录，请参保后再申请。")),
    ),
    "checking": (
        Move("send_sheet", 92, _medical_sheet),
        Move("object_to_transfer", 8, _medical_objection),
    ),
    "objected": (
        Move("send_letter_again", 80, reason("已结清，请再次办理转出。")),
        Move("disapprove", 20, reason("转出地不能转出。")),
    ),
    "joining": (Move("join_up", 1, _medical_join),),
    "info_sent": (Move("send_money", 1, money_sent),),
    "money_sent": (
        Move("money_arrives", 95, money_arrival),
        Move("bank_refuses", 5, reason("收款账户户名不符，银行退票。")),
    ),
    "money_returned": (Move("send_money", 1, money_sent),),
    "mismatched": (
        Move("match_by_hand", 80, reason("经电话核实，确系该参保人资金。")),
        Move("return_money", 20, reason("无法确认，退回转出地。")),
    ),
    "booked": (Move("conclude", 1),),
}
ARCHIVE: dict[str, tuple[Move, ...]] = {
    "received": (Move("accept", 96), Move("refuse", 4, reason("不属于本机构接收范围。"))),
    "requested": (
        Move("send_archive", 93, _archive),
        Move("object_to_transfer", 7, reason("档案不在本机构，请向原单位查询。")),
    ),
    "objected": (
        Move("send_letter_again", 60, reason("经核实档案在贵处，请再查。")),
        Move("disapprove", 40, reason("原机构无此档案。")),
    ),
    "in_transit": (Move("sign", 1, sign),),
    "arrived": (
        Move("confirm_receipt", 90),
        Move("require_missing", 8, demand),
        Move("send_back", 2, _archive),
    ),
    "incomplete": (Move("send_archive", 1, _archive),),
    "returning": (Move("sign_result", 1, sign),),
    "sent_back": (Move("send_archive", 1, _archive),),
}
LOCAL: dict[str, tuple[Move, ...]] = {
    "received": (
        Move("accept", 92, _looked_up),
        Move("require_supplement", 5, demand),
        Move("refuse", 3, reason("不属于公安机关出具的证明。")),
    ),
    "supplementing": SUPPLEMENT,
    "asked": (Move("answer_lookup", 1, _lookup_answer),),
    "reviewing": (Move("issue_proof", 97, _issued), Move("disapprove", 3, reason("与档案不符。"))),
}
MADE: dict[str, tuple[Move, ...]] = {
    "received": (
        Move("accept", 95, _taken_in),
        Move("refuse", 5, reason("现场无法确认身份，请回户籍地办理。")),
    ),
    "supplementing": SUPPLEMENT,
    "reviewing": (Move("approve", 97, opinion), DISAPPROVE),
    "making": (Move("finish_making", 1, _made),),
    "delivering": (Move("hand_out", 1, _handed_out),),
}
ELSEWHERE: dict[str, tuple[Move, ...]] = {
    "received": ACCEPTANCE,
    "supplementing": SUPPLEMENT,
    "reviewing": (Move("approve", 96, opinion), DISAPPROVE),
    "printing": (
        Move("print_licence", 96, _printed),
        Move("report_error", 4, reason("经营范围与申请不一致。")),
    ),
    "correcting": (Move("correct", 1, reason("已更正。")),),
    "delivering": (Move("hand_out", 1, receiver),),
}
MOVING: dict[str, tuple[Move, ...]] = {
    "received": ACCEPTANCE,
    "supplementing": SUPPLEMENT,
    "reviewing": (Move("push", 97, opinion), DISAPPROVE),
    "confirming": (
        Move("confirm_move", 93, lambda _c, _l: {"clear": "on"}),
        Move("object_to_move", 7, reason("股权处于冻结状态，请先解除。")),
    ),
    "objected": (
        Move("push_again", 75, reason("已解除，请再次核实。")),
        Move("disapprove", 25, reason("迁出地不能迁出。")),
    ),
    "sending": (Move("send_archive", 1, _sent_by_cloud),),
    "registering": (Move("register_in", 1, receiver),),
    "closing": (Move("close_out", 1, reason("已办结迁出。")),),
}
NOTARY: dict[str, tuple[Move, ...]] = {
    "received": ACCEPTANCE,
    "supplementing": SUPPLEMENT,
    "reviewing": (
        Move("certify", 94, opinion),
        Move("disapprove", 4, reason("证明材料不真实。")),
        Move("terminate", 2, reason("申请人逾期未补充证明材料。")),
    ),
    "delivering": (Move("deliver", 1, receiver),),
}
CHECKED: dict[str, tuple[Move, ...]] = {
    "asked": (Move("confirm", 1, lambda _c, luck: {"way": luck.choice(["data", "visit"])}),),
}
OVERSIZE: dict[str, tuple[Move, ...]] = {
    "received": ACCEPTANCE,
    "supplementing": SUPPLEMENT,
    "reviewing": (Move("consult", 95, _along), DISAPPROVE),
}
ALONG: dict[str, tuple[Move, ...]] = {
    "asked": (
        Move("agree", 92, opinion),
        Move("object_to_route", 8, reason("沿线桥梁限载，请改换路线。")),
    ),
}

ACROSS: dict[tuple[str, str], tuple[Move, ...]] = {
    (flow.CODE, state): moves
    for flow, table in (
        (flows.RelationTransfer, RELATION),
        (flows.MedicalTransfer, MEDICAL),
        (flows.ArchiveTransfer, ARCHIVE),
        (flows.LocalIssue, LOCAL),
        (flows.CollectAndMake, MADE),
        (flows.IssueElsewhere, ELSEWHERE),
        (flows.EnterpriseMove, MOVING),
        (flows.Notarisation, NOTARY),
        (flows.Qualification, CHECKED),
        (flows.RoutePermit, OVERSIZE),
        (flows.RouteConsent, ALONG),
    )
    for state, moves in table.items()
}
