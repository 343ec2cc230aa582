"""What the register in the database says of the invented people: mostly what they claim, with gaps.

Who has a gap where is drawn from the names alone, so that every installation shows the same people
going the paper way.
"""

from __future__ import annotations

import hashlib
from typing import Any

from tongban.accounts.models import User
from tongban.accounts.personal import blind_index

from ..loading import PROVINCES, entries
from ..models import RegisterEntry, Resource
from ..register import name_index
from ..sealed_answers import sealed

# One in so many is not in a register, and one in so many is in it with something else.
MISSING, DIFFERENT = 6, 11
# A register of persons' identity has everybody.
COMPLETE = ("resident-identity",)
VALUES = {
    "address": "示范路 1 号",
    "head": "示范户主",
    "until": "2030年12月31日",
    "plate": "渝A·示范",
    "registered_on": "2015年5月20日",
    "class": "肢体 三级",
}


def fill_register() -> int:
    """Entries of all invented citizens in all real resources; those that are there stay. How many are new."""
    people = list(User.objects.filter(is_demonstration=True, kind=User.Kind.CITIZEN))
    # Those of the file: registers of certificates state theirs themselves, signed.
    codes = [f"{province}-{entry['code']}" for entry in entries() for province in PROVINCES]
    resources = Resource.objects.filter(code__in=codes)
    rows = [
        entry
        for resource in resources
        for person in people
        if (entry := _entry(resource, person)) is not None
    ]
    before = RegisterEntry.objects.count()
    RegisterEntry.objects.bulk_create(rows, ignore_conflicts=True, batch_size=2000)
    return RegisterEntry.objects.count() - before


def _entry(resource: Resource, person: User) -> RegisterEntry | None:
    kind = resource.code.partition("-")[2]
    luck = int(hashlib.sha256(f"{person.username} {kind}".encode()).hexdigest(), 16)
    is_complete = kind in COMPLETE
    if luck % MISSING == 0 and not is_complete:
        return None
    agrees = is_complete or luck % DIFFERENT != 0
    return RegisterEntry(
        resource=resource,
        person_index=blind_index(person.id_number or "", "id_number"),
        name_index=name_index(person.name),
        questions={
            question["code"]: agrees or place > 0
            for place, question in enumerate(resource.questions)
        },
        fields={field["code"]: _value(field) for field in resource.fields},
    )


def _value(field: dict[str, Any]) -> str:
    value = VALUES[field["code"]]
    return sealed(value) if field["personal"] else value
