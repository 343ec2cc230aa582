"""Looking rules up for one quotation: what was used is kept, what is not known is named."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from matters.rules import MissingRule, Row, RuleBook, RuleMissing


@dataclass
class Reader:
    """instead: values to put in the place of a row's own, by its id: what somebody else claims."""

    book: RuleBook
    on: dt.date
    instead: Mapping[str, Any] = field(default_factory=dict)
    used: dict[str, Row] = field(default_factory=dict)
    missing: list[MissingRule] = field(default_factory=list)
    facts_of: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def value(self, key: str, city: str, **facts: Any) -> Any:
        """The value that holds; raises RuleMissing where there is none, or only an unproven claim."""
        row = self.book.row_at(key, city, self.on, facts)
        if row is None:
            raise RuleMissing([self.book.missing(key, city, self.on)])
        if row.value is None or not row.is_sure_enough:
            raise RuleMissing([self.book.missing(key, city, self.on, why=_unproven(row))])
        self.used[row.id], self.facts_of[row.id] = row, facts
        return self.instead.get(row.id, row.value)

    def value_if_any(self, key: str, city: str, **facts: Any) -> Any | None:
        """As `value`, None where the city has no such rule."""
        return (
            None
            if self.book.row_at(key, city, self.on, facts) is None
            else self.value(key, city, **facts)
        )

    def named_if_missing(self, key: str, city: str, **facts: Any) -> Any | None:
        """As `value`; what is not known is written down and left out of the sum."""
        try:
            return self.value(key, city, **facts)
        except RuleMissing as error:
            self.missing += error.missing
            return None

    def rivals(self) -> list[tuple[Row, Any, str]]:
        """What else may hold, of the rows used: the row, the other value, and why."""
        found: list[tuple[Row, Any, str]] = []
        for row in self.used.values():
            found += [(row, other, "另有说法") for other in row.rivals]
            if row.begins_vaguely(self.on) and row.valid_from is not None:
                before = row.valid_from - dt.timedelta(days=1)
                earlier = self.book.row_at(row.key, row.pool, before, self.facts_of[row.id])
                if earlier is not None and earlier.value is not None:
                    found.append((row, earlier.value, f"起始日只知道是{row.span.split('～')[0]}"))
        return found


def _unproven(row: Row) -> str:
    if row.value is None:
        return f"没有查到{f'：{row.note}' if row.note else ''}"
    return f"只有未经核实的说法（{row.value}），不能据此计算"
