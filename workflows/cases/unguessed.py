"""A value that the planner takes as it comes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, DateTimeField, Field, Func, Value
from django.db.models.functions import Cast


class Unguessed(Func):
    """(SELECT value): an index finds by it, but the planner does not work out how many rows it meets.

    Of two conditions that go together ("open" and "due": only what is open is ever due) it takes each
    for independent of the other, expects a handful of rows where there are thousands, and reads and
    sorts them all instead of walking an index to the end of a page. Not knowing a value, it expects a
    third of the rows (for arrays that overlap a hundredth), and walks.
    """

    template = "(SELECT %(expressions)s)"

    def __init__(self, value: object, of: Field) -> None:  # type: ignore[type-arg]
        super().__init__(Cast(Value(value, output_field=of), of), output_field=of)


def moment(at: dt.datetime) -> Unguessed:
    return Unguessed(at, DateTimeField())


def keys(ids: Sequence[int]) -> Unguessed:
    return Unguessed(list(ids), ArrayField(BigIntegerField()))
