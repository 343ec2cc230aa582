"""Statements whose text never changes: planned once a connection, not each time.

Building a queryset's text and planning it take longer than running it where a step reads one row by
its key. The few statements that every step needs are written out and run here; everything else is a
queryset. PostgreSQL keeps a plan per connection and text; psycopg prepares a text that comes again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

import psycopg
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
