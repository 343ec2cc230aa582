"""Sums over the day tables: what the days before today add up to is remembered, today is read anew.

A month is two hundred thousand rows of offices, and only today's seven thousand change, every half
minute. What is remembered holds until any day before today is counted again: the versions of the
rows of `CountedDay` say so, in the same statement. Nothing is ever shown that a recount has changed.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    BooleanField,
    ExpressionWrapper,
    Max,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextField,
)
from django.db.models.expressions import RawSQL
from django.utils import timezone

from .models import CountedDay

Row = dict[str, Any]
# A few scopes and periods of a dozen tables; an entry is a megabyte at most.
REMEMBERED = 48
# Every recount writes its day's row anew, under a transaction of its own.
STAMP = (
    "(SELECT COALESCE(max(xmin::text::bigint), 0) || '.' || count(*)"
    " FROM throughput_countedday WHERE day < %s)"
)


@dataclass(frozen=True)
class Settled:
    """Sums of the days before today, by key. has_live: whether today had a row beside them."""

    stamp: str
    rows: dict[tuple[Any, ...], tuple[int, ...]]
    has_live: bool


_settled: OrderedDict[tuple[str, str], Settled] = OrderedDict()


def forget_settled() -> None:
    """Empty the memory: for tests."""
    _settled.clear()


def summed(
    rows: QuerySet[Any], keys: Iterable[str], figures: Iterable[str]
) -> Iterable[dict[str, Any]]:
    """Rows of keys and sums, each sum as `n_<figure>`. One statement, two after a recount of the past."""
    by, totals = tuple(keys), {f"n_{name}": Sum(name) for name in figures}
    today = timezone.localdate()
    stamp = RawSQL(STAMP, [today], output_field=TextField())  # noqa: S611
    live = Q(day__gte=today)
    name = (str(rows.order_by().values(*by).annotate(**totals).query), str(today))
    kept = _settled.get(name)
    if kept is not None and kept.has_live:
        found = list(rows.filter(live).order_by().values(*by).annotate(stamp=Max(stamp), **totals))
        if found and found[0]["stamp"] == kept.stamp:
            _used(name)
            return _merged(kept.rows, found, by, tuple(totals))
    elif kept is not None:
        # Nothing of today then; there may be by now.
        now = CountedDay.objects.values_list(stamp, Subquery(rows.filter(live).values("day")[:1]))[
            :1
        ]
        if list(now) == [(kept.stamp, None)]:
            _used(name)
            return _merged(kept.rows, [], by, tuple(totals))
    return _read(name, rows, by, totals, stamp, live)


def _used(name: tuple[str, str]) -> None:
    # Another thread may have just let go of it.
    with suppress(KeyError):
        _settled.move_to_end(name)


def _read(
    name: tuple[str, str],
    rows: QuerySet[Any],
    by: tuple[str, ...],
    totals: dict[str, Any],
    stamp: RawSQL,
    live: Q,
) -> list[Row]:
    """All of it, and what is settled kept for the next one."""
    is_live = ExpressionWrapper(live, output_field=BooleanField())
    marked = rows.order_by().annotate(is_live=is_live).values(*by, "is_live")
    found = list(marked.annotate(stamp=Max(stamp), **totals))
    if not found:
        return []
    settled = {
        tuple(row[key] for key in by): tuple(row[total] for total in totals)
        for row in found
        if not row["is_live"]
    }
    now = [row for row in found if row["is_live"]]
    _settled[name] = Settled(found[0]["stamp"], settled, bool(now))
    while len(_settled) > REMEMBERED:
        _settled.popitem(last=False)
    return _merged(settled, now, by, tuple(totals))


def _merged(
    settled: dict[tuple[Any, ...], tuple[int, ...]],
    live: list[Row],
    by: tuple[str, ...],
    totals: tuple[str, ...],
) -> list[Row]:
    today = {tuple(row[key] for key in by): tuple(row[total] for total in totals) for row in live}
    return [
        dict(zip((*by, *totals), (*key, *_sum(settled.get(key), today.get(key))), strict=True))
        for key in {**settled, **today}
    ]


def _sum(one: tuple[int, ...] | None, other: tuple[int, ...] | None) -> tuple[int, ...]:
    if one is None or other is None:
        return one or other or ()
    return tuple(a + b for a, b in zip(one, other, strict=True))
