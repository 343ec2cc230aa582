"""The offices that have a part in a case, and who works there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tongban.accounts.models import Posting
from tongban.offices.directory import province_of
from workflows.cases.places import OfficeCard

from ..words import PROVINCE_SHORT

if TYPE_CHECKING:
    from workflows.cases.flow import Flow

MOST_NAMES = 6
# Of all offices of a case together; a page is no staff list.
MOST_POSTINGS = 200


@dataclass(frozen=True)
class SeatCard:
    """One part in the case: the office that plays it, how to reach it, and whom to ask for."""

    seat: str
    province: str
    office: OfficeCard | None
    heads: str
    clerks: str
    holds_now: bool


def seat_cards(case: Flow, offices: Mapping[int, OfficeCard], today: dt.date) -> Sequence[SeatCard]:
    """In the order in which the flow names its seats. One statement, for the people."""
    people = _people([place["office"] for place in case.seats.values()], today)
    return [
        SeatCard(
            seat=seat.name,
            province=PROVINCE_SHORT.get(province_of(case.seats[seat.code]["region"]), ""),
            office=offices.get(case.seats[seat.code]["office"]),
            heads=_listed(people.get((case.seats[seat.code]["office"], "head"), [])),
            clerks=_listed(people.get((case.seats[seat.code]["office"], "clerk"), [])),
            holds_now=case.holder == seat.code,
        )
        for seat in case.SEATS
        if seat.code in case.seats
    ]


def _people(offices: Sequence[int], today: dt.date) -> dict[tuple[int, str], list[str]]:
    rows = (
        Posting.objects.in_force(today)
        .filter(office_id__in=offices, role__in=("head", "clerk"), user__is_active=True)
        .order_by("-role", "user_id")
        .values_list("office_id", "role", "user__name")[:MOST_POSTINGS]
    )
    people: dict[tuple[int, str], list[str]] = {}
    for office, role, name in rows:
        people.setdefault((office, role), []).append(name)
    return people


def _listed(names: Sequence[str]) -> str:
    shown = "、".join(names[:MOST_NAMES])
    return f"{shown} 等 {len(names)} 人" if len(names) > MOST_NAMES else shown
