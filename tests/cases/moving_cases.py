"""A matter in two versions, and as many running cases of the first as a test wants."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.utils import timezone

from matters.catalogue.models import MatterVersion
from tests.world import SUBSIDY, World
from workflows.cases.models import Case
from workflows.cases.move_plan import MovePlan

# Columns that a copy has of its own.
OWN = {"id", "number", "draft_key", "seq", "head"}
_COPIES = """
INSERT INTO cases_case (number, draft_key, seq, head, {columns})
SELECT '9' || lpad((%s::int + n)::text, 19, '0'), gen_random_uuid(), 0, '', {columns}
FROM cases_case, generate_series(1, %s) AS n WHERE id = %s
"""
_PARTIES = """
INSERT INTO cases_party (case_id, {columns})
SELECT c.id, {named} FROM cases_case c, cases_party p
WHERE p.case_id = %s AND c.number LIKE '9%%' AND c.seq = 0
    AND NOT EXISTS (SELECT 1 FROM cases_party WHERE case_id = c.id)
"""


def copies_of(case: Case, count: int, *, first: int = 0) -> None:
    """Rows like that of `case`, with its parties and without its events: they begin a chain anew."""
    fields = [str(f.column) for f in Case._meta.concrete_fields if f.column not in OWN]
    columns = ", ".join(f'"{name}"' for name in fields)
    with connection.cursor() as cursor:
        cursor.execute(_COPIES.format(columns=columns), [first, count, case.pk])
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'cases_party'"
            " AND column_name NOT IN ('id', 'case_id')"
        )
        names = [name for (name,) in cursor.fetchall()]
        listed, named = ", ".join(names), ", ".join(f"p.{name}" for name in names)
        cursor.execute(_PARTIES.format(columns=listed, named=named), [case.pk])


def next_version(world: World, **changes: Any) -> MatterVersion:
    """The subsidy's second version: another promise, another name of the stage, other questions."""
    old = world.matter(SUBSIDY)
    today = timezone.localdate()
    old.valid_to = today
    old.save(update_fields=["valid_to"])
    definition = {**old.definition, **(changes or renewed(old.definition))}
    return MatterVersion.objects.create(
        matter=old.matter,
        number=old.number + 1,
        status="published",
        valid_from=today,
        mode=old.mode,
        mode_certainty=old.mode_certainty,
        flow=old.flow,
        definition=definition,
        published_at=timezone.now(),
    )


def renewed(definition: dict[str, Any]) -> dict[str, Any]:
    """发证 in 10 days instead of 16; a field renamed, one dropped, one new; the stage by another code."""
    fields = [f for f in definition["fields"] if f["code"] != "disability_level"]
    asked = [f | {"code": "person_name"} if f["code"] == "beneficiary_name" else f for f in fields]
    care = {"code": "care", "label": "护理情况", "kind": "choice",
            "choices": [["self", "自理"], ["helped", "需要护理"]]}  # fmt: skip
    stage = definition["stages"][0] | {"code": "review", "name": "审核", "limit": "5G"}
    return {
        "fields": [*asked, care],
        "stages": [stage],
        "promise": "10G",
        "hops": {"collected": "2G", "decided": "3G"},
    }


PLAN = MovePlan(
    stages={"decide": "review"},
    fields={"beneficiary_name": "person_name"},
    drop=("disability_level",),
    defaults={"care": "self"},
)


def all_columns() -> dict[int, dict[str, Any]]:
    """Every case's row but its step and the head of its chain, which only ever grow."""
    rows = [dict(row) for row in Case.objects.values()]
    return {
        int(str(row["id"])): {n: v for n, v in row.items() if n not in ("seq", "head")}
        for row in rows
    }


def columns_of(case_id: int) -> dict[str, Any]:
    row = dict(Case.objects.filter(pk=case_id).values().get())
    return {name: value for name, value in row.items() if name not in ("seq", "head")}
