"""The registers of the small world: both provinces' real resources, and what they say of 林晓梅."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable
from pathlib import Path

from matters.catalogue.models import MatterVersion
from tests.world import LIN_ID, SUBSIDY, World
from tongban.accounts.personal import blind_index
from tongban.offices.models import Department
from tongban.sharing import loading
from tongban.sharing.models import RegisterEntry, Resource
from tongban.sharing.register import name_index
from tongban.sharing.sealed_answers import sealed
from workflows.cases.responsibilities import list_responsibilities

DEPARTMENTS = Path(loading.__file__).parents[1] / "offices" / "data" / "departments.csv"
# A subsidy with six papers, five of which some register could replace.
SIX_PAPERS = [
    {"code": "identity", "name": "残疾人身份证", "shared": "居民身份信息"},
    {"code": "household", "name": "户口簿", "shared": "居民户籍信息"},
    {"code": "disability_card", "name": "残疾人证", "shared": "残疾人证"},
    {"code": "living", "name": "最低生活保障证", "shared": "最低生活保障信息"},
    {"code": "permit", "name": "居住证", "shared": "居住证"},
    {"code": "application", "name": "补贴申请表", "shared": None},
]


def load_registers() -> None:
    with DEPARTMENTS.open(encoding="utf-8") as file:
        Department.objects.bulk_create(
            [Department(code=row["code"], name=row["name"]) for row in csv.DictReader(file)],
            ignore_conflicts=True,
        )
    loading.load_resources()


def list_matter(version: MatterVersion) -> None:
    list_responsibilities(dt.date(2026, 1, 1))


def six_paper_matter(world: World) -> MatterVersion:
    version = world.matter(SUBSIDY, materials=SIX_PAPERS)
    list_matter(version)
    return version


def registered(names: Iterable[str], *, id_number: str = LIN_ID, name: str = "林晓梅") -> None:
    """Those registers know her, and everything agrees; the others know somebody else."""
    for resource in Resource.objects.filter(is_demonstration=False):
        knows = resource.name in names
        RegisterEntry.objects.create(
            resource=resource,
            person_index=blind_index(id_number, "id_number") if knows else "somebody else",
            name_index=name_index(name),
            questions={q["code"]: True for q in resource.questions},
            fields={
                f["code"]: sealed("肢体 三级") if f["personal"] else "2030年12月31日"
                for f in resource.fields
            },
        )
