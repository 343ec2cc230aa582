"""The zone's own size, filled up with rows marked 示范: 144 departments and 5,460 kinds of resources.

The two figures are the zone's; which resources stand behind them is not published, so these are made
from departments × kinds, always the same ones, and nobody can be asked through them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product

from django.db import connection

from tongban.accounts.demonstration.places import CITIES, COUNTIES
from tongban.offices.models import Department, Office, Region

from ..loading import SINCE
from ..models import Holder, Resource

DEPARTMENTS, KINDS = 144, 5_460
# What any department keeps books on, and of what: 10 × 5 names for each.
BOOKS = ("登记", "许可", "备案", "检查", "处罚", "奖励", "证照", "收费", "补贴", "信用")
OF = ("企业", "个人", "项目", "场所", "设备")
COLUMNS = (
    *("code", "name", "holder_id", "questions", "fields"),
    *("fresh_hours", "kept_at", "connector", "certainty", "is_demonstration", "valid_from"),
)
LINES = (
    *("police", "civil_affairs", "human_resources", "market_regulation", "health", "transport"),
    *("natural_resources", "education", "agriculture", "medical_insurance", "forestry", "ecology"),
)


def fill_up() -> tuple[int, int]:
    """Make what is missing to the zone's size; again, nothing. Returns holders and resources made."""
    before = Resource.objects.count()
    if before >= KINDS:
        return 0, 0
    holders = list(_holders(DEPARTMENTS - Holder.objects.filter(is_demonstration=False).count()))
    Holder.objects.bulk_create(holders, ignore_conflicts=True)
    known = set(Resource.objects.filter(is_demonstration=True).values_list("code", flat=True))
    real = before - len(known)
    _copy([row for row in _rows(holders, KINDS - real) if row[0] not in known])
    return len(holders), Resource.objects.count() - before


def _holders(wanted: int) -> Iterator[Holder]:
    """Departments of the demonstration's cities and counties, linked to their offices where there are any."""
    places = [place.code for place in (*COUNTIES, *CITIES)]
    regions = dict(Region.objects.filter(pk__in=places).values_list("code", "name"))
    names = dict(Department.objects.filter(pk__in=LINES).values_list("code", "name"))
    known = Office.objects.filter(region__in=places).values_list("code", "pk", "name")
    offices = {code: (pk, name) for code, pk, name in known}
    everyone = ((line, place) for line, place in product(LINES, places) if place in regions)
    for _, (line, place) in zip(range(wanted), everyone, strict=False):
        office_id, name = offices.get(
            f"{place}-{line}", (None, f"{regions[place]}{names[line]}部门")
        )
        yield Holder(
            code=f"{place}-{line.replace('_', '-')}",
            name=name,
            province_id=f"{place[:2]}0000",
            region_code=place,
            department_id=line,
            office_id=office_id,
            is_demonstration=True,
        )


def _rows(holders: list[Holder], wanted: int) -> Iterator[tuple[object, ...]]:
    """Round the departments, a kind each, until there are so many; as `COLUMNS`."""
    kinds = product(BOOKS, OF)
    pairs = ((kind, holder) for kind in kinds for holder in holders)
    for _, ((book, of), holder) in zip(range(wanted), pairs, strict=False):
        name = f"{of}{book}信息"
        questions = json.dumps([{"code": "holds", "text": f"有{name}"}], ensure_ascii=False)
        code = f"{holder.code}-{BOOKS.index(book)}{OF.index(of)}"
        fresh = (0, 24, 168)[BOOKS.index(book) % 3]
        kept_at, certainty = Resource.KeptAt.OWNER.value, Resource.Certainty.INFERRED.value
        yield (
            *(code, name, holder.code, questions, "[]"),
            *(fresh, kept_at, "", certainty, True, SINCE),
        )


def _copy(rows: list[tuple[object, ...]]) -> None:
    """Thousands of rows in a tenth of the time that inserts take."""
    with connection.cursor() as cursor:
        statement = f"COPY sharing_resource ({', '.join(COLUMNS)}) FROM STDIN"
        with cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
