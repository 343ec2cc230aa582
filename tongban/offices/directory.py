"""Which office is meant: by kind, place and day. Readers only.

The shape of the country (regions, successors, take-overs) is remembered in the process for a
minute; offices are read afresh, one statement a call. A place that cannot be found is looked for
one level higher, so that nothing is ever nowhere.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from time import monotonic

from django.utils import timezone

from .codes import UnknownRegion, lineage, province_of
from .models import Office, Region, TakenOver

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

FRESH_SECONDS = 60.0
# 待分办: a desk of the service centre, for what nobody else is known to take.
PENDING, SERVICE_CENTER = "pending", "service_center"


class NoDesk(LookupError):
    """No 待分办 desk from the place up to its province: the offices have not been loaded."""


@dataclass(frozen=True, slots=True)
class Place:
    """A region as far as finding an office needs it."""

    code: str
    level: str
    parent: str | None
    successor: str | None
    ended_on: date | None
    zones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Country:
    """All places and, per county, which kind of office decides instead of another."""

    places: dict[str, Place]
    taken_over: dict[tuple[str, str], str]
    fresh_until: float

    def nearest_known(self, region_code: str) -> Place:
        """The region, or the lowest one above its code that exists. Raises UnknownRegion."""
        province_of(region_code)
        for code in lineage(region_code):
            if code in self.places:
                return self.places[code]
        raise UnknownRegion(f"{region_code!r}: the regions have not been loaded")

    def standing(self, region_code: str, on: date) -> Place:
        """Who answers for the region on that day: itself, its successor, or what is above it."""
        place = self.nearest_known(region_code)
        seen = {place.code}
        while place.ended_on and place.ended_on <= on:
            place = self.places[place.successor or place.parent or province_of(place.code)]
            if place.code in seen:
                break
            seen.add(place.code)
        return place

    def upward(self, place: Place) -> Iterator[Place]:
        """The place and those above it, the province last."""
        yield place
        while place.parent:
            place = self.places[place.parent]
            yield place

    def kind_at(self, region_code: str, kind: str) -> str:
        """The kind of office that decides there what is elsewhere decided by `kind`."""
        return self.taken_over.get((region_code, kind), kind)


def office_for(*, kind: str, region: Region | str, level: str, on: date) -> Office | None:
    """The office of that kind at that level for a region on that day. At most one statement.

    Levels: province, city, county, township. 重庆 has no cities, so `city` means the municipality
    there. Where the level has no such office the next one above answers (公积金 of a county is the
    city's). An abolished region is answered for by its successor. None if nobody up to the province
    does that work: the case is then for the `pending_desk`, and known to be unplaced.
    """
    country = _country()
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
    country = _country()
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
    country = _country()
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
    country = _country()
    places = country.upward(country.nearest_known(region_code))
    return frozenset(zone for place in places for zone in place.zones)


def forget_directory() -> None:
    """Read regions afresh at the next look: for tests, and after they have been loaded anew."""
    global _kept
    _kept = None


def _by_region(
    places: Iterable[str], kinds: Iterable[str], on: date
) -> dict[tuple[str, str], Office]:
    """Offices by (region, kind); of several of one kind the first by code."""
    offices = Office.objects.in_force(on).filter(region__in=list(places), kind__in=kinds)
    return {(o.region_id, o.kind): o for o in offices.order_by("-code")}


_kept: Country | None = None


def _country() -> Country:
    global _kept
    kept = _kept
    if kept is None or monotonic() >= kept.fresh_until:
        kept = _read()
        # A first start serves pages while offices are still being loaded: nothing is not kept.
        _kept = kept if kept.places else None
    return kept


def _read() -> Country:
    columns = ("code", "level", "parent_id", "successor_id", "valid_to", "zones")
    places = {
        code: Place(code, level, parent, successor, ended_on, tuple(zones))
        for code, level, parent, successor, ended_on, zones in Region.objects.values_list(*columns)
    }
    taken_over = {
        (region, kind): by
        for region, kind, by in TakenOver.objects.values_list("region_id", "kind", "by_kind")
    }
    return Country(places, taken_over, monotonic() + FRESH_SECONDS)
