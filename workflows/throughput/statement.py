"""The one statement that counts a day: all tables of one snapshot, and only wrong rows written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from .models import CountedDay
from .tallies import Tally, day_tallies, events_of

Sql = tuple[str, list[Any]]
# The name of the row that tells how many events there were.
EVENTS = "events"


def recount_statement(day: dt.date, at: dt.datetime) -> Sql:
    """SQL that brings a day's rows in line with its events and returns what it had to change.

    Returned rows: those of `in_line`; besides them one row (EVENTS, NULL, NULL, number of events).
    """
    ending = f"SELECT '{EVENTS}', NULL, NULL, to_jsonb(n) FROM {EVENTS}"  # noqa: S608
    return in_line(day_tallies(day), day, [_events(day), _noted(day, at)], [ending])


def in_line(
    tallies: Sequence[Tally], day: dt.date, more: Sequence[Sql] = (), endings: Sequence[str] = ()
) -> Sql:
    """SQL that brings a day's rows of these tables in line with what is counted.

    Returned rows: (table, key, stood, counted), JSON but for the table. A row that is right
    already is not written. more: further parts; endings: further queries whose rows are returned.
    """
    parts: list[Sql] = []
    found: list[str] = []
    for nth, tally in enumerate(tallies):
        parts += [_counted(nth, tally), _stood(nth, tally, day)]
        parts += [_gone(nth, tally, day), _kept(nth, tally, day)]
        found.append(_changes(nth, tally))
    parts += more
    params = [value for _, values in parts for value in values]
    selects = " UNION ALL ".join([*found, *endings])
    return f"WITH {', '.join(sql for sql, _ in parts)} {selects}", params


def _counted(nth: int, tally: Tally) -> Sql:
    columns = _names((*tally.cut_by, *tally.figures))
    return f"counted{nth} ({columns}) AS MATERIALIZED ({tally.sql})", list(tally.params)


def _stood(nth: int, tally: Tally, day: dt.date) -> Sql:
    return f"stood{nth} AS (SELECT * FROM {tally.table} WHERE day = %s)", [day]  # noqa: S608


def _gone(nth: int, tally: Tally, day: dt.date) -> Sql:
    return (
        f"gone{nth} AS (DELETE FROM {tally.table} t WHERE day = %s AND NOT EXISTS"  # noqa: S608
        f" (SELECT FROM counted{nth} c WHERE {_same(tally, 'c', 't')}))",
        [day],
    )


def _kept(nth: int, tally: Tally, day: dt.date) -> Sql:
    columns, figures = _names((*tally.cut_by, *tally.figures)), tally.figures
    sets = ", ".join(f"{_name(figure)} = EXCLUDED.{_name(figure)}" for figure in figures)
    return (
        f"kept{nth} AS (INSERT INTO {tally.table} AS t (day, {columns})"  # noqa: S608
        f" SELECT %s, {columns} FROM counted{nth}"
        f" ON CONFLICT (day, {_names(tally.cut_by)}) DO UPDATE SET {sets}"
        f" WHERE ({_names(figures, 't')}) IS DISTINCT FROM ({_names(figures, 'EXCLUDED')}))",
        [day],
    )


def _changes(nth: int, tally: Tally) -> str:
    key = ", ".join(f"'{cut}', COALESCE(c.{_name(cut)}, s.{_name(cut)})" for cut in tally.cut_by)
    first = _name(tally.cut_by[0])
    return (
        f"SELECT '{tally.name}', jsonb_build_object({key}),"  # noqa: S608
        f" CASE WHEN s.{first} IS NOT NULL THEN {_object(tally, 's')} END,"
        f" CASE WHEN c.{first} IS NOT NULL THEN {_object(tally, 'c')} END"
        f" FROM counted{nth} c FULL JOIN stood{nth} s ON {_same(tally, 'c', 's')}"
        f" WHERE ({_names(tally.figures, 'c')}) IS DISTINCT FROM ({_names(tally.figures, 's')})"
    )


def _events(day: dt.date) -> Sql:
    rows, params = events_of(day).values("pk").query.sql_with_params()
    return f"{EVENTS} AS (SELECT count(*) AS n FROM ({rows}) r)", list(params)  # noqa: S608


def _noted(day: dt.date, at: dt.datetime) -> Sql:
    return (
        f"noted AS (INSERT INTO {CountedDay._meta.db_table} (day, counted_at, events)"  # noqa: S608
        f" SELECT %s, %s, n FROM {EVENTS} ON CONFLICT (day) DO UPDATE"
        " SET counted_at = EXCLUDED.counted_at, events = EXCLUDED.events)",
        [day, at],
    )


def _object(tally: Tally, row: str) -> str:
    pairs = ", ".join(f"'{figure}', {row}.{_name(figure)}" for figure in tally.figures)
    return f"jsonb_build_object({pairs})"


def _same(tally: Tally, one: str, other: str) -> str:
    return " AND ".join(f"{one}.{_name(cut)} = {other}.{_name(cut)}" for cut in tally.cut_by)


def _names(names: Iterable[str], row: str = "") -> str:
    return ", ".join(f"{row}.{_name(name)}" if row else _name(name) for name in names)


def _name(name: str) -> str:
    return connection.ops.quote_name(name)
