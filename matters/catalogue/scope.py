"""Where a matter is valid: in both provinces, in one, or only in an area of neighbours.

Said by the list that the matter stands in (`data/batches.csv`: batch, provinces, zones), and for a
single matter by `zones` of its definition. Zones 毗邻地区 are those of the regions (`Region.zones`):
万达开, 泸永江, 高竹新区.
"""

import csv
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from matters.catalogue.facts import DATA
from matters.catalogue.models import MatterVersion
from tongban.offices.directory import zones_of
from tongban.offices.models import Region

# A sentence names so many places, and says how many more there are.
NAMED_PLACES = 8


class Scope(NamedTuple):
    """provinces: whose lists have the matter, none for both. zones: valid only there, none anywhere."""

    provinces: frozenset[str] = frozenset()
    zones: frozenset[str] = frozenset()

    def is_open_in(self, zones: Iterable[str]) -> bool:
        """Whether somebody in these zones can apply."""
        return not self.zones or not self.zones.isdisjoint(zones)


def scope_of(batch: str, zones: Iterable[str] = ()) -> Scope:
    """Of a matter in that list whose definition names `zones`; a list that is not known is both's."""
    listed = _of_batches().get(batch, Scope())
    return Scope(listed.provinces, frozenset(zones) or listed.zones)


def scope_of_version(version: MatterVersion) -> Scope:
    """Of a version whose matter is loaded."""
    return scope_of(version.matter.source_batch, version.definition.get("zones") or ())


def problem_with_place(scope: Scope, region: str) -> str | None:
    """Why nobody can apply from that region, and what to do; None where they can."""
    if not scope.zones or scope.is_open_in(zones_of(region)):
        return None
    return (
        f"这个事项只在{zones_in_words(scope.zones)}办理。您如果在其中，请改选所在的区县；"
        "不在其中的，请向办事所属地的主管部门申请，或拨打 12345 咨询。"
    )


def zones_in_words(zones: Iterable[str]) -> str:
    """万达开（重庆市万州区、重庆市开州区、四川省达州市）. One statement a zone."""
    named = ((zone, _places(zone)) for zone in sorted(zones))
    return "、".join(f"{zone}（{places}）" if places else zone for zone, places in named)


def known_zones() -> frozenset[str]:
    """The zones that regions are in, as the data files say it: for checks without a database."""
    return _zones_of_regions()


def _places(zone: str) -> str:
    rows = Region.objects.filter(zones__contains=[zone], valid_to=None).order_by("code")
    names = list(rows.values_list("full_name", flat=True))
    more = f"等{len(names)}个区县" if len(names) > NAMED_PLACES else ""
    return "、".join(names[:NAMED_PLACES]) + more


@cache
def _of_batches(path: Path = DATA / "batches.csv") -> dict[str, Scope]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {
            row["batch"]: Scope(_listed(row["provinces"]), _listed(row["zones"]))
            for row in csv.DictReader(file)
        }


@cache
def _zones_of_regions() -> frozenset[str]:
    path = Path(__file__).resolve().parents[2] / "tongban" / "offices" / "data" / "regions.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        return frozenset(zone for row in csv.DictReader(file) for zone in _listed(row["zones"]))


def _listed(text: str) -> frozenset[str]:
    return frozenset(filter(None, text.split("|")))
