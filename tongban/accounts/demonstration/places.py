"""Where demonstrations take place: pairs and rings of places that really work together."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A region with the part of a username that stands for it, such as "cq-wanzhou"."""

    code: str
    slug: str


COUNTIES = (
    Place("500101", "cq-wanzhou"),  # 万达开
    Place("500103", "cq-yuzhong"),
    Place("500114", "cq-qianjiang"),
    Place("500116", "cq-jiangjin"),  # 泸永江
    Place("510104", "sc-jinjiang"),
    Place("510107", "sc-wuhou"),
    Place("510502", "sc-jiangyang"),
    Place("511602", "sc-guangan"),  # one 行政审批局 decides for most departments
    Place("511702", "sc-tongchuan"),
    Place("511722", "sc-xuanhan"),
    Place("513401", "sc-xichang"),  # keeps days of its own in the calendar
)
# 住房公积金 and other matters are decided by the city.
CITIES = (
    Place("510100", "sc-chengdu-city"),
    Place("510500", "sc-luzhou-city"),
    Place("511600", "sc-guangan-city"),
    Place("511700", "sc-dazhou-city"),
    Place("513400", "sc-liangshan"),
)
PROVINCES = (Place("500000", "cq"), Place("510000", "sc"))
EVERYWHERE = COUNTIES + CITIES + PROVINCES


def home_county(region_code: str) -> str:
    """The county itself, or one of the demonstration's counties in that city or province."""
    for prefix in (region_code, region_code[:4], region_code[:2]):
        for county in COUNTIES:
            if county.code.startswith(prefix):
                return county.code
    raise ValueError(f"{region_code} is in neither province")
