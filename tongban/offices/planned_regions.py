"""The regions that there should be, read from `regions.csv`, with two townships for each county.

No list of the real townships is at hand, so the townships are demonstrations (示范): enough for a
case to reach 乡镇街道.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from .codes import province_of
from .naming import Site
from .tables import BadData, Row, day_or_none, listed, rows

LEVELS = ("province", "city", "county")
TOWNSHIPS = (("901", "示范街道"), ("902", "示范镇"))


@dataclass(frozen=True, slots=True)
class PlannedRegion:
    """A row of Region to be; days are half-open as in the model."""

    code: str
    name: str
    level: str
    parent: str
    zones: tuple[str, ...]
    short_name: str
    area_code: str
    valid_from: date | None
    valid_to: date | None
    successor: str
    has_temporary_code: bool
    note: str
    is_demonstration: bool = False


def planned_regions(path: Path) -> dict[str, PlannedRegion]:
    """Provinces, cities and counties by code, those above first. Raises BadData."""
    found: list[PlannedRegion] = []
    problems: list[str] = []
    for where, row in rows(path, "code", "name", "parent", "level", "valid_from", "valid_to"):
        try:
            found.append(_read(row))
        except ValueError as mistake:
            problems.append(f"{where}:日期写错了({mistake})")
    regions = {region.code: region for region in found}
    if len(regions) < len(found):
        problems.append(f"{path.name}:有重复的代码")
    problems += [text for region in found for text in _problems(region, regions)]
    if problems:
        raise BadData(problems)
    return dict(sorted(regions.items(), key=lambda item: LEVELS.index(item[1].level)))


def sites_of(regions: Iterable[PlannedRegion]) -> dict[str, Site]:
    """Each region as names speak of it; those above must come before those below."""
    sites: dict[str, Site] = {}
    for region in regions:
        sites[region.code] = Site(
            region.code,
            region.name,
            region.level,
            province_of(region.code),
            region.short_name,
            sites.get(region.parent),
        )
    return sites


def townships(county: PlannedRegion) -> Iterator[PlannedRegion]:
    """The two demonstration townships of a county, named without it: 示范街道, 示范镇."""
    for suffix, name in TOWNSHIPS:
        yield replace(
            county,
            code=county.code + suffix,
            name=name,
            level="township",
            parent=county.code,
            zones=(),
            short_name="",
            area_code="",
            successor=county.successor and county.successor + suffix,
            note="示范乡镇街道:没有真实的乡镇名单",
            is_demonstration=True,
        )


def _read(row: Row) -> PlannedRegion:
    return PlannedRegion(
        code=row["code"],
        name=row["name"],
        level=row["level"],
        parent=row["parent"],
        zones=tuple(listed(row["zones"])),
        short_name=row["short_name"],
        area_code=row["area_code"],
        valid_from=day_or_none(row["valid_from"]),
        valid_to=day_or_none(row["valid_to"]),
        successor=row["successor"],
        has_temporary_code=bool(row["temporary_code"]),
        note=row["note"],
    )


def _problems(region: PlannedRegion, regions: dict[str, PlannedRegion]) -> Iterator[str]:
    called = f"{region.code} {region.name}"
    if region.level not in LEVELS:
        yield f"{called}:层级只能是 {'、'.join(LEVELS)},不是 {region.level or '空'}"
    if not region.code or not region.name:
        yield f"{called}:代码和名称都要有"
    if region.code[:2] not in ("50", "51"):
        yield f"{called}:代码不在重庆、四川"
    if region.level != "province" and region.parent not in regions:
        yield f"{called}:上级 {region.parent or '(空)'} 不在表中"
    if region.successor and region.successor not in regions:
        yield f"{called}:承接地 {region.successor} 不在表中"
    if region.successor and not region.valid_to:
        yield f"{called}:有承接地却没有撤销日期"
