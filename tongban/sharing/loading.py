"""The catalogue's real rows, from the files in `data/`. Idempotent; nothing is deleted."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from tongban.offices.models import Department, Office

from .models import Holder, Resource

DATA = Path(__file__).parent / "data"
# 政务数据共享条例 (国务院令第809号) in force: nothing is shared under it before.
SINCE = dt.date(2025, 8, 1)
PROVINCES = ("500000", "510000")


class Unfit(ValueError):
    """The files name what is not there."""


@dataclass(frozen=True, slots=True)
class Loaded:
    holders: int
    resources: int


@transaction.atomic
def load_resources() -> Loaded:
    """Holders and resources as the files have them now. Raises Unfit; changes nothing then."""
    holders = _holders()
    Holder.objects.bulk_create(
        holders,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "province", "region_code", "department", "office"],
    )
    resources = list(_resources({holder.code for holder in holders}))
    Resource.objects.bulk_create(
        resources,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=[
            *("name", "holder", "questions", "fields", "fresh_hours", "kept_at", "certainty")
        ],
    )
    return Loaded(len(holders), len(resources))


def entries() -> list[dict[str, Any]]:
    """The resources of `data/resources.yaml` as they are written there."""
    text = (DATA / "resources.yaml").read_text("utf-8")
    found: list[dict[str, Any]] = yaml.safe_load(text)["resources"]
    return found


def _holders() -> list[Holder]:
    known = set(Department.objects.values_list("code", flat=True))
    with (DATA / "holders.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    if unknown := {row["department"] for row in rows} - known:
        raise Unfit(f"holders.csv: no department {', '.join(sorted(unknown))}")
    # Not every province's office is known to this site; without one a holder answers no demands here.
    offices = dict(
        Office.objects.filter(code__in=[r["office"] for r in rows]).values_list("code", "pk")
    )
    return [
        Holder(
            code=row["code"],
            name=row["name"],
            province_id=row["province"],
            region_code=row["province"],
            department_id=row["department"],
            office_id=offices.get(row["office"]),
        )
        for row in rows
    ]


def _parts(entry: dict[str, Any]) -> list[dict[str, Any]]:
    return [*entry["questions"], *entry.get("fields", [])]


def _resources(holders: set[str]) -> list[Resource]:
    made = []
    for entry in entries():
        if not entry["questions"]:
            raise Unfit(f"resources.yaml: {entry['name']} asks nothing")
        # YAML reads an unquoted `on` or `no` as a yes or no of its own.
        if not all(isinstance(p["code"], str) for p in _parts(entry)):
            raise Unfit(f"resources.yaml: {entry['name']} has a code that is no word")
        for province in PROVINCES:
            holder = f"{province}-{entry['department'].replace('_', '-')}"
            if holder not in holders:
                raise Unfit(f"resources.yaml: {entry['name']} has no holder {holder}")
            made.append(
                Resource(
                    code=f"{province}-{entry['code']}",
                    name=entry["name"],
                    holder_id=holder,
                    questions=entry["questions"],
                    fields=entry.get("fields", []),
                    fresh_hours=entry.get("fresh_hours", 0),
                    kept_at=entry.get("kept_at", Resource.KeptAt.OWNER),
                    certainty=entry["certainty"],
                    valid_from=SINCE,
                )
            )
    return made
