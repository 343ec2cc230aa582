"""Bringing provinces, departments, regions and offices in line with the data files.

Only what differs is written, so a second run writes nothing. What has vanished from the data is
ended, never deleted. Rows that an operator made real (`is_demonstration` False, below the county)
are not touched.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db import models, transaction

from .directory import forget_directory
from .models import Department, Office, Province, Region, TakenOver
from .planned_offices import HOURS, Blueprint, PlannedOffice, blueprint
from .planned_regions import PlannedRegion
from .tables import DATA, BadData, rows

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True, slots=True)
class Change:
    """How many rows were new, were changed, and were ended."""

    new: int
    changed: int
    ended: int

    def __str__(self) -> str:
        return f"新增 {self.new}，更新 {self.changed}，终止 {self.ended}"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a run of `load_offices` did."""

    regions: Change
    offices: Change


def load_offices(*, today: date, plan: Blueprint | None = None) -> Loaded:
    """Write what differs from the data files; all or nothing. Raises BadData."""
    plan = plan or blueprint()
    taken_over = _taken_over(plan)
    with transaction.atomic():
        _write(Province, "code", _provinces())
        _write(Department, "code", _departments())
        regions = _load_regions(plan, today)
        offices = _load_offices(plan.offices, today)
        _load_taken_over(taken_over)
        transaction.on_commit(forget_directory)
    return Loaded(regions, offices)


def _load_regions(plan: Blueprint, today: date) -> Change:
    new, changed = _write(Region, "code", [_region(r, plan) for r in plan.regions.values()])
    gone = Region.objects.exclude(pk__in=plan.regions).filter(valid_to=None)
    # Real townships are entered by operators; the files know none.
    ours = gone.exclude(level=Region.Level.TOWNSHIP, is_demonstration=False)
    return Change(new, changed, ours.update(valid_to=today))


def _load_offices(offices: list[PlannedOffice], today: date) -> Change:
    kept = set(Office.objects.filter(is_demonstration=False).values_list("code", flat=True))
    ours = [_office(office) for office in offices if office.code not in kept]
    new, changed = _write(Office, "code", ours)
    planned = {office.code for office in offices}
    open_now = Office.objects.filter(is_demonstration=True, valid_to=None)
    gone = [pk for pk, code in open_now.values_list("pk", "code") if code not in planned]
    return Change(new, changed, Office.objects.filter(pk__in=gone).update(valid_to=today))


def _write(model: type[M], key: str, wanted: list[M]) -> tuple[int, int]:
    """Insert what is missing and overwrite what differs, in bulk. Returns (new, changed)."""
    fields = [f.attname for f in model._meta.concrete_fields if f.attname not in ("id", key)]
    there = {row[0]: row[1:] for row in model._default_manager.values_list(key, *fields)}
    differing = [
        row
        for row in wanted
        if there.get(getattr(row, key)) != tuple(getattr(row, name) for name in fields)
    ]
    model._default_manager.bulk_create(
        differing,
        batch_size=1000,
        update_conflicts=True,
        unique_fields=[key],
        update_fields=fields,
    )
    changed = sum(getattr(row, key) in there for row in differing)
    return len(differing) - changed, changed


def _region(planned: PlannedRegion, plan: Blueprint) -> Region:
    site = plan.sites[planned.code]
    return Region(
        code=planned.code,
        name=site.place if planned.is_demonstration else planned.name,
        full_name=site.full,
        level=planned.level,
        parent_id=planned.parent or None,
        province_id=site.province,
        zones=list(planned.zones),
        valid_from=planned.valid_from,
        valid_to=planned.valid_to,
        successor_id=planned.successor or None,
        has_temporary_code=planned.has_temporary_code,
        is_demonstration=planned.is_demonstration,
        note=planned.note,
    )


def _office(planned: PlannedOffice) -> Office:
    return Office(
        code=planned.code,
        name=planned.name,
        region_id=planned.region,
        department_id=planned.department,
        kind=planned.kind,
        roles=list(planned.roles),
        address=planned.address,
        phone=planned.phone,
        hours=HOURS,
        is_demonstration=True,
        valid_from=planned.valid_from,
        valid_to=planned.valid_to,
    )


def _provinces() -> list[Province]:
    found = rows(DATA / "provinces.csv", "code", "name", "short", "platform")
    return [Province(**row) for _, row in found]


def _departments() -> list[Department]:
    return [Department(**row) for _, row in rows(DATA / "departments.csv", "code", "name")]


def _taken_over(plan: Blueprint) -> list[dict[str, Any]]:
    columns = ("region", "kind", "by_kind", "source")
    found = list(rows(DATA / "approval-bureau-counties.csv", *columns))
    unknown = [
        f"{where}:没有区划 {row['region']}"
        for where, row in found
        if row["region"] not in plan.regions
    ]
    if unknown:
        raise BadData(unknown)
    return [dict(row) for _, row in found]


def _load_taken_over(wanted: Iterable[dict[str, Any]]) -> None:
    kept = []
    for row in wanted:
        at = {"region_id": row["region"], "kind": row["kind"]}
        values = {"by_kind": row["by_kind"], "source": row["source"]}
        kept.append(TakenOver.objects.update_or_create(**at, defaults=values)[0].pk)
    TakenOver.objects.exclude(pk__in=kept).delete()
