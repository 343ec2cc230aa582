"""Where a filing can lead: to a 四川 city or to 重庆 whole, never to a district or a hospital."""

from __future__ import annotations

from tongban.offices.codes import PROVINCES, UnknownRegion, pool_of


class NoPlace(ValueError):
    """The region is no place that somebody files for; the words say which are."""


def place_of(region_code: str) -> str:
    """The 统筹区 and place of filing that a region lies in: 重庆 whole, in 四川 the city.

    '500103' gives '500000', '511702' gives '511700'. Raises NoPlace for 四川 as a whole, which no
    filing names, and for any place outside the two provinces.
    """
    try:
        place = pool_of(region_code)
    except UnknownRegion:
        raise NoPlace("备案地只能是重庆市或四川省的市（州）") from None
    if place == PROVINCES["51"]:
        raise NoPlace("请选择四川省的具体市（州）：备案到市（州），不到全省")
    return place
