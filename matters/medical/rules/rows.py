"""One rule: a dated row with its scope, its certainty and its source."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from matters.medical.breakdown import CERTAINTIES

__all__ = ["CERTAINTIES", "NONE", "SCOPES", "SETS", "UNKNOWN", "Day", "Row"]

# What a row may be narrowed to, each a set of allowed values; ages are bounds, regions are prefixes.
SETS = ("insured_type", "level", "visit", "filing", "place", "disease")
SCOPES = (*SETS, "person_class", "region", "age_from", "age_to", "is_minor")
UNKNOWN, NONE = "unknown", "none"
_SPAN = re.compile(r"^([≤≈]?)(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?$")


@dataclass(frozen=True)
class Day:
    """A day as a source gives it. first..last: what "2022-08" may mean; None: open ("≤2017", "")."""

    first: dt.date | None
    last: dt.date | None

    @classmethod
    def read(cls, text: str) -> Day:
        """ "≤2017" is an open start: in force by then, since when is not known. Raises ValueError."""
        if not text:
            return cls(None, None)
        match = _SPAN.match(text)
        if match is None:
            raise ValueError(f"读不懂的日期：{text}")
        sign, year, month, day = match.groups()
        first = dt.date(int(year), int(month or 1), int(day or 1))
        if sign == "≤":
            return cls(None, None)
        if day:
            return cls(first, first)
        return cls(first, _last_of(int(year), int(month) if month else None))


def _last_of(year: int, month: int | None) -> dt.date:
    if month is None or month == 12:
        return dt.date(year, 12, 31)
    return dt.date(year, month + 1, 1) - dt.timedelta(days=1)


@dataclass(frozen=True)
class Row:
    """One dated rule. value: a Decimal, text, list or mapping, as its key wants (docs/medical.md).

    valid_from None: an open start ("≤2017"). surely_from: where a source gives only a month or a
    year, its last day. certainty: certain | probable | uncertain | recall. rivals: other values that
    somebody claims. span: the dates as the source gives them. layer: 0 the project's, 1… extra files.
    parameter: the line of the project's list of parameters that it was read from.
    """

    id: str
    key: str
    pool: str
    value: Any
    valid_from: dt.date | None
    valid_to: dt.date | None
    certainty: str
    source: str
    note: str = ""
    unit: str = ""
    scope: Mapping[str, Any] = field(default_factory=dict)
    rivals: tuple[Any, ...] = ()
    label: str = ""
    span: str = ""
    surely_from: dt.date | None = None
    layer: int = 0
    parameter: str = ""
    pool_name: str = ""

    def holds_on(self, day: dt.date) -> bool:
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day <= self.valid_to)

    def begins_vaguely(self, day: dt.date) -> bool:
        """The source names only a month or a year, and the day is inside it."""
        return self.surely_from is not None and day < self.surely_from

    @property
    def is_sure_enough(self) -> bool:
        """Good for a sum: certain or probable."""
        return self.certainty in ("certain", "probable")

    @cached_property
    def weight(self) -> tuple[int, int]:
        """A later layer speaks first; within one, the more a row is narrowed."""
        classes = self.scope.get("person_class")
        more = min(len(each) for each in classes) - 1 if classes else 0
        return self.layer, len(self.scope) + more

    def fits(self, facts: Mapping[str, Any]) -> bool:
        """Whether everything that the row is narrowed to is so."""
        return all(_FITS[name](wanted, facts) for name, wanted in self.scope.items())


def _in(name: str) -> Any:
    return lambda wanted, facts: facts.get(name) in wanted


def _of_class(wanted: frozenset[frozenset[str]], facts: Mapping[str, Any]) -> bool:
    return any(each <= facts.get("person_class", frozenset()) for each in wanted)


def _in_region(wanted: frozenset[str], facts: Mapping[str, Any]) -> bool:
    """A place that is not told is no obstacle: the filing then says what it is."""
    region = facts.get("region") or ""
    return not region or any(region.startswith(each) for each in wanted)


def _from_age(wanted: int, facts: Mapping[str, Any]) -> bool:
    return facts.get("age") is not None and facts["age"] >= wanted


def _to_age(wanted: int, facts: Mapping[str, Any]) -> bool:
    return facts.get("age") is not None and facts["age"] <= wanted


_FITS: dict[str, Any] = {name: _in(name) for name in SETS} | {
    "person_class": _of_class,
    "region": _in_region,
    "age_from": _from_age,
    "age_to": _to_age,
    "is_minor": lambda wanted, facts: facts.get("is_minor", False) is wanted,
}
