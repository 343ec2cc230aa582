"""Which office is meant: by kind, place and day. Readers only.

The shape of the country is remembered (see `country`); offices are read afresh, one statement a
call. A place that cannot be found is looked for one level higher, so that nothing is ever nowhere.
"""

from collections.abc import Iterable
from datetime import date

from django.utils import timezone

from .codes import UnknownRegion, province_of
from .country import forget_directory, the_country
from .models import Office, Region

__all__ = [
    "NoDesk",
    "UnknownRegion",
    "forget_directory",
    "nearest",
    "office_for",
    "pending_desk",
    "province_of",
    "zones_of",
]

# 待分办: a desk of the service centre, for what nobody else is known to take.
PENDING, SERVICE_CENTER = "pending", "service_center"


class NoDesk(LookupError):
    """No 待分办 desk from the place up to its province: the offices have not been loaded."""


def office_for(*, kind: str, region: Region | str, level: str, on: date) -> Office | None:
    """The office of that kind at that level for a region on that day. At most one statement.

    Levels: province, city, county, township. 重庆 has no cities, so `city` means the municipality
    there. Where the level has no such office the next one above answers (公积金 of a county is the
    city's). An abolished region is answered for by its successor. None if nobody up to the province
    does that work: the case is then for the `pending_desk`, and known to be unplaced.
    """
    country = the_country()
    standing = country.standing(region if isinstance(region, str) else region.pk, on)
    places = list(country.upward(standing))
    at_level = next((n for n, place in enumerate(places) if place.level == level), None)
    if at_level is None and level == Region.Level.CITY:
        at_level = len(places) - 1
    wanted = {place.code: country.kind_at(place.code, kind) for place in places[at_level or 0 :]}
    found = _by_region(wanted, {kind, *wanted.values()}, on)
    for place_code, there in wanted.items():
        for each in (there, kind):
            if (place_code, each) in found:
                return found[place_code, each]
    return None


def pending_desk(region_code: str, on: date) -> Office:
    """The 待分办 desk for what routing cannot place: the county's service centre, for a city or
    province its own, for an abolished region its successor's. One statement. Raises NoDesk,
    UnknownRegion.
    """
    country = the_country()
    places = [place.code for place in country.upward(country.standing(region_code, on))]
    desks = Office.objects.in_force(on).filter(
        region__in=places, kind=SERVICE_CENTER, roles__contains=[PENDING]
    )
    desk = min(desks, key=lambda o: (places.index(o.region_id), o.code), default=None)
    if desk is None:
        raise NoDesk(f"no office with the role {PENDING!r} from {region_code} upward")
    return desk


def nearest(
    region_code: str, kinds: Iterable[str], limit: int, on: date | None = None
) -> list[Office]:
    """Offices of these kinds, the nearest first: the township, its county, the city, the province.

    A county's own offices come before those of its townships. Within one place the order is that of
    `kinds`. One statement.
    """
    on = on or timezone.localdate()
    country = the_country()
    places = list(country.upward(country.standing(region_code, on)))
    ranks = {place.code: 2 * n for n, place in enumerate(places)}
    if places[0].level == Region.Level.COUNTY:
        below = (p for p in country.places.values() if p.parent == places[0].code)
        ranks |= {place.code: 1 for place in below}
    asked = list(dict.fromkeys(kinds))
    order = {(code, country.kind_at(code, k)): n for code in ranks for n, k in enumerate(asked)}
    offices = Office.objects.in_force(on).filter(
        region__in=ranks, kind__in={kind for _, kind in order}
    )
    ours = [office for office in offices if (office.region_id, office.kind) in order]
    ours.sort(key=lambda o: (ranks[o.region_id], order[o.region_id, o.kind], o.code))
    return ours[:limit]


def zones_of(region_code: str) -> frozenset[str]:
    """The co-operation zones (万达开, 泸永江…) of the region and of what is above it."""
    country = the_country()
    places = country.upward(country.nearest_known(region_code))
    return frozenset(zone for place in places for zone in place.zones)


def _by_region(
    places: Iterable[str], kinds: Iterable[str], on: date
) -> dict[tuple[str, str], Office]:
    """Offices by (region, kind); of several of one kind the first by code."""
    offices = Office.objects.in_force(on).filter(region__in=list(places), kind__in=kinds)
    return {(o.region_id, o.kind): o for o in offices.order_by("-code")}
