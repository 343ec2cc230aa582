"""What a visit that was paid out of the patient's own pocket hands over to reimbursement by hand."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from matters.medical.models import Visit
from matters.medical.visits import fee_sums
from tongban.accounts.actors import Actor
from workflows.cases.access import visible_to

# Ended without a settlement that stands: reimbursement may follow (relation `follows` of the new case).
MAY_FOLLOW = frozenset({"self_paid", "reversed"})


@dataclass(frozen=True)
class PaidByOneself:
    """case_id: the parent of the reimbursement; sums: the uploaded fees by their national names.

    ground: a key of `medical_visit_forms.GROUNDS`, "" where the settlement was taken back.
    """

    case_id: int
    mdtrt_id: str
    insured_id: int
    institution_id: int
    visit: str
    began_on: dt.date
    ended_on: dt.date | None
    is_emergency: bool
    is_accident: bool | None
    is_third_party: bool | None
    diagnosis: str
    disease: str
    ground: str
    sums: dict[str, Decimal]


def paid_by_oneself(number: str, *, actor: Actor) -> PaidByOneself | None:
    """The visit of that case number, for whoever may see it; None where nothing may follow it.

    Three statements.
    """
    case = visible_to(actor).filter(number=number, flow="medical_visit").first()
    if case is None or case.state not in MAY_FOLLOW:
        return None
    visit = Visit.objects.get(mdtrt_id=number)
    return PaidByOneself(
        case_id=case.pk,
        mdtrt_id=number,
        insured_id=visit.insured_id,
        institution_id=visit.institution_id,
        visit=visit.kind,
        began_on=visit.began_on,
        ended_on=visit.ended_on,
        is_emergency=visit.is_emergency,
        is_accident=visit.is_accident,
        is_third_party=visit.is_third_party,
        diagnosis=visit.diagnosis,
        disease=visit.disease,
        ground=case.facts.get("self_paid", {}).get("ground", ""),
        sums=fee_sums(visit.pk),
    )
