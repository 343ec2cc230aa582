"""The shape of the country: what lies above what, who succeeds whom, who decides instead of whom.

Remembered in the process for a minute: regions change a few times a year, and finding an office
should cost the one statement that finds the office.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from time import monotonic

from .codes import UnknownRegion, lineage, province_of
from .models import Region, TakenOver

FRESH_SECONDS = 60.0


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


_kept: Country | None = None


def the_country() -> Country:
    """As it was at most a minute ago. Two statements, none while warm."""
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


def forget_directory() -> None:
    """Read regions afresh at the next look: for tests, and after they have been loaded anew."""
    global _kept
    _kept = None
