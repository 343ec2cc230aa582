"""A page of cases in the order in which they are due, as quick at the end of a queue as at its head.

Cases without a due moment come last. `(due_at, id) > (d, i)` says nothing of them, so from its second
page on every queue is read in two stretches, the dated and the undated, each of which begins right at
its place in an index.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import BooleanField, DateTimeField, F, Func, QuerySet, Value
from django.utils.dateparse import parse_datetime

from workflows.cases.models import Case

PAGE_SIZE = 50
UNDATED = "none"


@dataclass(frozen=True)
class Place:
    """A row's place in the queue. due_at None: among the undated at its end."""

    due_at: dt.datetime | None
    id: int

    @classmethod
    def parse(cls, text: str) -> Place | None:
        """From what `str` gives; None for anything else, as addresses get mangled."""
        moment, _, key = text.rpartition("~")
        try:
            row_id = int(key)
            due_at = None if moment == UNDATED else parse_datetime(moment)
        except ValueError:
            return None
        dated = due_at is not None and due_at.tzinfo is not None
        if not (dated or moment == UNDATED) or not 0 < row_id < 2**63:
            return None
        return cls(due_at, row_id)

    def __str__(self) -> str:
        return f"{self.due_at.isoformat() if self.due_at else UNDATED}~{self.id}"


@dataclass(frozen=True)
class Page:
    """Ids in order, and the places at which the neighbouring pages end or begin."""

    ids: list[int]
    previous: Place | None
    next: Place | None


def page_of(
    queues: Sequence[QuerySet[Case]],
    *,
    after: Place | None = None,
    before: Place | None = None,
    size: int = PAGE_SIZE,
) -> Page:
    """One page over several queues together, one statement. `before` goes first if both are given.

    Each queue should be the front of one index on (…, due_at, id); of each at most `size` + 1 rows
    a stretch are read.
    """
    backwards, place = before is not None, before or after
    order = ("-due_at", "-id") if backwards else ("due_at", "id")
    stretches = [
        stretch.order_by(*order).values_list("due_at", "id")[: size + 1]
        for queue in queues
        for stretch in _stretches(queue, place, backwards)
    ]
    if not stretches:
        return Page([], None, None)
    first, *others = stretches
    both = first.union(*others, all=True).order_by(*order)[: size + 1] if others else first
    found = [Place(due_at, row_id) for due_at, row_id in both]
    more, rows = len(found) > size, found[:size]
    if backwards:
        rows.reverse()
    if not rows:
        return Page([], None, None)
    has_previous, has_next = (more, True) if backwards else (place is not None, more)
    return Page(
        [row.id for row in rows],
        rows[0] if has_previous else None,
        rows[-1] if has_next else None,
    )


def _stretches(
    queue: QuerySet[Case], place: Place | None, backwards: bool
) -> Iterator[QuerySet[Case]]:
    dated, undated = queue.filter(due_at__isnull=False), queue.filter(due_at=None)
    if place is None:
        # From its head an index gives the dated and then the undated by itself.
        yield queue
    elif place.due_at is not None:
        yield dated.filter(row_is_beyond(place, backwards))
        if not backwards:
            yield undated
    else:
        yield undated.filter(id__lt=place.id) if backwards else undated.filter(id__gt=place.id)
        if backwards:
            yield dated


def row_is_beyond(place: Place, backwards: bool) -> Func:
    """(due_at, id) > (…): as one comparison of rows, which an index can begin at.

    Said with AND and OR it would be a filter, and thousands of cases share one midnight.
    """
    here = Func(F("due_at"), F("id"), function="ROW", output_field=DateTimeField())
    there = Func(Value(place.due_at), Value(place.id), function="ROW", output_field=DateTimeField())
    return Func(
        here,
        there,
        template="(%(expressions)s)",
        arg_joiner=" < " if backwards else " > ",
        output_field=BooleanField(),
    )
