"""Statements whose text never changes: planned once a connection, not each time.

Building a queryset's text and planning it take longer than running it where a step reads one row by
its key. The few statements that every step needs are written out and run here; everything else is a
queryset. PostgreSQL keeps a plan per connection and text; psycopg prepares a text that comes again.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

import psycopg
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.db.backends.utils import CursorWrapper
from psycopg._queries import PostgresQuery

M = TypeVar("M", bound=models.Model)


class _Cursor(psycopg.Cursor[Any]):
    """psycopg's own; it also tells Django's log what it runs when that was prepared before."""

    def _send_query_prepared(
        self, name: bytes, pgq: PostgresQuery, *, binary: bool | None = None
    ) -> None:
        self._query = pgq
        super()._send_query_prepared(name, pgq, binary=binary)


@contextmanager
def prepared() -> Iterator[CursorWrapper]:
    """A cursor whose values travel beside the text: the same text is planned once.

    Statements are seen by Django's wrappers and logs as those of any other cursor.
    """
    connection.ensure_connection()
    # The ordinary cursor writes the values into the text, which is a new one each time.
    raw = _Cursor(connection.connection)
    with connection._prepare_cursor(raw) as cursor:  # type: ignore[attr-defined]
        yield cursor


class MicrosecondEncoder(DjangoJSONEncoder):
    """Instants in UTC with microseconds: Django's own encoder drops what the database keeps."""

    def default(self, o: Any) -> Any:
        if isinstance(o, dt.datetime):
            return o.astimezone(dt.UTC).isoformat(timespec="microseconds")
        return super().default(o)


# As JSON they are what they are in Python; any other column is prepared by its field.
PLAIN = (
    "AutoField", "BigAutoField", "BigIntegerField", "BooleanField", "CharField", "DateField",
    "DateTimeField", "ForeignKey", "FSMField", "IntegerField", "JSONField", "PositiveIntegerField",
    "PositiveSmallIntegerField", "SmallIntegerField", "TextField", "UUIDField", "ArrayField",
)  # fmt: skip


def as_json(model: type[models.Model], rows: Sequence[models.Model]) -> str:
    """Rows for `jsonb_populate_recordset` of the model's table: all of them as one parameter.

    Moments keep their microseconds. Raises TypeError and ValueError for what JSON does not know.
    """
    plain, binary, prepared = _kinds(model)
    given = []
    for row in rows:
        values = row.__dict__
        one = {column: values[name] for name, column in plain}
        for name, column in binary:
            one[column] = "\\x" + bytes(values[name]).hex()
        for field in prepared:
            one[str(field.column)] = field.get_db_prep_save(
                field.pre_save(row, add=row._state.adding), connection
            )
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
            binary.append((field.attname, str(field.column)))
        elif kind in PLAIN:
            plain.append((field.attname, str(field.column)))
        else:
            prepared.append(field)
    return plain, binary, prepared


def insert(row: models.Model) -> None:
    """Write a new row of a table without columns that fill themselves. One statement; it has its id then."""
    with prepared() as cursor:
        cursor.execute(_inserting(type(row)), [as_json(type(row), [row])])
        row.pk = cursor.fetchone()[0]
    row._state.adding, row._state.db = False, connection.alias


@functools.cache
def _inserting(model: type[models.Model]) -> str:
    table, key = model._meta.db_table, model._meta.pk.column
    names = [f'"{f.column}"' for f in model._meta.concrete_fields if f.column != key]
    columns = ", ".join(names)
    return f"""
INSERT INTO {table} ({columns})
SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb) RETURNING {key}
"""  # noqa: S608


class Columns(Generic[M]):
    """A model's columns in such a statement, and how their values become an instance again."""

    def __init__(self, model: type[M]) -> None:
        self.model = model
        fields = model._meta.concrete_fields
        self._names = [field.attname for field in fields]
        self._columns = [field.column for field in fields]
        # What the column gives is what Python has, but for JSON and sealed texts.
        self._readers: list[tuple[int, Callable[..., Any]]] = [
            (nth, field.from_db_value)
            for nth, field in enumerate(fields)
            if hasattr(field, "from_db_value")
        ]

    def __len__(self) -> int:
        return len(self._columns)

    def of(self, alias: str) -> str:
        """The list for a SELECT, of the table that goes by this name."""
        return ", ".join(f'{alias}."{column}"' for column in self._columns)

    def instance(self, values: Sequence[Any]) -> M:
        """values: of these columns, in their order."""
        row = list(values)
        for nth, read in self._readers:
            row[nth] = read(row[nth], None, connection)
        return self.model.from_db(connection.alias, self._names, row)
