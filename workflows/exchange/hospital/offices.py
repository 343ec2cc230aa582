"""The seat of a 定点医药机构 in cases: an office of kind `hospital`, made when its system joins."""

from __future__ import annotations

from django.db import transaction

from matters.medical.models import Institution
from tongban.offices.models import Office

HOSPITAL, HEALTH = "hospital", "health"


@transaction.atomic
def seat(institution: Institution) -> Office:
    """The office of that hospital; twice gives the same one. Three statements at most."""
    if institution.office is not None:
        return institution.office
    office, _ = Office.objects.get_or_create(
        code=institution.code,
        defaults={
            "name": institution.name,
            "region_id": institution.region_id,
            "department_id": HEALTH,
            "kind": HOSPITAL,
            "roles": ["collect"],
            "address": institution.address,
            "phone": institution.phone,
            "is_demonstration": institution.is_demonstration,
        },
    )
    institution.office = office
    institution.save(update_fields=["office"])
    return office
