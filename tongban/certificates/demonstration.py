"""Certificates of the invented people: what the registers in the database state, and a few folders.

Who has what is drawn from the names alone, so that every installation shows the same: most are good,
some have run out, some are revoked or suspended.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator

from django.utils import timezone

from tongban.accounts.models import User
from tongban.accounts.personal import blind_index
from tongban.sharing.loading import SINCE, load_resources
from tongban.sharing.models import Holder, RegisterEntry, Resource
from tongban.sharing.register import name_index
from tongban.sharing.sealed_answers import opened, sealed

from .fetching import ISSUED, Asked, Purpose, fetch, resource_code
from .kinds import PROVINCES, Kind, kinds
from .models import Certificate
from .statements import FIELDS, SIGNATURE, sign_for_demonstration

FOLDERS = 8
# One in so many has the certificate; who isn't named has none.
ONE_IN = {
    "resident-identity-card": 1,
    "household-register": 2,
    "residence-permit": 2,
    "driving-licence": 2,
    "marriage-certificate": 3,
    "disability-card": 2,
    "elder-card": 4,
    "minimum-living-card": 5,
}
# What a person has where they are registered, and what where they have moved to.
AWAY = ("residence-permit",)
FIELD_LABELS = {
    "number": "证照号码",
    "issuer": "签发机关",
    "valid_from": "有效期自",
    "valid_to": "有效期至",
    "status": "状态",
    SIGNATURE: "签发机关签名",
}


def load_registers() -> int:
    """The resources of kind certificate, in both provinces. How many there are."""
    if not Holder.objects.filter(is_demonstration=False).exists():
        load_resources()
    fields = [
        {"code": code, "label": label, "personal": code == "number"}
        for code, label in FIELD_LABELS.items()
    ]
    rows = [
        Resource(
            code=resource_code(kind.code, province),
            name=f"{kind.name_in(province)}（电子证照）",
            holder=holder,
            questions=[{"code": ISSUED, "text": f"已签发{kind.name_in(province)}"}],
            fields=fields,
            certainty=kind.certainty,
            valid_from=SINCE,
        )
        for kind, province, holder in _issuers()
    ]
    Resource.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "holder", "questions", "fields", "certainty"],
    )
    return len(rows)


def fill_registers() -> int:
    """What they state of the invented people; again, nothing, unless the signing key is another."""
    entries = RegisterEntry.objects.filter(resource__code__contains="-certificate-")
    known = entries.select_related("resource").first()
    if known is not None:
        if _is_signed(known):
            return 0
        entries.delete()
    people = list(User.objects.filter(is_demonstration=True, kind=User.Kind.CITIZEN))
    resources = Resource.objects.filter(code__contains="-certificate-").select_related("holder")
    registers = {resource.code: resource for resource in resources}
    rows = [row for person in people for row in _entries(person, registers)]
    RegisterEntry.objects.bulk_create(rows, ignore_conflicts=True, batch_size=2000)
    return len(rows)


def fill_folders(*, now: dt.datetime) -> int:
    """A few people have fetched theirs, the day before: today they can do it themselves."""
    if Certificate.objects.exists():
        return 0
    yesterday = now - dt.timedelta(days=1)
    people = User.objects.filter(is_demonstration=True, kind=User.Kind.CITIZEN)
    for province in PROVINCES:
        at_home = people.filter(region_code__startswith=province[:2]).order_by("username")
        for person in at_home[: FOLDERS // len(PROVINCES)]:
            _fill_folder(person, yesterday)
    return Certificate.objects.count()


def _fill_folder(person: User, at: dt.datetime) -> None:
    for kind, province in _has(person):
        asked = Asked(person, person, kind, province, Purpose.OWN, "示范：由演示数据领取。")
        fetch(asked, now=at, today=timezone.localdate(at))


def _issuers() -> Iterator[tuple[Kind, str, Holder]]:
    holders = {holder.code: holder for holder in Holder.objects.filter(is_demonstration=False)}
    for kind in kinds().values():
        for province in PROVINCES:
            holder = holders.get(f"{province}-{kind.department.replace('_', '-')}")
            if holder is not None and kind.is_of_person and kind.name_in(province):
                yield kind, province, holder


def _has(person: User) -> Iterator[tuple[Kind, str]]:
    home = f"{(person.id_number or '50')[:2]}0000"
    if home not in PROVINCES:
        return
    away = next(code for code in PROVINCES if code != home)
    for code, one_in in ONE_IN.items():
        province = away if code in AWAY else home
        if _luck(person, code) % one_in == 0 and kinds()[code].name_in(province):
            yield kinds()[code], province


def _entries(person: User, registers: dict[str, Resource]) -> Iterator[RegisterEntry]:
    for kind, province in _has(person):
        resource = registers.get(resource_code(kind.code, province))
        if resource is None:
            continue
        fields = _stated(person, kind, resource)
        fields[SIGNATURE] = sign_for_demonstration(resource.code, person.id_number or "", fields)
        yield RegisterEntry(
            resource=resource,
            person_index=blind_index(person.id_number or "", "id_number"),
            name_index=name_index(person.name),
            questions={ISSUED: True},
            # Bound to whom it is about; sealed, so that a check of the signature can be repeated.
            fields=fields | {"number": sealed(fields["number"])},
        )


def _stated(person: User, kind: Kind, resource: Resource) -> dict[str, str]:
    luck = _luck(person, f"{kind.code} state") % 12
    always_good = kind.code == "resident-identity-card"
    status = "valid" if always_good else {0: "revoked", 1: "suspended"}.get(luck, "valid")
    until = "2025-06-30" if luck == 2 and not always_good else "2035-06-30"
    stated = {
        "number": _number(person, kind.code),
        "issuer": resource.holder.name,
        "valid_from": "2015-07-01",
        "valid_to": "" if kind.code in ("marriage-certificate", "household-register") else until,
        "status": status,
    }
    return {name: stated[name] for name in FIELDS}


def _number(person: User, kind: str) -> str:
    number = person.id_number or ""
    if kind == "disability-card":
        return f"{number}43"
    if kind == "marriage-certificate":
        return f"J{number[:6]}-2015-{_luck(person, kind) % 1000000:06d}"
    return number


def _is_signed(entry: RegisterEntry) -> bool:
    """Whether the entry is signed by the key of today; it is looked at with its person's number."""
    person = User.objects.filter(id_number_index=entry.person_index, kind=User.Kind.CITIZEN).first()
    if person is None:
        return False
    fields = {code: opened(value) for code, value in entry.fields.items()}
    signed = sign_for_demonstration(entry.resource.code, person.id_number or "", fields)
    return signed == fields[SIGNATURE]


def _luck(person: User, what: str) -> int:
    return int(hashlib.sha256(f"{person.username} {what}".encode()).hexdigest(), 16)
