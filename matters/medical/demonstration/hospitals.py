"""Invented 定点 hospitals and pharmacies in both provinces: none of them exists, and each name says 示范."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from matters.medical.models import Institution, VisitKind

IN, OUT, CHRONIC, PHARMACY = (
    VisitKind.INPATIENT,
    VisitKind.OUTPATIENT,
    VisitKind.CHRONIC,
    VisitKind.PHARMACY,
)
# The counties that have hospitals here, with a short name that leads the hospital's.
TOWNS = (
    ("500101", "万州"),
    ("500103", "渝中"),
    ("500106", "沙坪坝"),
    ("500114", "黔江"),
    ("500116", "江津"),
    ("500153", "荣昌"),
    ("510104", "锦江"),
    ("510107", "武侯"),
    ("510502", "江阳"),
    ("510703", "涪城"),
    ("510903", "船山"),
    ("511002", "内江"),
    ("511302", "顺庆"),
    ("511602", "广安"),
    ("511702", "通川"),
    ("511722", "宣汉"),
    ("511902", "巴州"),
    ("513401", "西昌"),
)
CHAINS = ("康宁", "益民", "百草", "和春", "同心", "安泰")


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort of institution: `share` of the towns have one, and it settles `visits` across the border."""

    name: str
    level: str
    visits: tuple[str, ...]
    share: tuple[int, int] = (1, 1)
    is_tcm: bool = False


HOSPITALS = (
    Sort("中心医院", "tier_3", (IN, OUT, CHRONIC)),
    Sort("第二人民医院", "tier_2", (IN, OUT, CHRONIC)),
    Sort("中医医院", "tier_3", (IN, OUT), share=(1, 2), is_tcm=True),
    Sort("妇幼保健院", "tier_2", (IN,), share=(1, 3)),
    Sort("第一卫生院", "tier_1", (OUT,), share=(2, 3)),
    Sort("社区卫生服务中心", "community", (OUT, CHRONIC), share=(1, 2)),
    # Under an agreement with its own agency, but not open to people from elsewhere.
    Sort("康复医院", "tier_2", (), share=(1, 3)),
)


def institutions(seed: int) -> Iterator[Institution]:
    """The same ones in the same order for the same seed; not saved."""
    for county, town in TOWNS:
        luck = Random(f"hospitals {seed} {county}")
        number = 0
        for sort in HOSPITALS:
            if luck.randrange(sort.share[1]) < sort.share[0]:
                number += 1
                yield _hospital(county, town, sort, number, luck)
        for number in range(1, 2 + luck.randrange(2)):
            yield _pharmacy(county, town, number, luck)


def _hospital(county: str, town: str, sort: Sort, number: int, luck: Random) -> Institution:
    return Institution(
        code=f"H{county}{number:05d}",
        name=f"{town}示范{sort.name}",
        kind=Institution.Kind.HOSPITAL,
        level=sort.level,
        is_tcm=sort.is_tcm,
        region_id=county,
        open_visits=list(sort.visits),
        address=f"示范路 {luck.randrange(1, 200)} 号",
        is_demonstration=True,
    )


def _pharmacy(county: str, town: str, number: int, luck: Random) -> Institution:
    return Institution(
        code=f"P{county}{number:05d}",
        name=f"示范{luck.choice(CHAINS)}大药房（{town}{number}店）",
        kind=Institution.Kind.PHARMACY,
        level="pharmacy",
        region_id=county,
        open_visits=[PHARMACY],
        address=f"示范路 {luck.randrange(200, 400)} 号",
        is_demonstration=True,
    )
