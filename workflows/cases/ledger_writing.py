"""Writing steps: cases, their events and what is owed, in one statement, for one case as for many.

The rows travel as JSON, one text a table. Written out value by value a step has a hundred parameters
and a group of cases tens of thousands; so it is one text that never changes, planned once a connection.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from tongban.notices.models import Notice
from tongban.prepared import MicrosecondEncoder, as_json, prepared

from .models import Case, Event


class LostCase(RuntimeError):
    """The row that was locked a moment ago did not take the write. Never seen unless a lock is missing."""


@dataclass(frozen=True)
class Move:
    """A case as it stands after a step, the event of the step, and what is owed for it."""

    case: Case
    event: Event
    owed: Sequence[Notice]


def write_steps(moves: Sequence[Move]) -> None:
    """Write moved cases, their events and what is owed, to people and to systems. One statement.

    The cases must be locked by the caller. Raises LostCase, and then nothing may be kept.
    """
    _write(_moving(), moves)


def write_opening(move: Move) -> None:
    """Write a new case, its first event and what is owed. One statement."""
    _write(_beginning(), [move])


def _write(statement: str, moves: Sequence[Move]) -> None:
    rows = {
        "cases": as_json(Case, [move.case for move in moves]),
        "events": as_json(Event, [move.event for move in moves]),
        "notices": as_json(Notice, [notice for move in moves for notice in move.owed]),
        "told": json.dumps([_told(move) for move in moves], cls=MicrosecondEncoder),
    }
    with prepared() as cursor:
        cursor.execute(statement, rows)
        ids = {case_id: event_id for event_id, case_id in cursor.fetchall()}
    for move in moves:
        if move.event.case_id not in ids:
            raise LostCase(f"case {move.event.case_id} was not at step {move.event.seq - 1}")
        move.event.pk = ids[move.event.case_id]


@functools.cache
def _moving() -> str:
    columns = [column for column in _columns(Case) if column != "id"]
    return _statement(f"""
    UPDATE cases_case AS was SET {", ".join(f"{column} = now.{column}" for column in columns)}
    FROM jsonb_populate_recordset(NULL::cases_case, %(cases)s::jsonb) AS now
    WHERE was.id = now.id AND was.seq = now.seq - 1
    RETURNING was.id, was.number, was.office_ids""")  # noqa: S608


@functools.cache
def _beginning() -> str:
    columns = ", ".join(_columns(Case))
    return _statement(f"""
    INSERT INTO cases_case ({columns})
    SELECT {columns} FROM jsonb_populate_recordset(NULL::cases_case, %(cases)s::jsonb)
    RETURNING id, number, office_ids""")  # noqa: S608


def _statement(moved: str) -> str:
    """moved: what writes the cases. One that is not where it was gets no event, and the caller is told.

    What is owed already, by (event, channel, recipient), stays. Systems whose offices have a part in the
    case are owed the event, without a name, an answer or a number of a person.
    """
    owed = ", ".join(_columns(Notice, but="id"))
    kept = ", ".join(_columns(Event, but="id"))
    return f"""
WITH moved AS ({moved}
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


def _told(move: Move) -> dict[str, Any]:
    """What a system of an office with a part in the case hears."""
    case, event = move.case, move.event
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


def _columns(model: type[models.Model], *, but: str = "") -> list[str]:
    """but: a column that the table fills itself."""
    return [str(f.column) for f in model._meta.concrete_fields if f.column != but]
