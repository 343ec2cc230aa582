"""What usually happens in the flows that are the work of two or three places."""

from __future__ import annotations

from random import Random
from typing import Any

from tongban.offices.models import Office

from .. import models as flows
from .acts import ACCEPTANCE, DISAPPROVE, SUPPLEMENT, Move, demand, opinion, reason, receiver, sign


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
