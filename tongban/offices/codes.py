"""What can be read off a region's code alone: its ancestors and its province (GB/T 2260)."""

PROVINCES = {"50": "500000", "51": "510000"}
# Township, county, city, province: how much of a code each keeps, padded to six.
CUTS = (9, 6, 4, 2)


class UnknownRegion(LookupError):
    """A code that lies in neither of the two provinces."""


def province_of(region_code: str) -> str:
    """'500000' or '510000'. Raises UnknownRegion for any other code."""
    try:
        return PROVINCES[region_code[:2]]
    except KeyError:
        raise UnknownRegion(f"{region_code!r} lies in neither province") from None


def lineage(region_code: str) -> tuple[str, ...]:
    """The code, then the codes above it that it implies, the province last.

    Some need not exist: 重庆 has no cities, so nothing is called 500100.
    """
    above = (region_code[:cut].ljust(6, "0") for cut in CUTS if cut < len(region_code))
    return tuple(dict.fromkeys((region_code, *above)))


def area_of(region_code: str) -> str:
    """The region that figures are told by: in 四川 the city 市州, in 重庆 the district 区县.

    A province as a whole is its own code. Raises UnknownRegion.
    """
    if province_of(region_code) == PROVINCES["50"]:
        return region_code[:6]
    return f"{region_code[:4]}00"


def pool_of(region_code: str) -> str:
    """The 医保统筹区 a region lies in: '500000' for 重庆 whole, in 四川 the city's code.

    四川 as a whole is none: its own code comes back. Raises UnknownRegion.
    """
    province = province_of(region_code)
    return province if province == PROVINCES["50"] else f"{region_code[:4]}00"
