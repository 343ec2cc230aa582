"""Many steps written as `ledger.write_step` writes one: cases, events, notices in one statement."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import connection, models

from tongban.notices.models import Notice

from .ledger import LostCase, MicrosecondEncoder
from .models import Case, Event

if TYPE_CHECKING:
    from .perform import Taken

# As JSON they are what they are in Python; any other column is prepared by its field.
PLAIN = (
    "AutoField", "BigAutoField", "BigIntegerField", "BooleanField", "CharField", "DateField",
    "DateTimeField", "ForeignKey", "FSMField", "IntegerField", "JSONField", "PositiveIntegerField",
    "PositiveSmallIntegerField", "SmallIntegerField", "TextField", "UUIDField", "ArrayField",
)  # fmt: skip


def write_steps(taken: Sequence[Taken]) -> None:
    """Write the moved cases, their events and what is owed, to people and to systems. One statement.

    The rows come as JSON, a text for each table: values one by one would be tens of thousands of
    parameters. The cases must be locked. Raises LostCase, and then nothing may be kept.
    """
    notices = [notice for each in taken for notice in each.owed]
    rows = {
        "cases": _as_json(Case, [each.act.case for each in taken]),
        "events": _as_json(Event, [each.event for each in taken]),
        "notices": _as_json(Notice, notices),
        "told": json.dumps([_told(each) for each in taken], cls=MicrosecondEncoder),
    }
    with connection.cursor() as cursor:
        cursor.execute(_statement(), rows)
        ids = {case_id: event_id for event_id, case_id in cursor.fetchall()}
    for each in taken:
        if each.event.case_id not in ids:
            raise LostCase(f"case {each.event.case_id} was not at step {each.event.seq - 1}")
        each.event.pk = ids[each.event.case_id]


@functools.cache
def _statement() -> str:
    """A case that is not where it was gets no event, and the caller is told."""
    moved = [f.column for f in Case._meta.concrete_fields if f.attname != "id"]
    owed = ", ".join(_columns(Notice))
    kept = ", ".join(_columns(Event))
    return f"""
WITH moved AS (
    UPDATE cases_case AS was SET {", ".join(f"{column} = now.{column}" for column in moved)}
    FROM jsonb_populate_recordset(NULL::cases_case, %(cases)s::jsonb) AS now
    WHERE was.id = now.id AND was.seq = now.seq - 1
    RETURNING was.id, was.number, was.office_ids
), told AS (
    INSERT INTO notices_notice ({owed})
    SELECT {owed} FROM jsonb_populate_recordset(NULL::notices_notice, %(notices)s::jsonb)
    ON CONFLICT DO NOTHING
), systems AS (
    INSERT INTO notices_notice (event_key, channel, recipient, template, context, subject_kind,
        subject_key, next_attempt_at, created_at)
    SELECT told.key, 'webhook', 'endpoint:' || e.id, 'event', told.context, 'case', moved.number,
        told.at, told.at
    FROM jsonb_to_recordset(%(told)s::jsonb)
        AS told(id bigint, key text, context jsonb, at timestamptz)
    JOIN moved ON moved.id = told.id
    JOIN notices_endpoint e ON e.is_active AND e.office_ids && moved.office_ids
    ON CONFLICT DO NOTHING
)
INSERT INTO cases_event ({kept})
SELECT {kept} FROM jsonb_populate_recordset(NULL::cases_event, %(events)s::jsonb) AS new
WHERE new.case_id IN (SELECT moved.id FROM moved)
RETURNING id, case_id
"""  # noqa: S608


def _told(taken: Taken) -> dict[str, Any]:
    """What a system of an office with a part in the case hears; see `ledger`."""
    case, event = taken.act.case, taken.event
    return {
        "id": case.pk,
        "key": f"case:{event.case_id}:{event.seq}",
        "at": event.recorded_at,
        "context": {
            "number": case.number,
            "step": event.step,
            "state": event.to_state,
            "seq": event.seq,
            "at": event.at,
        },
    }


def _as_json(model: type[models.Model], rows: Sequence[models.Model]) -> str:
    plain, binary, prepared = _kinds(model)
    given = []
    for row in rows:
        values = row.__dict__
        one = {column: values[name] for name, column in plain}
        for name, column in binary:
            one[column] = "\\x" + bytes(values[name]).hex()
        for field in prepared:
            one[field.column] = field.get_db_prep_save(values[field.attname], connection)
        given.append(one)
    return json.dumps(given, cls=MicrosecondEncoder, ensure_ascii=False, allow_nan=False)


@functools.cache
def _kinds(
    model: type[models.Model],
) -> tuple[list[tuple[str, str]], list[tuple[str, str]], list[models.Field[Any, Any]]]:
    """The columns of a table: as they are, binary ones, and those whose field prepares them."""
    plain, binary, prepared = [], [], []
    for field in model._meta.concrete_fields:
        kind = type(field).__name__
        if kind == "BinaryField":
            binary.append((field.attname, field.column))
        elif kind in PLAIN:
            plain.append((field.attname, field.column))
        else:
            prepared.append(field)
    return plain, binary, prepared


def _columns(model: type[models.Model]) -> list[str]:
    """All but the id, which the table gives."""
    return [field.column for field in model._meta.concrete_fields if field.attname != "id"]
