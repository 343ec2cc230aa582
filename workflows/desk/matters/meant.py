"""Which matters an office is there for, and which offices a matter is meant for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from matters.catalogue.claims import claims_of
from matters.catalogue.models import MatterClaim, MatterVersion
from matters.catalogue.search import in_force
from tongban.offices.country import the_country
from tongban.offices.models import Office

# A service centre's windows may be those of its townships too.
CENTER, TOWNSHIP = "service_center", "township_center"
# Where no office of the level exists, one above answers: 重庆 has no cities, a fund no counties.
ANSWER_BELOW = ("province", "city")


def matters_meant_for(office: Office, on: dt.date) -> list[MatterVersion]:
    """The versions in force of which this office takes a seat, by department and name. One statement."""
    kinds = _kinds_answered(office)
    seats = Q(pk__in=())
    for kind in kinds:
        seats |= Q(definition__seats__contains=[{"office_kind": kind}])
    versions = in_force(on).filter(seats).order_by("matter__department__name", "matter__name")
    return [version for version in versions if _is_meant(version, office, kinds)]


def offices_that_have_not_claimed(
    version: MatterVersion, on: dt.date, province: str = ""
) -> list[Office]:
    """Offices meant for this matter that do not offer it, by place. Two statements."""
    kinds = {seat["office_kind"] for seat in version.definition["seats"]}
    offices = Office.objects.in_force(on).select_related("region").order_by("region_id", "name")
    if province:
        offices = offices.filter(region__province_id=province)
    country = the_country()
    by = {taken for (_, kind), taken in country.taken_over.items() if kind in kinds}
    meant = [
        office
        for office in offices.filter(kind__in=kinds | by)
        if _is_meant(version, office, _kinds_answered(office))
    ]
    claims = claims_of([office.pk for office in meant], version.matter_id)
    return [office for office in meant if office.pk not in claims]


def offices_without_any_claim(on: dt.date, province: str = "") -> Any:
    """Offices that take part in something and have claimed nothing at all. One statement."""
    kinds = set[str]()
    for seats in in_force(on).order_by().values_list("definition__seats", flat=True):
        kinds |= {seat["office_kind"] for seat in seats}
    claimed = MatterClaim.objects.filter(withdrawn_at=None).values("office_id")
    offices = Office.objects.in_force(on).filter(kind__in=kinds).exclude(pk__in=claimed)
    if province:
        offices = offices.filter(region__province_id=province)
    return offices.select_related("region").order_by("region_id", "name")


def _kinds_answered(office: Office) -> set[str]:
    """Its own kind, and those whose work it has taken over in its county."""
    taken = the_country().taken_over.items()
    return {office.kind} | {
        k for (region, k), by in taken if (region, by) == (office.region_id, office.kind)
    }


def _is_meant(version: MatterVersion, office: Office, kinds: Iterable[str]) -> bool:
    level = office.region.level
    return any(
        seat["office_kind"] in kinds and (seat["level"] == level or level in ANSWER_BELOW)
        for seat in version.definition["seats"]
    )
