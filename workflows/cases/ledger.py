"""The ledger 流转记录: each case's events chained by hash, written with the case in one statement."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from typing import Any, NoReturn

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

from tongban.notices.models import Notice

from .models import Case, Event

Row = tuple[list[str], list[Any]]


class LostCase(RuntimeError):
    """The row that was locked a moment ago did not take the write. Never seen unless a lock is missing."""


# What the hash covers. A column that Event gets later goes into LATER and is hashed only where it
# is filled: the events of before keep the hashes they have.
HASHED = (
    "case_id", "seq", "step", "from_state", "to_state", "stage",
    "actor_id", "actor_kind", "actor_name", "seat", "office_id", "province",
    "to_office_id", "to_province", "origin_province", "owner_province", "matter_id", "mode",
    "is_root", "counts_as", "outcome", "is_late", "working_days", "data", "at", "recorded_at",
)  # fmt: skip
LATER: tuple[str, ...] = ()


def fingerprint(event: Event) -> bytes:
    """sha256(prev ‖ canonical JSON of the event without its id and hash); 32 bytes."""
    content = {name: getattr(event, name) for name in HASHED}
    content |= {name: value for name in LATER if (value := getattr(event, name)) not in (None, "")}
    canonical = json.dumps(
        content, cls=MicrosecondEncoder, sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    return hashlib.sha256(bytes(event.prev) + canonical.encode()).digest()


class MicrosecondEncoder(DjangoJSONEncoder):
    """Instants in UTC with microseconds: Django's own encoder drops what the database keeps."""

    def default(self, o: Any) -> Any:
        if isinstance(o, dt.datetime):
            return o.astimezone(dt.UTC).isoformat(timespec="microseconds")
        return super().default(o)


def as_kept(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts as jsonb gives them back, so that their hash is the same before and after.

    Moments, days and Decimals become text. Raises TypeError for a float: jsonb rewrites 1e16, and
    money and days are counted exactly.
    """
    text = json.dumps(facts, cls=MicrosecondEncoder, allow_nan=False)
    kept: dict[str, Any] = json.loads(text, parse_float=_refuse_float)
    return kept


def _refuse_float(digits: str) -> NoReturn:
    raise TypeError(f"{digits}: no float stands in an event, write a Decimal or a text")


def first_break(events: Sequence[Event]) -> Event | None:
    """The first event of one case (in order) that does not follow from the one before, or None."""
    prev, seq = b"", 0
    for event in events:
        intact = bytes(event.prev) == prev and event.seq == seq + 1
        if not intact or fingerprint(event) != bytes(event.hash):
            return event
        prev, seq = bytes(event.hash), event.seq
    return None


def write_step(case: Case, event: Event, owed: Sequence[Notice]) -> None:
    """Write the moved case, its event and the owed notices. One statement.

    Measured: about two thirds of the cost of three ORM writes. The row must be locked by the caller.
    """
    columns, values = _row(case, skip=("id",))
    pairs = ", ".join(f"{column} = %s" for column in columns)
    moved = (
        f"WITH moved AS (UPDATE {_table(Case)} SET {pairs} WHERE id = %s AND seq = %s RETURNING id)"  # noqa: S608
    )
    _run(moved, [*values, case.pk, case.seq - 1], case, event, owed)


def write_opening(case: Case, event: Event, owed: Sequence[Notice]) -> None:
    """Write a new case, its first event and the owed notices. One statement."""
    columns, values = _row(case)
    moved = (
        f"WITH moved AS (INSERT INTO {_table(Case)} ({', '.join(columns)})"  # noqa: S608
        f" VALUES ({_marks(columns)}) RETURNING id)"
    )
    _run(moved, values, case, event, owed)


def _run(moved: str, values: list[Any], case: Case, event: Event, owed: Sequence[Notice]) -> None:
    statement, arguments = moved, list(values)
    if owed:
        rows = [_row(notice, skip=("id",)) for notice in owed]
        columns = rows[0][0]
        blocks = ", ".join(f"({_marks(columns)})" for _ in rows)
        # Owed once per (event, channel, recipient): what is there already stays.
        statement += (
            f", told AS (INSERT INTO {_table(Notice)} ({', '.join(columns)})"  # noqa: S608
            f" VALUES {blocks} ON CONFLICT DO NOTHING)"
        )
        arguments += [value for _, row in rows for value in row]
    told, more = _told_to_systems(case, event)
    statement, arguments = statement + told, arguments + more
    columns, row = _row(event, skip=("id",))
    # The event is written only if the case was: no case, no event, and the caller is told.
    statement += (
        f" INSERT INTO {_table(Event)} ({', '.join(columns)})"  # noqa: S608
        f" SELECT {_typed_marks(Event, columns)} FROM moved RETURNING id"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments + row)
        written = cursor.fetchone()
    if written is None:
        raise LostCase(f"case {event.case_id} was not at step {event.seq - 1}")
    event.pk = written[0]


def _told_to_systems(case: Case, event: Event) -> tuple[str, list[Any]]:
    """The event owed to every system whose offices have a part in the case; once per endpoint.

    No name, no answer, no number of a person: a system that wants more asks for the case.
    """
    told = {
        "number": case.number,
        "step": event.step,
        "state": event.to_state,
        "seq": event.seq,
        "at": event.at,
    }
    return (
        ", systems AS (INSERT INTO notices_notice (event_key, channel, recipient, template,"
        " context, subject_kind, subject_key, next_attempt_at, created_at)"
        " SELECT %s, 'webhook', 'endpoint:' || e.id, 'event', %s::jsonb, 'case', %s, %s, %s"
        " FROM notices_endpoint e, moved WHERE e.is_active AND e.office_ids && %s::bigint[]"
        " ON CONFLICT DO NOTHING)",
        [
            f"case:{event.case_id}:{event.seq}",
            json.dumps(told, cls=MicrosecondEncoder),
            case.number,
            event.recorded_at,
            event.recorded_at,
            list(case.office_ids),
        ],
    )


def _row(instance: models.Model, skip: tuple[str, ...] = ()) -> Row:
    columns, values = [], []
    for field in instance._meta.concrete_fields:
        if field.attname in skip:
            continue
        columns.append(connection.ops.quote_name(str(field.column)))
        values.append(field.get_db_prep_save(getattr(instance, field.attname), connection))
    return columns, values


def _marks(columns: Sequence[str]) -> str:
    return ", ".join(["%s"] * len(columns))


def _typed_marks(model: type[models.Model], columns: Sequence[str]) -> str:
    """Placeholders cast to their column's type: a bare SELECT has no columns to infer them from."""
    types = {
        connection.ops.quote_name(str(f.column)): f.cast_db_type(connection)
        for f in model._meta.concrete_fields
    }
    return ", ".join(f"%s::{types[column]}" for column in columns)


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)
