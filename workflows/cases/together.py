"""What cases that take the same step at the same time read and write once for all of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from django.db import connection, models

T = TypeVar("T")


class Together:
    """A group of cases on its way. A step taken in one case alone has none."""

    def __init__(self, case_ids: Sequence[int]) -> None:
        self.case_ids = tuple(case_ids)
        self._known: dict[Hashable, Any] = {}
        self._rows: dict[type[models.Model], list[models.Model]] = {}
        self._ids: dict[type[models.Model], Iterator[int]] = {}

    def once(self, about: Hashable, read: Callable[[], T]) -> T:
        """What `read` gives, read when the first case asks."""
        if about not in self._known:
            self._known[about] = read()
        found: T = self._known[about]
        return found

    def of_each(self, read: Callable[[Collection[int]], Mapping[int, T]]) -> Mapping[int, T]:
        """What `read` gives for all the cases, by case."""
        return self.once(read, lambda: read(self.case_ids))

    def write(self, row: models.Model) -> None:
        """Have the row written with the others of its table."""
        self._rows.setdefault(type(row), []).append(row)

    def name(self, row: models.Model) -> None:
        """Give a new row its id before it is written: others point to it. A statement for all cases."""
        model = type(row)
        row.pk = next(self._ids.setdefault(model, self._reserved(model)))

    def flush(self) -> None:
        """Write what has gathered. One statement a table."""
        for model, rows in self._rows.items():
            model._default_manager.bulk_create(rows)
        self._rows.clear()

    def _reserved(self, model: type[models.Model]) -> Iterator[int]:
        """Ids of the table's own sequence, as many at a time as there are cases."""
        while True:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                    [model._meta.db_table, len(self.case_ids)],
                )
                rows = cursor.fetchall()
            yield from (row[0] for row in rows)
