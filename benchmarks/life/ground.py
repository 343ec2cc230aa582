"""The ground that lives are lived on: offices of two provinces, their clerks, one matter, one citizen.

The matter is 孤儿救助资格认定 as the list has it (first review by the township, approval by the county),
without papers: what travels, is uploaded or is issued costs statements of its own at every engine.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from matters.catalogue.models import Matter, MatterClaim, MatterVersion
from tongban.accounts.models import Posting, User
from tongban.offices.calendar_loading import load_calendar
from tongban.offices.models import Department, Office, Province, Region

REGIONS = (
    ("500000", "重庆市", "province", None),
    ("500101", "万州区", "county", "500000"),
    ("510000", "四川省", "province", None),
    ("511702", "通川区", "county", "510000"),
    ("511702901", "示范镇", "township", "511702"),
    # Its days of its own are in the calendar.
    ("513400", "凉山彝族自治州", "city", "510000"),
)
OFFICES = (
    ("window", "500101", "service_center"),
    ("township", "511702901", "township_center"),
    ("county", "511702", "civil_affairs"),
    ("desk", "511702", "service_center"),
)
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
    "fields": [{"code": "home", "label": "户籍地", "kind": "region", "region_level": "township"}],
    "result": {"kind": "notice", "name": "认定结论"},
}  # fmt: skip


@dataclass(frozen=True)
class Ground:
    """Ids of the people who live and work here, and the matter."""

    citizen: User
    window: User
    township: User
    county: User
    version: MatterVersion


def ground() -> Ground:
    """Fill an empty database. Some dozens of statements."""
    lay_places(REGIONS)
    staff = {name: _clerk(name, region, kind) for name, region, kind in OFFICES}
    citizen = User.objects.create(username="citizen", name="林晓梅", kind="citizen", password="!")  # noqa: S106
    return Ground(
        citizen, staff["window"], staff["township"], staff["county"], version_of(DEFINITION)
    )


def lay_places(regions: Iterable[tuple[str, str, str, str | None]]) -> None:
    """The provinces with these regions (code, name, level, parent), the line of work, the calendar."""
    Province.objects.bulk_create(
        Province(code=code, name=name, short=name[0], platform="")
        for code, name in (("500000", "重庆市"), ("510000", "四川省"))
    )
    for code, name, level, parent in regions:
        Region.objects.create(
            code=code, name=name, full_name=name, level=level, parent_id=parent,
            province_id=code[:2] + "0000",
        )  # fmt: skip
    Department.objects.create(code="civil_affairs", name="民政")
    load_calendar(at=timezone.now())


def _clerk(name: str, region: str, kind: str) -> User:
    office = Office.objects.create(
        code=name, name=name, region_id=region, department_id="civil_affairs", kind=kind,
        roles=["collect", "accept", "decide", "pending"],
    )  # fmt: skip
    MatterClaim.objects.create(office=office, phone="", claimed_at=timezone.now())
    clerk = User.objects.create(username=name, name="承办", kind="staff", password="!")  # noqa: S106
    Posting.objects.create(user=clerk, office=office, role="clerk", valid_from=dt.date(2020, 1, 1))
    return clerk


def version_of(definition: Mapping[str, Any]) -> MatterVersion:
    """孤儿救助资格认定, published long ago."""
    matter = Matter.objects.create(
        slug="orphans", name="孤儿救助资格认定", department_id="civil_affairs", theme="民政",
        source_url="bench", source_batch="bench", certainty="stated",
    )  # fmt: skip
    return MatterVersion.objects.create(
        matter=matter, number=1, status="published", valid_from=dt.date(2020, 1, 1),
        mode="collect", mode_certainty="stated", flow="collect_forward", definition=definition,
        published_at=timezone.now(),
    )  # fmt: skip
