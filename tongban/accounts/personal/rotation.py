"""Re-encrypts all personal data under the newest key, while the site runs.

To rotate: put a new key first in PERSONAL_DATA_KEYS and restart every process; rotate; when nothing
is left under the old key, take it out. What is done already is passed over, so an interrupted run
just starts again.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from .columns import Column, columns
from .sealing import TOKEN_PATTERN, UnreadablePersonalData

BATCH = 500
# NO KEY: rows that point here can still be inserted meanwhile.
LOCK, SKIP = "FOR NO KEY UPDATE", "SKIP LOCKED"


@dataclass(slots=True)
class Outcome:
    """`rotated`: rows re-encrypted; `unreadable`: "table.column key", rows that no key opens."""

    rotated: int = 0
    unreadable: set[str] = field(default_factory=set)


def _unheard(_rows: int) -> None:
    """Nobody watches the progress."""


def rotate(*, batch: int = BATCH, on_progress: Callable[[int], object] = _unheard) -> Outcome:
    """Re-encrypts every column in batches; `on_progress` gets the number of rows just done.

    A first pass leaves rows alone that somebody is changing; a second one waits for each of them.
    """
    outcome = Outcome()
    for column in columns():
        _pass_over(column, outcome, batch=batch, waits=False, on_progress=on_progress)
        # One row at a time: waiting for one while holding others invites a deadlock.
        _pass_over(column, outcome, batch=1, waits=True, on_progress=on_progress)
    return outcome


def stale_rows() -> int:
    """How many rows hold something under an older key."""
    total = 0
    for column in columns():
        condition, parameter = column.stale()
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT count(*) FROM "{column.table}" WHERE {condition}', [parameter])  # noqa: S608
            total += cursor.fetchone()[0]
    return total


def values_by_key() -> dict[str, Counter[str]]:
    """Per "table.column": how many sealed values lie under each key id."""
    counts: dict[str, Counter[str]] = {}
    for column in columns():
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT split_part(substr(found[1], 2), '.', 1), count(*) FROM "  # noqa: S608
                f'"{column.table}", regexp_matches("{column.name}"::text, %s, \'g\') found '
                "GROUP BY 1",
                [f"({TOKEN_PATTERN})"],
            )
            counts[str(column)] = Counter(dict(cursor.fetchall()))
    return counts


def _pass_over(
    column: Column,
    outcome: Outcome,
    *,
    batch: int,
    waits: bool,
    on_progress: Callable[[int], object],
) -> None:
    after: Any = None
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            rows = _claimed(cursor, column, after=after, batch=batch, waits=waits)
            if not rows:
                return
            done = _rewritten(cursor, column, rows, outcome)
        after = rows[-1][0]
        outcome.rotated += done
        on_progress(done)


def _claimed(
    cursor: CursorWrapper, column: Column, *, after: Any, batch: int, waits: bool
) -> list[tuple[Any, str]]:
    """The next (key, stored text), locked against writers until the transaction ends."""
    condition, parameter = column.stale()
    seek, place = (f'AND "{column.key}" > %s', [after]) if after is not None else ("", [])
    lock = LOCK if waits else f"{LOCK} {SKIP}"
    cursor.execute(
        f'SELECT "{column.key}", "{column.name}"::text FROM "{column.table}" '  # noqa: S608
        f'WHERE {condition} {seek} ORDER BY "{column.key}" LIMIT %s {lock}',
        [parameter, *place, batch],
    )
    return list(cursor.fetchall())


def _rewritten(
    cursor: CursorWrapper, column: Column, rows: list[tuple[Any, str]], outcome: Outcome
) -> int:
    changes = []
    for key, stored in rows:
        try:
            resealed = column.resealed(stored)
        except UnreadablePersonalData:
            outcome.unreadable.add(f"{column} {key}")
        else:
            if resealed != stored:
                changes.append((resealed, key))
    cursor.executemany(
        f'UPDATE "{column.table}" SET "{column.name}" = %s{column.cast} '  # noqa: S608
        f'WHERE "{column.key}" = %s',
        changes,
    )
    return len(changes)
