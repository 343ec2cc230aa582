"""Routing 分办: which office takes which seat of a case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from matters.catalogue.claims import claims_of
from matters.catalogue.definition import Definition, SeatRule
from tongban.offices.directory import office_for, pending_desk
from tongban.offices.models import Office

from .models.case import Place


@dataclass(frozen=True)
class Routed:
    """Every seat with its office; `unplaced` seats lie at the county's 待分办 desk, never nowhere.

    unclaimed: by seat, the office that would have been meant but has not claimed the matter.
    """

    seats: dict[str, Place]
    unplaced: tuple[str, ...]
    unclaimed: Mapping[str, str] = field(default_factory=dict)


class NoRegion(ValueError):
    """A seat's region cannot be known: the form field that names it was left empty."""


class OutsideItsZone(NoRegion):
    """The matter is valid in neighbouring areas only, and this is none of them; says what to do."""


def route(
    definition: Definition,
    *,
    origin_region: str,
    applicant_region: str,
    data: Mapping[str, Any],
    given: Mapping[str, Office],
    on: dt.date,
    matter_id: int,
) -> Routed:
    """Fill the seats of a new case. given: offices that were chosen by hand, by seat.

    Raises NoRegion. One or two statements a seat, and one for the claims.
    """
    seats: dict[str, Place] = {}
    unplaced: list[str] = []
    found: dict[str, tuple[Office, str]] = {}
    for rule in definition.seats:
        office = given.get(rule.seat)
        if office is None:
            region = region_meant(rule, origin_region, applicant_region, data)
            office = office_for(kind=rule.office_kind, region=region, level=rule.level, on=on)
            if office is None:
                office = pending_desk(region, on)
                unplaced.append(rule.seat)
            else:
                found[rule.seat] = office, region
        seats[rule.seat] = {"office": office.pk, "region": office.region_id}
    unclaimed = _unclaimed(found, matter_id)
    for seat in unclaimed:
        desk = pending_desk(found[seat][1], on)
        seats[seat] = {"office": desk.pk, "region": desk.region_id}
    return Routed(
        seats,
        (*unplaced, *unclaimed),
        unclaimed,
    )


def _unclaimed(found: Mapping[str, tuple[Office, str]], matter_id: int) -> dict[str, str]:
    """The seats whose office has not claimed the matter (事项认领), with its name. One statement."""
    claims = claims_of({office.pk for office, _ in found.values()}, matter_id) if found else {}
    return {seat: office.name for seat, (office, _) in found.items() if office.pk not in claims}


def region_meant(
    rule: SeatRule, origin_region: str, applicant_region: str, data: Mapping[str, Any]
) -> str:
    """The region at or above which a seat's office lies. Raises NoRegion."""
    named = rule.region_field
    if named is not None:
        region = data.get(named)
        if not region:
            raise NoRegion(f"seat {rule.seat}: field {named} is empty")
        return str(region)
    return origin_region if rule.region == "origin" else applicant_region or origin_region
