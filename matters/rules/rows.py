"""One rule: a dated row with its scope, its certainty and its source."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

from .scopes import Facts, Scope

CERTAINTIES = {
    "certain": "确定",
    "probable": "很可能",
    "uncertain": "未查实",
    "recall": "凭记忆，未见原文",
}
UNKNOWN, NONE = "unknown", "none"
_SPAN = re.compile(r"^([≤≈]?)(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?$")
_QUARTER = re.compile(r"^(\d{4})-Q([1-4])$")


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
        if quarter := _QUARTER.match(text):
            year, month = int(quarter[1]), 3 * int(quarter[2])
            return cls(dt.date(year, month - 2, 1), _last_of(year, month))
        match = _SPAN.match(text)
        if match is None:
            raise ValueError(f"读不懂的日期：{text}")
        sign, year_text, month_text, day_text = match.groups()
        first = dt.date(int(year_text), int(month_text or 1), int(day_text or 1))
        if sign == "≤":
            return cls(None, None)
        if day_text:
            return cls(first, first)
        return cls(first, _last_of(first.year, first.month if month_text else 12))


def _last_of(year: int, month: int) -> dt.date:
    following = dt.date(year + month // 12, month % 12 + 1, 1)
    return following - dt.timedelta(days=1)


@dataclass(frozen=True)
class Row:
    """One dated rule. value: a Decimal, text, list or mapping, as its key wants.

    valid_from None: an open start ("≤2017"). surely_from: where a source gives only a month, a quarter
    or a year, its last day. certainty: certain | probable | uncertain | recall. rivals: other values that
    somebody claims. span: the dates as the source gives them. layer: 0 the project's, 1… extra files.
    parameter: the line of the project's list of parameters that it was read from. SCOPES: what rows of
    this field may be narrowed to.
    """

    SCOPES: ClassVar[Mapping[str, Scope]] = {}

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
        narrowed = (self.SCOPES[name].weight(wanted) for name, wanted in self.scope.items())
        return self.layer, sum(narrowed)

    def fits(self, facts: Facts) -> bool:
        """Whether everything that the row is narrowed to is so."""
        return all(self.SCOPES[name].fits(wanted, facts) for name, wanted in self.scope.items())
