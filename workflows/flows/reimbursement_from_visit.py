"""A visit that somebody paid in full: its reimbursement by hand, filled in with what the visit knows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from matters.medical.models import Institution, Insured
from tongban.offices.codes import pool_of
from workflows.cases.act import Situation
from workflows.cases.flow import GoingOn

from .medical_visit_handover import PaidByOneself, paid_by_oneself
from .versions_in_force import version_of_flow

# A pharmacy's receipts are no matter of the catalogue.
MATTERS = {"inpatient": "住院费用报销", "outpatient": "门诊费用报销", "chronic": "门诊费用报销"}
# Why there was no direct settlement: the hospital's words, and the claim's.
GROUNDS = {"not_filed": "not_filed", "failure": "network"}


def claim_after(situation: Situation) -> GoingOn | None:
    """Seven statements at most; none for a visit that is not closed."""
    if situation.case.is_open:
        return None
    paid = paid_by_oneself(situation.case.number, actor=situation.actor)
    if paid is None or paid.visit not in MATTERS:
        return None
    version = version_of_flow("reimbursement", situation.today, matter=MATTERS[paid.visit])
    if version is None:
        return None
    return GoingOn(
        f"申请{version.matter.name}",
        version,
        _answers(paid),
        title="费用自己付了？",
        text="可以申请手工报销，已知的内容会替您填好；发票和收款账户由您填写。",
    )


def _answers(paid: PaidByOneself) -> dict[str, Any]:
    """What the form would be told anyway; invoices and the account are the person's to fill in."""
    insured = Insured.objects.get(pk=paid.insured_id)
    hospital = Institution.objects.get(pk=paid.institution_id)
    known = {
        "insured_region": insured.pool_id,
        "patient_name": insured.name,
        "patient_id": insured.id_number,
        "visit": paid.visit,
        "ground": GROUNDS.get(paid.ground, "other"),
        "hospital_region": pool_of(hospital.region_id),
        "hospital_name": hospital.name,
        "visit_number": paid.mdtrt_id,
        "began_on": paid.began_on,
        "ended_on": paid.ended_on,
        "emergency": paid.is_emergency,
        "cause": "accident" if paid.is_accident else "illness",
        "liable_party": bool(paid.is_third_party) if paid.is_accident else None,
        "medfee": paid.sums["medfee_sumamt"] or None,
    }
    return {code: answer for code, answer in known.items() if answer not in (None, "", Decimal(0))}
