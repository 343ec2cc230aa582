"""What each message does: steps of the visit's case, in the hospital's name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from matters.medical.models import Visit
from matters.medical.visits import fee_sums
from workflows.flows.medical_visit_forms import ALL_LINES

from ..problems import Problem
from .answers import breakdown_out
from .door import Sender, case_of, take, visit_in
from .schemas import (
    InCancelFees,
    InDischarge,
    InEncounter,
    InFees,
    InPresettle,
    InReverse,
    InSettle,
    OfVisit,
)

Do = Callable[[Sender, Any], dict[str, Any]]
STAYS = ("2301", "2302", "2303", "2304", "2305", "2401", "2402", "2404", "2405")


def of_this_kind(sender: Sender, visit: Visit) -> None:
    """Messages of stays are for stays, the others for all else. Raises Problem."""
    if visit.is_stay != (sender.infno in STAYS):
        words = visit.get_kind_display()
        raise Problem(422, "other_kind", f"{sender.infno} 不用于{words}")


def _about(sender: Sender, told: OfVisit) -> Visit:
    visit = visit_in(sender, told.mdtrt_id, told.psn_no)
    of_this_kind(sender, visit)
    return visit


def _state(sender: Sender, visit: Visit, **more: Any) -> dict[str, Any]:
    case = case_of(sender.actor, visit.mdtrt_id)
    return {"mdtrt_id": visit.mdtrt_id, "state": case.state, "state_name": case.current.name} | more


def _encounter(told: InEncounter) -> dict[str, Any]:
    return {
        "diagnosis": told.dise_name,
        "trum_flag": told.trum_flag,
        "rel_ttp_flag": told.rel_ttp_flag,
        "promised": "on" if told.ttp_pmis_flag == "1" else "",
    }


def admit(sender: Sender, told: InEncounter) -> dict[str, Any]:
    """2401, 2201."""
    visit = _about(sender, told)
    take(sender, visit.mdtrt_id, "admit_patient", _encounter(told))
    return _state(sender, visit)


def encounter(sender: Sender, told: InEncounter) -> dict[str, Any]:
    """2203."""
    # Flags of a stay come late too: this message is for every kind.
    visit = visit_in(sender, told.mdtrt_id, told.psn_no)
    take(sender, visit.mdtrt_id, "tell_encounter", _encounter(told))
    return _state(sender, visit)


def cancel(sender: Sender, told: OfVisit) -> dict[str, Any]:
    """2404, 2202."""
    visit = _about(sender, told)
    take(sender, visit.mdtrt_id, "cancel_registration", {})
    return _state(sender, visit)


def upload(sender: Sender, told: InFees) -> dict[str, Any]:
    """2301, 2204: the lines as they were split, and what is uploaded now in all."""
    visit = _about(sender, told)
    _open_again(sender, visit)
    fees = [each.model_dump(mode="json") for each in told.feedetl]
    take(sender, visit.mdtrt_id, "upload_fees", {"fees": fees})
    lines = visit.fees.filter(batch=sender.msgid, cancelled_at=None).order_by("id")
    result = [
        {
            "feedetl_sn": line.feedetl_sn,
            "det_item_fee_sumamt": str(line.det_item_fee_sumamt),
            "fulamt_ownpay_amt": str(line.fulamt_ownpay_amt),
            "overlmt_amt": str(line.overlmt_amt),
            "preselfpay_amt": str(line.preselfpay_amt),
            "inscp_scp_amt": str(line.inscp_scp_amt),
        }
        for line in lines
    ]
    return _state(sender, visit, result=result, uploaded=_uploaded(visit))


def cancel_fees(sender: Sender, told: InCancelFees) -> dict[str, Any]:
    """2302, 2205."""
    visit = _about(sender, told)
    named = [ALL_LINES] if ALL_LINES in told.feedetl_sn else told.feedetl_sn
    _open_again(sender, visit)
    take(sender, visit.mdtrt_id, "cancel_fees", {"feedetl_sn": ",".join(named)})
    return _state(sender, visit, uploaded=_uploaded(visit))


def discharge(sender: Sender, told: InDischarge) -> dict[str, Any]:
    """2402."""
    visit = _about(sender, told)
    data = {
        "ended_on": told.endtime.isoformat(),
        "medfee_sumamt": str(told.medfee_sumamt),
        "diagnosis": told.dscg_maindiag_name,
    }
    take(sender, visit.mdtrt_id, "discharge_patient", data)
    return _state(sender, visit)


def undo_discharge(sender: Sender, told: OfVisit) -> dict[str, Any]:
    """2405."""
    visit = _about(sender, told)
    take(sender, visit.mdtrt_id, "undo_discharge", {})
    return _state(sender, visit)


def presettle(sender: Sender, told: InPresettle) -> dict[str, Any]:
    """2303, 2206: what it would come to, with a sentence for each amount."""
    visit = _about(sender, told)
    data = {"medfee_sumamt": str(told.medfee_sumamt), "use_account": told.acct_used_flag}
    take(sender, visit.mdtrt_id, "presettle", data)
    visit.refresh_from_db()
    shown = {name: value for name, value in visit.presettled.items() if name != "use_account"}
    told_of = breakdown_out(shown)
    return _state(sender, visit, filing_sentence=visit.filing_sentence) | told_of


def send(sender: Sender, told: InSettle) -> dict[str, Any]:
    """2304, 2207, the first half: the order stands. What is answered comes in a transaction of its own."""
    visit = _about(sender, told)
    amounts = ("medfee_sumamt", "fund_pay_sumamt", "acct_pay", "psn_cash_pay")
    data = {name: str(getattr(told, name)) for name in amounts}
    case = take(sender, visit.mdtrt_id, "send_settlement", data)
    return {"mdtrt_id": visit.mdtrt_id, "order": case.facts["order"]["key"]}


def ask_reversal(sender: Sender, told: InReverse) -> dict[str, Any]:
    """2305, 2208, the first half."""
    visit = _about(sender, told)
    kept = case_of(sender.actor, visit.mdtrt_id).facts.get("settlement", {})
    if kept.get("setl_id") != told.setl_id:
        raise Problem(404, "no_settlement", "这次就诊没有这个结算ID的有效结算")
    if told.auto_flag == "1":
        case = take(sender, visit.mdtrt_id, "undo_failed_write", {})
    else:
        data = {"reason": told.memo or "医院要求撤销"}
        case = take(sender, visit.mdtrt_id, "ask_reversal", data)
    return {"mdtrt_id": visit.mdtrt_id, "order": case.facts["reversal"]["key"]}


def _open_again(sender: Sender, visit: Visit) -> None:
    """Fees that change after a presettlement make it void first."""
    if case_of(sender.actor, visit.mdtrt_id).state == "presettled":
        take(sender, visit.mdtrt_id, "change_fees", {})


def _uploaded(visit: Visit) -> dict[str, str]:
    return {name: str(amount) for name, amount in fee_sums(visit.pk).items()}
