"""A table of matters into the database: all of it or none, and nothing twice."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from matters.catalogue import registry
from matters.catalogue.facts import Problem
from matters.catalogue.loading import Loaded, NotLoaded, apply, wait_for_other_loads
from matters.catalogue.models import Matter, MatterVersion
from matters.catalogue.tables.planning import NO_DEFAULTS, Defaults, Known, plan_of
from matters.catalogue.tables.reading import read_table
from matters.catalogue.tables.sheets import CERTAINTY, KINDS
from matters.catalogue.tables.xlsx import NotReadable
from tongban.offices.models import Department

MODE_WORDS = {
    "online": "全程网办",
    "collect": "异地代收代办",
    "joint": "多地联办",
    "delegated": "异地授权",
}


def load_table(
    path: Path, *, on: dt.date | None = None, defaults: Defaults = NO_DEFAULTS
) -> Loaded:
    """Make the matters in a CSV or XLSX file what it says; matters that it doesn't name stay.

    Raises NotLoaded, with all that is wrong, and changes nothing unless every row is right.
    """
    try:
        table = read_table(path)
    except NotReadable as refused:
        raise NotLoaded([Problem(path.name, "", str(refused))]) from refused
    departments = dict(Department.objects.values_list("name", "code"))
    with transaction.atomic():
        wait_for_other_loads()
        known = {(matter.name, matter.source_batch): known for matter, known in known_matters()}
        plan = plan_of(table, known=known, departments=frozenset(departments), defaults=defaults)
        if plan.problems or not plan.matters:
            nothing = [Problem(path.name, "", "表里没有一行事项")]
            raise NotLoaded(plan.problems or nothing)
        loaded = apply(plan.matters, departments, on or timezone.localdate(), by_table=True)
    return replace(loaded, remarks=table.remarks)


def known_matters(department: str = "") -> list[tuple[Matter, Known]]:
    """Every matter with its last published version, in the catalogue's order. Two statements.

    department: its code, or all.
    """
    matters = Matter.objects.select_related("department").order_by("pk")
    versions = MatterVersion.objects.published().order_by("number")
    if department:
        matters = matters.filter(department=department)
        versions = versions.filter(matter__department=department)
    last = {version.matter_id: version for version in versions}
    return [(m, known_of(m, last[m.pk])) for m in matters if m.pk in last]


def known_of(matter: Matter, version: MatterVersion) -> Known:
    word, sure = MODE_WORDS[version.mode], version.mode_certainty
    row = {
        "name": matter.name,
        "batch": matter.source_batch,
        "department": matter.department.name,
        "field": matter.theme,
        "kind": kind_word(version.flow),
        "mode": word if sure == "stated" else "",
        "mode_inferred": word if sure == "inferred" else "",
        "applicant": matter.audience,
        "source_url": matter.source_url,
        "item_code": matter.item_code,
        "note": matter.note,
        "certainty": CERTAINTY[matter.certainty],
    }
    return Known(row, version.flow, version.definition)


def kind_word(flow: str) -> str:
    """办理, 查询, 预约 or 机构间办理, by the flow that a matter runs on."""
    try:
        return KINDS[registry.shape(flow).kind]
    except registry.FlowUnknown:
        return KINDS["application"]
