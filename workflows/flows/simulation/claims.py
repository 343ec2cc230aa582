"""What a played person claims by hand, and what the agencies do with it."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

from matters.catalogue.pinned import definition_of
from matters.medical.filing import insured_of, place_of, standing
from matters.medical.models import Institution, VisitKind
from tongban.accounts.actors import SYSTEM
from tongban.accounts.models import User
from workflows.cases.act import Situation

from .. import models as flows
from ..reimbursement_claim import claim_of, insured_of_case
from ..reimbursement_sums import days_settled
from .acts import SUPPLEMENT, Move, demand, opinion, reason

STAYS = 30  # how far back a stay may have ended, in days


def claim_answers(flow: str, person: User, on: dt.date, luck: Random) -> dict[str, Any]:
    """A stay in the other province that the person paid in full, with its invoice.

    {} for any other flow, and for somebody without cover. Two statements.
    """
    insured = insured_of(person, on=on) if flow == flows.Reimbursement.CODE else None
    if insured is None:
        return {}
    away = Institution.objects.in_force(on).exclude(region__province_id=insured.pool.province_id)
    hospitals = list(away.filter(open_visits__contains=[VisitKind.INPATIENT]).order_by("code"))
    if not hospitals:
        return {}
    hospital = luck.choice(hospitals)
    ended_on = on - dt.timedelta(days=luck.randrange(2, STAYS))
    fee = f"{luck.randrange(1800, 26000)}.{luck.randrange(100):02d}"
    return {
        "insured_region": insured.pool_id,
        "patient_name": person.name,
        "patient_id": person.id_number or "",
        "visit": VisitKind.OUTPATIENT,
        "ground": luck.choice(["not_filed", "network", "other"]),
        "hospital_region": place_of(hospital.region_id),
        "hospital_name": hospital.name,
        "visit_number": f"ZY{luck.randrange(10**8):08d}",
        "began_on": (ended_on - dt.timedelta(days=luck.randrange(0, 12))).isoformat(),
        "ended_on": ended_on.isoformat(),
        "emergency": "no",
        "cause": "illness",
        "liable_party": "no",
        "medfee": fee,
        "invoice_count": "one",
        "invoice_code": f"{luck.randrange(10**8):08d}",
        "invoice_number": f"{luck.randrange(10**10):010d}",
        "invoice_amount": fee,
        "late_note": "",
        "account_name": person.name,
        "bank_name": "示范银行",
    }


def _situation(case: Any) -> Situation:
    return Situation(case, SYSTEM, (), definition_of(case.version_id), case.entered_at)


def _verified(case: Any, _luck: Random) -> dict[str, Any]:
    claimed = claim_of(_situation(case))
    return {
        "invoices": "\n".join(f"{i.code} {i.number} {i.amount}" for i in claimed.invoices),
        "total": str(claimed.list_total),
        "institution": claimed.institution.code if claimed.institution else "",
    }


def _refused(case: Any, _luck: Random) -> dict[str, Any]:
    found = next((f for f in case.facts.get("findings", ()) if f["handling"] == "refuse"), None)
    if found:
        return {"code": found["code"], "reason": found["sentence"]}
    return {"code": "OTHER", "reason": "所交材料不能证明就诊事实。"}


def _split(case: Any, luck: Random) -> dict[str, Any]:
    claimed = claim_of(_situation(case))
    insured = insured_of_case(claimed)
    filing = "unfiled"
    if insured is not None:
        filing = standing(
            insured=insured,
            destination=claimed.treated_at,
            visit=claimed.visit,
            on=claimed.ended_on,
        ).filing
    days = days_settled(claimed)
    shares = [claimed.list_total // len(days)] * (len(days) - 1)
    data: dict[str, Any] = {
        "level": claimed.institution.level if claimed.institution else "tier_2",
        "filing": filing,
    }
    for nth, fee in enumerate([*shares, claimed.list_total - sum(shares)]):
        whole = int(fee)
        data |= {
            f"medfee_sumamt_{nth}": str(fee),
            f"fulamt_ownpay_amt_{nth}": str(whole * luck.randrange(0, 8) // 100),
            f"preselfpay_amt_{nth}": str(whole * luck.randrange(2, 12) // 100),
        }
    return data


def _fed_back(_case: Any, luck: Random) -> dict[str, Any]:
    payable = f"{luck.randrange(200, 4000)}.{luck.randrange(100):02d}"
    return {"payable": payable, "note": "在医保信息平台按医疗救助规定核算（示范）。"}


def _voucher(case: Any, luck: Random) -> dict[str, Any]:
    return {"voucher": f"YH{case.number[-6:]}{luck.randrange(10**8):08d}"}


def _account(case: Any, luck: Random) -> dict[str, Any]:
    card = f"622202{luck.randrange(10**12):012d}"
    return {"account_name": case.applicant_name, "bank_name": "示范银行", "bank_card": card}


def _confirmed(case: Any, _luck: Random) -> dict[str, Any]:
    true = dict.fromkeys(("invoice_true", "stay_true", "not_settled"), "on")
    return true | {"amount": case.data["medfee"]}


def _here(case: Any) -> bool:
    return "enter_sum" not in definition_of(case.version_id).elsewhere


def _elsewhere(case: Any) -> bool:
    return not _here(case)


REIMBURSEMENT: dict[str, tuple[Move, ...]] = {
    "submitted": (Move("take_in", 1),),
    "doc_check": (
        Move("accept", 86, _verified),
        Move("require_supplement", 8, demand),
        Move("refuse", 6, _refused),
    ),
    "supplementing": SUPPLEMENT,
    "accepted": (Move("begin_review", 1),),
    "initial_review": (
        Move("calculate", 88, _split, when=_here),
        Move("enter_sum", 88, _fed_back, when=_elsewhere),
        Move("ask_treatment", 12, lambda _c, _l: {"question": "请核实发票真伪和住院是否属实。"}),
    ),
    "calculated": (Move("submit_for_recheck", 1),),
    "recheck": (
        Move("approve", 95, opinion),
        Move("return_to_review", 5, reason("先行自付比例有误，请核对。")),
    ),
    "approved": (Move("order_to_pay", 1),),
    "paying": (
        Move("confirm_paid", 94, _voucher),
        Move("refused_by_bank", 6, reason("户名与账号不符，银行退票。")),
    ),
    "pay_failed": (Move("correct_account", 1, _account),),
    "correcting": (Move("approve_correction", 1, opinion),),
    "supplement_paying": (Move("confirm_paid", 1, _voucher),),
    "clawing_back": (Move("record_return", 1, _voucher),),
}
CLAIMS = {(flows.Reimbursement.CODE, state): moves for state, moves in REIMBURSEMENT.items()} | {
    (flows.TreatmentInquiry.CODE, "asked"): (
        Move("confirm_stay", 92, _confirmed),
        Move("report_differing", 8, lambda _c, _l: {"kind": "unclear", "reason": "病案尚未归档。"}),
    )
}
