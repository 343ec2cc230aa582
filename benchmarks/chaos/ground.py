"""Two counties on either side of the border that collect for each other, their people and systems."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.utils import timezone

from matters.catalogue.models import Matter, MatterClaim, MatterVersion
from tongban.accounts.models import Posting, User
from tongban.notices.models import Endpoint
from tongban.offices.calendar_loading import load_calendar
from tongban.offices.models import Department, Office, Province, Region
from workflows.exchange.keys import issue_key

REGIONS = (
    ("500000", "重庆市", "province", None),
    ("500101", "万州区", "county", "500000"),
    ("500101901", "示范街道", "township", "500101"),
    ("510000", "四川省", "province", None),
    ("511702", "通川区", "county", "510000"),
    ("511702901", "示范镇", "township", "511702"),
    # Its days of its own are in the calendar.
    ("513400", "凉山彝族自治州", "city", "510000"),
)
COUNTIES = ("500101", "511702")
SEATS = {"window": "service_center", "township": "township_center", "county": "civil_affairs"}
CITIZENS = 20
DEFINITION = {
    "seats": [
        {"seat": "collector", "office_kind": "service_center", "level": "county", "region": "origin"},
        {"seat": "township", "office_kind": "township_center", "level": "township", "region": "field:home"},
        {"seat": "owner", "office_kind": "civil_affairs", "level": "county", "region": "field:home"},
    ],
    "stages": [
        {"code": "first_review", "name": "乡镇初审", "seat": "township", "limit": "15G"},
        {"code": "county_approval", "name": "县级审批", "seat": "owner", "limit": "15G"},
    ],
    "hops": {"submitted": "3G", "collected": "3G", "received": "5G"},
    "promise": "20G",
    "statutory": "60G",
    "supplement": "30Z",
    "deemed_acceptance": {"limit": "5G", "basis": "行政许可法第三十二条"},
    "fields": [{"code": "home", "label": "户籍地", "kind": "region", "region_level": "township"}],
    "result": {"kind": "notice", "name": "认定结论"},
}  # fmt: skip


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
    Province.objects.bulk_create(
        Province(code=code, name=name, short=name[0], platform="")
        for code, name in (("500000", "重庆市"), ("510000", "四川省"))
    )
    for code, name, level, parent in REGIONS:
        Region.objects.create(
            code=code, name=name, full_name=name, level=level, parent_id=parent,
            province_id=code[:2] + "0000",
        )  # fmt: skip
    Department.objects.create(code="civil_affairs", name="民政")
    load_calendar(at=timezone.now())
    made = Ground(_version())
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


def _version() -> MatterVersion:
    matter = Matter.objects.create(
        slug="orphans", name="孤儿救助资格认定", department_id="civil_affairs", theme="民政",
        source_url="bench", source_batch="bench", certainty="stated",
    )  # fmt: skip
    return MatterVersion.objects.create(
        matter=matter, number=1, status="published", valid_from=dt.date(2020, 1, 1),
        mode="collect", mode_certainty="stated", flow="collect_forward", definition=DEFINITION,
        published_at=timezone.now(),
    )  # fmt: skip
