"""Brings the invented hospitals and insured people into the database, as often as one likes."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from matters.medical.models import (
    AccountEntry,
    Chronic,
    FamilyAccount,
    Freeze,
    Institution,
    Insured,
)
from tongban.offices.models import Region

from .hospitals import institutions
from .people import INSURED_SINCE, PILOT, PILOT_SINCE, RECOGNISED, Sketch, everybody
from .spells import FROZEN

# Of seeds for hospitals, one that closes some in either province.
PEOPLE_SEED, HOSPITALS_SEED = 1, 4
ACCOUNT_OPENED = "示范开户余额"


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many insured people and institutions the demonstration has, and how many of them are new."""

    people: int
    institutions: int
    new_people: int
    new_institutions: int


@transaction.atomic
def load_medical(*, at: dt.datetime) -> Loaded:
    """Who and what is there already stays as it is. `at`: when the accounts are opened."""
    before = _counts()
    places = set(Region.objects.values_list("code", flat=True))
    clinics = [each for each in institutions(HOSPITALS_SEED) if each.region_id in places]
    Institution.objects.bulk_create(clinics, ignore_conflicts=True)
    sketches = [each for each in everybody(PEOPLE_SEED) if each.pool in places]
    _hang_on(_insure(sketches, at), sketches)
    people, clinics_now = _counts()
    return Loaded(people, clinics_now, people - before[0], clinics_now - before[1])


def psn_no_of(sketch: Sketch) -> str:
    number = int(hashlib.sha256(sketch.handle.encode()).hexdigest(), 16) % 10**12
    return f"{sketch.pool}{number:012d}"


def _insure(sketches: Sequence[Sketch], at: dt.datetime) -> dict[str, Insured]:
    """Those that were not there yet, by handle; what an account begins with is its first entry."""
    there = set(Insured.objects.filter(is_demonstration=True).values_list("psn_no", flat=True))
    fresh = [sketch for sketch in sketches if psn_no_of(sketch) not in there]
    rows = Insured.objects.bulk_create(_insured(sketch) for sketch in fresh)
    AccountEntry.objects.bulk_create(
        AccountEntry(
            insured=row,
            key=f"demonstration:{row.psn_no}",
            amount=row.account_balance,
            after=row.account_balance,
            at=at,
            reason=ACCOUNT_OPENED,
        )
        for row in rows
        if row.account_balance
    )
    return {sketch.handle: row for sketch, row in zip(fresh, rows, strict=True)}


def _insured(sketch: Sketch) -> Insured:
    return Insured(
        psn_no=psn_no_of(sketch),
        name=sketch.person.name,
        id_number=sketch.person.id_number,
        pool_id=sketch.pool,
        insured_type=sketch.insured_type,
        person_class=sketch.person_class,
        born_on=sketch.person.birth,
        account_balance=sketch.balance,
        valid_from=max(INSURED_SINCE, sketch.person.birth),
        is_demonstration=True,
    )


def _hang_on(new: dict[str, Insured], sketches: Sequence[Sketch]) -> None:
    """What hangs on those who are new: arrears, recognised diseases, the account of a relative."""
    fresh = [sketch for sketch in sketches if sketch.handle in new]
    Freeze.objects.bulk_create(
        Freeze(insured=new[handle], **spell) for handle, spell in FROZEN.items() if handle in new
    )
    Chronic.objects.bulk_create(
        Chronic(insured=new[sketch.handle], disease=disease, valid_from=RECOGNISED)
        for sketch in fresh
        for disease in sketch.diseases
    )
    FamilyAccount.objects.bulk_create(
        FamilyAccount(
            payer=new[sketch.payer],
            member=new[sketch.handle],
            is_open_across_provinces=sketch.pool == PILOT,
            valid_from=PILOT_SINCE,
        )
        for sketch in fresh
        if sketch.payer in new
    )


def _counts() -> tuple[int, int]:
    people = Insured.objects.filter(is_demonstration=True).count()
    return people, Institution.objects.filter(is_demonstration=True).count()
