"""Two counties on either side of the border that collect for each other, their people and systems."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.utils import timezone

from benchmarks.life.ground import DEFINITION as LIFE_DEFINITION
from benchmarks.life.ground import REGIONS as LIFE_REGIONS
from benchmarks.life.ground import lay_places, version_of
from matters.catalogue.models import MatterClaim, MatterVersion
from tongban.accounts.models import Posting, User
from tongban.notices.models import Endpoint
from tongban.offices.models import Office
from workflows.exchange.keys import issue_key

REGIONS = (*LIFE_REGIONS, ("500101901", "示范街道", "township", "500101"))
COUNTIES = ("500101", "511702")
SEATS = {"window": "service_center", "township": "township_center", "county": "civil_affairs"}
CITIZENS = 20
# Silence is acceptance here: a timer for the workers to take.
DEFINITION = {
    **LIFE_DEFINITION,
    "deemed_acceptance": {"limit": "5G", "basis": "行政许可法第三十二条"},
}


@dataclass
class Ground:
    """Ids of people and keys of systems by (county, seat); endpoints that hear of every event."""

    version: MatterVersion
    citizens: list[int] = field(default_factory=list)
    clerks: dict[tuple[str, str], int] = field(default_factory=dict)
    keys: dict[tuple[str, str], str] = field(default_factory=dict)
    systems: dict[tuple[str, str], int] = field(default_factory=dict)
    endpoints: list[int] = field(default_factory=list)


def ground(hooks: str, secret: str) -> Ground:
    """Fill an empty database; `hooks`: the address that webhooks go to, signed with `secret`."""
    lay_places(REGIONS)
    made = Ground(version_of(DEFINITION))
    offices = [_office(made, county, seat) for county in COUNTIES for seat in SEATS]
    for half in (offices[:3], offices[3:]):
        endpoint = Endpoint.objects.create(
            name="县系统", url=hooks, secret=secret, office_ids=[each.pk for each in half]
        )
        made.endpoints.append(endpoint.pk)
    for number in range(CITIZENS):
        citizen = User.objects.create(
            username=f"citizen-{number}", name="林晓梅", kind="citizen",
            email=f"citizen-{number}@example.com",
        )  # fmt: skip
        made.citizens.append(citizen.pk)
    return made


def _office(made: Ground, county: str, seat: str) -> Office:
    region = f"{county}901" if seat == "township" else county
    office = Office.objects.create(
        code=f"{county}-{seat}", name=f"{county}-{seat}", region_id=region,
        department_id="civil_affairs", kind=SEATS[seat],
        roles=["collect", "accept", "decide", "pending"],
    )  # fmt: skip
    MatterClaim.objects.create(office=office, phone="", claimed_at=timezone.now())
    clerk = User.objects.create(username=f"{seat}-{county}", name="承办", kind="staff")
    Posting.objects.create(user=clerk, office=office, role="clerk", valid_from=dt.date(2020, 1, 1))
    made.clerks[county, seat] = clerk.pk
    made.keys[county, seat] = issue_key(system=f"s{office.pk}", name="系统", offices=[office])
    made.systems[county, seat] = User.objects.get(username=f"system-s{office.pk}").pk
    return office
