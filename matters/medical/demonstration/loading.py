"""Brings the invented hospitals and insured people into the database, as often as one likes."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from matters.medical.models import AccountEntry, Chronic, FamilyAccount, Freeze, Institution, Insured
from tongban.offices.models import Region

from .hospitals import institutions
from .people import INSURED_SINCE, Sketch, citizens, everybody, pool_of
from .standings import person_class

SEED = 1
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
    clinics = [each for each in institutions(SEED) if each.region_id in places]
    Institution.objects.bulk_create(clinics, ignore_conflicts=True)
    sketches = [each for each in everybody(SEED) if pool_of(each.person.region_code) in places]
    new = _insure(sketches, at)
    _hang_on(new, at)
    people, clinics_now = _counts()
    return Loaded(people, clinics_now, people - before[0], clinics_now - before[1])
