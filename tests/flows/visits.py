"""The ways of a visit: what its hospital gives to each step, and what each step costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matters.medical.models import Visit
from tests.flows.taken import Taken
from tests.medical.visiting import fee, hospital_at, patient
from tests.world import World
from workflows.cases.models import Case

TOLD = {"infno": "2401", "msgid": "M1"}


def prepare(world: World) -> dict[str, Any]:
    """A patient, a hospital and its clerk, who opens the case; what the form is answered with."""
    world.post("his_clerk", "医院系统", "511702", "hospital", "clerk")
    hospital_at(world)
    return {"psn_no": patient().psn_no}


def fees(_case: Case) -> Mapping[str, Any]:
    return {"fees": [fee("3000.00"), fee("200.00", "02", selfpay_prop="0.1")]}


def leaves(case: Case) -> Mapping[str, Any]:
    return {"ended_on": "2026-05-11", **total(case)}


def total(case: Case) -> Mapping[str, Any]:
    lines = Visit.objects.get(mdtrt_id=case.number).fees.filter(cancelled_at=None)
    return {"medfee_sumamt": str(sum(line.det_item_fee_sumamt for line in lines))}


def agreed(case: Case) -> Mapping[str, Any]:
    shown = Visit.objects.get(mdtrt_id=case.number).presettled
    return {
        name: shown[name]
        for name in ("medfee_sumamt", "fund_pay_sumamt", "acct_pay", "psn_cash_pay")
    }


ADMITTED = (Taken("admit_patient", "hospital", 4, TOLD), Taken("upload_fees", "hospital", 3, fees))
READY = (
    *ADMITTED,
    Taken("discharge_patient", "hospital", 3, leaves),
    Taken("presettle", "hospital", 12, total),
)
ORDERED = (*READY, Taken("send_settlement", "hospital", 2, agreed))
SETTLED = (*ORDERED, Taken("answer_settlement", "system", 12))
WHY = {"reason": "示范理由"}
VISITS: tuple[tuple[Taken, ...], ...] = (
    (
        *ADMITTED,
        Taken("tell_encounter", "hospital", 1, {"trum_flag": "0"}),
        Taken("cancel_fees", "hospital", 2, {"feedetl_sn": "0000"}),
        Taken("upload_fees", "hospital", 3, fees),
        Taken("discharge_patient", "hospital", 3, leaves),
        Taken("undo_discharge", "hospital", 1),
        Taken("discharge_patient", "hospital", 3, leaves),
        Taken("presettle", "hospital", 12, total),
        Taken("change_fees", "hospital", 1),
        Taken("discharge_patient", "hospital", 3, leaves),
        Taken("presettle", "hospital", 12, total),
        Taken("send_settlement", "hospital", 2, agreed),
        Taken("answer_settlement", "system", 12),
        Taken("match_daily", "system", 0),
        Taken("enter_month", "system", 0),
        Taken("finish_clearing", "system", 0),
    ),
    (
        *ORDERED,
        Taken("lose_answer", "system", 0),
        Taken("look_again", "system", 2),
        Taken("send_settlement", "hospital", 2, agreed),
        Taken("lose_answer", "system", 0),
        Taken("undo_unknown", "hospital", 5, WHY),
        Taken("send_settlement", "hospital", 2, agreed),
        Taken("answer_settlement", "system", 12),
        Taken("ask_reversal", "hospital", 0, WHY),
        Taken("answer_reversal", "system", 10),
    ),
    (*SETTLED, Taken("undo_failed_write", "hospital", 0)),
    (Taken("cancel_registration", "hospital", 1),),
    (*ADMITTED, Taken("pay_oneself", "hospital", 1, {"ground": "gave_up"})),
)
