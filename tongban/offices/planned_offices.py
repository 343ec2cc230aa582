"""The offices that there should be: regions × kinds, named by each province's own pattern.

They are demonstrations (示范): that such an office exists is general knowledge, its address and
telephone are made up and cannot be mistaken for real ones.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zlib import crc32

from .naming import Pattern, Site, patterns
from .planned_regions import PlannedRegion, planned_regions, sites_of, townships
from .tables import DATA, BadData, listed, rows

HOURS = "工作日 9:00—12:00、13:00—17:00（示范）"


@dataclass(frozen=True, slots=True)
class Kind:
    """A line of `office-kinds.csv`."""

    code: str
    department: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlannedOffice:
    """A row of Office to be; its code is region-kind and never changes."""

    code: str
    name: str
    region: str
    department: str
    kind: str
    roles: tuple[str, ...]
    address: str
    phone: str
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Blueprint:
    """All regions, those above first, as rows and as names speak of them; and all offices."""

    regions: dict[str, PlannedRegion]
    sites: dict[str, Site]
    offices: list[PlannedOffice]


def blueprint(regions_csv: Path = DATA / "regions.csv") -> Blueprint:
    """Read, check and multiply. Raises BadData with all problems at once."""
    regions = planned_regions(regions_csv)
    for county in [region for region in regions.values() if region.level == "county"]:
        regions |= {township.code: township for township in townships(county)}
    sites = sites_of(regions.values())
    return Blueprint(regions, sites, list(_offices(regions, sites)))


def _offices(regions: dict[str, PlannedRegion], sites: dict[str, Site]) -> Iterator[PlannedOffice]:
    kinds, named = _kinds(), patterns()
    unknown = sorted({pattern.kind for pattern in named} - kinds.keys())
    if unknown:
        raise BadData(
            [f"office-names.csv 里的类别 {kind} 不在 office-kinds.csv" for kind in unknown]
        )
    for region in regions.values():
        site, taken = sites[region.code], set[str]()
        for pattern in named:
            if pattern.kind not in taken and pattern.holds(site):
                taken.add(pattern.kind)
                yield _office(
                    region, kinds[pattern.kind], pattern, site, _area_code(region, regions)
                )


def _office(
    region: PlannedRegion, kind: Kind, pattern: Pattern, site: Site, area_code: str
) -> PlannedOffice:
    code = f"{region.code}-{kind.code}"
    # The same code gives the same number for ever; no Chinese line begins with 0 after its area.
    number = crc32(code.encode())
    return PlannedOffice(
        code=code,
        name=pattern.name_at(site),
        region=region.code,
        department=kind.department,
        kind=kind.code,
        roles=kind.roles,
        address=f"（示范）{site.place}便民路{number % 300 + 1}号",
        phone=f"{area_code}-00{number % 10**6:06}",
        valid_from=region.valid_from,
        valid_to=region.valid_to,
    )


def _area_code(region: PlannedRegion, regions: dict[str, PlannedRegion]) -> str:
    while not region.area_code and region.parent:
        region = regions[region.parent]
    return region.area_code


def _kinds() -> dict[str, Kind]:
    return {
        row["kind"]: Kind(row["kind"], row["department"], tuple(listed(row["roles"])))
        for _, row in rows(DATA / "office-kinds.csv", "kind", "department", "roles")
    }
