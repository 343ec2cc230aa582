"""What a reimbursement claims, out of the case: as it was applied for, and as it was verified."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from matters.catalogue.definition import Definition
from matters.catalogue.forms import opened_data
from matters.medical.manual.checks import ILLNESS, Claim, findings, insured_in
from matters.medical.manual.invoices import Invoice, claim
from matters.medical.models import Institution
from matters.medical.rules import rule_book
from workflows.cases.act import Act, Situation

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from matters.medical.models import ClaimedInvoice, Insured
    from workflows.cases.flow import Flow

MOST_INVOICES = 5


def invoices_applied_for(answers: Mapping[str, Any]) -> tuple[Invoice, ...]:
    """The invoices of the form: `invoice_code`, `_number`, `_amount`, and those with `_2`, `_3`…"""
    found = []
    for nth in range(1, MOST_INVOICES + 1):
        end = f"_{nth}" if nth > 1 else ""
        number, amount = answers.get(f"invoice_number{end}"), answers.get(f"invoice_amount{end}")
        if number and amount is not None:
            code = str(answers.get(f"invoice_code{end}") or "")
            found.append(Invoice(code, str(number), Decimal(str(amount))))
    return tuple(found)


def claim_of(situation: Situation) -> Claim:
    """The claim as it stands: what was verified goes before what was typed. One statement."""
    case, definition = situation.case, situation.definition
    answers = opened_data(definition, case.data)
    verified = case.facts.get("verified", {})
    asked = Claim(
        patient_id=str(answers["patient_id"]),
        pool=str(answers["insured_region"]),
        treated_at=str(answers["hospital_region"]),
        visit=_visit(definition, answers),
        began_on=_day(answers["began_on"]),
        ended_on=_day(answers["ended_on"]),
        claimed_on=case.handed_in_on,
        cause=str(answers.get("cause") or ILLNESS),
        has_liable_party=answers.get("liable_party") == "yes",
        is_emergency=answers.get("emergency") == "yes",
        invoices=invoices_applied_for(answers),
        list_total=Decimal(str(answers["medfee"])),
        institution=institution_named(answers, verified),
        case_number=case.number,
        visit_number=str(answers.get("visit_number") or ""),
    )
    return replace(asked, **_verified(verified)) if verified else asked


def findings_now(situation: Situation, claimed: Claim | None = None) -> list[dict[str, Any]]:
    """What speaks against the claim at this moment, ready to be kept. Seven statements at most."""
    asked = claimed or claim_of(situation)
    return [each.as_json() for each in findings(asked, book=rule_book())]


def claim_invoices(case: Flow, act: Act, claimed: Claim) -> list[ClaimedInvoice]:
    """Claim its invoices for the case; those that another case has. Two statements."""
    return claim(
        claimed.invoices,
        case_number=case.number,
        office_id=case.seats[case.OWNER_SEAT]["office"],
        at=act.at,
        institution=claimed.institution,
        hospital_name=str(case.data.get("hospital_name") or ""),
    )


def insured_of_case(claimed: Claim) -> Insured | None:
    """One statement."""
    return insured_in(claimed.pool, claimed.patient_id, claimed.ended_on)


def institution_named(
    answers: Mapping[str, Any], verified: Mapping[str, Any]
) -> Institution | None:
    """The one that a clerk chose, else the 定点 institution of that name at the place. One statement."""
    known = Institution.objects.in_force(_day(answers["ended_on"]))
    if verified:
        return known.filter(pk=verified["institution"] or 0).first()
    name = str(answers.get("hospital_name") or "").strip()
    return institutions_at(answers).filter(name=name).first()


def institutions_at(answers: Mapping[str, Any]) -> QuerySet[Institution]:
    """定点 institutions at the place of treatment on the day. Not asked for yet."""
    place = str(answers["hospital_region"])
    width = 2 if place.startswith("50") else 4
    known = Institution.objects.in_force(_day(answers["ended_on"]))
    return known.filter(region__code__startswith=place[:width]).order_by("name")


def crosses_year(claimed: Claim) -> bool:
    """A stay that began in one calendar year and ended in the next."""
    return claimed.visit == "inpatient" and claimed.began_on.year < claimed.ended_on.year


def _visit(definition: Definition, answers: Mapping[str, Any]) -> str:
    """A matter for stays in hospital doesn't ask what kind of visit it was."""
    asked = any(field.code == "visit" for field in definition.fields)
    return str(answers["visit"]) if asked else "inpatient"


def _verified(verified: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "invoices": tuple(
            Invoice(each["code"], each["number"], Decimal(each["amount"]))
            for each in verified["invoices"]
        ),
        "list_total": Decimal(verified["total"]),
        "is_emergency": verified["emergency"],
        "late_reason": verified["late_reason"],
    }


def _day(answer: Any) -> dt.date:
    return answer if isinstance(answer, dt.date) else dt.date.fromisoformat(str(answer))
