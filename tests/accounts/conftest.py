"""People of two provinces and the offices where some of them work."""

from datetime import date

import pytest
from django.conf import settings as site

from tongban.accounts.models import Posting, User
from tongban.offices.models import Department, Office, Province, Region

PASSWORD = "嘉陵江-2026"
# Invented, with right checksums; phones of a range that nobody has (see accounts.demonstration).
LIU_ID, LIU_PHONE = "50010119880312002X", "16400000001"
SITE_HASHERS = list(site.PASSWORD_HASHERS)


@pytest.fixture
def regions(db: None) -> dict[str, Region]:
    """两省市 and one county of each, by code."""
    Province.objects.create(code="500000", name="重庆市", short="渝", platform="渝快办")
    Province.objects.create(code="510000", name="四川省", short="川", platform="天府通办")
    rows = [
        ("500000", "重庆市", "province", None),
        ("510000", "四川省", "province", None),
        ("500101", "万州区", "county", "500000"),
        ("511702", "通川区", "county", "510000"),
        ("500101100", "高笋塘街道", "township", "500101"),
    ]
    for code, name, level, parent in rows:
        Region.objects.create(
            code=code,
            name=name,
            full_name=name,
            level=level,
            parent_id=parent,
            province_id=f"{code[:2]}0000",
        )
    return {region.code: region for region in Region.objects.all()}


@pytest.fixture
def offices(regions: dict[str, Region]) -> dict[str, Office]:
    """Offices by "region kind"; the supervision office of a county supervises nothing here."""
    Department.objects.create(code="general", name="综合")
    rows = [
        ("500101", "service_center", ["collect"]),
        ("500101", "civil_affairs", ["accept", "decide"]),
        ("500101", "supervision", ["supervise"]),
        ("500101100", "township_center", ["collect", "accept"]),
        ("511702", "service_center", ["collect"]),
        ("511702", "civil_affairs", ["accept", "decide"]),
        ("511702", "post", ["deliver"]),
        ("500000", "supervision", ["supervise"]),
        ("510000", "supervision", ["supervise"]),
    ]
    return {
        f"{region} {kind}": Office.objects.create(
            code=f"{region}-{kind}",
            name=f"{regions[region].name}{kind}",
            region_id=region,
            department_id="general",
            kind=kind,
            roles=roles,
        )
        for region, kind, roles in rows
    }


@pytest.fixture
def liu(db: None) -> User:
    """刘雪梅 of 万州, who has all three names to sign in with."""
    return User.objects.create_user(
        username="liu-xuemei",
        password=PASSWORD,
        name="刘雪梅",
        id_number=LIU_ID,
        phone=LIU_PHONE,
        region_code="500101",
    )


@pytest.fixture
def clerk(offices: dict[str, Office]) -> User:
    """何国强, who works at the window of 万州."""
    person = User.objects.create_user(
        username="he-guoqiang", password=PASSWORD, name="何国强", kind=User.Kind.STAFF
    )
    Posting.objects.create(
        user=person,
        office=offices["500101 service_center"],
        role=Posting.Role.CLERK,
        valid_from=date(2026, 1, 1),
    )
    return person
