"""The book: all rule rows by pool and key, and the look-up of the one that holds on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from .rows import Row


@dataclass(frozen=True)
class Exemption:
    """免备案: one dated row. applies: False where it is only known to be unknown. doubt: Chinese, or ""."""

    row: Row
    applies: bool
    doubt: str


class RuleBook:
    """All rules. Look-ups never default: what is not there is None or raises, and is named."""

    def exemption(
        self, *, from_pool: str, to_region: str, insured_type: str, visit: str, on: dt.date
    ) -> Exemption | None:
        """Whether somebody insured in `from_pool` needs a filing to be treated in `to_region` (codes)."""
        return None

    def value(self, key: str, pool: str, on: dt.date, **scope: Any) -> Row:
        """The row of a key that holds on that day: the pool's own, its province's, the nation's.

        Raises RuleMissing. For filing.*, manual.*, clearing.*: read `.value` and show `.certainty`.
        """
        from matters.medical.breakdown import MissingRule, RuleMissing

        raise RuleMissing([MissingRule(key, pool, on.isoformat(), "规则尚未载入。")])


@cache
def _book(extra: tuple[Path, ...]) -> RuleBook:
    return RuleBook()


def rule_book(extra: Sequence[Path] = ()) -> RuleBook:
    """The project's rule files plus those of extra directories (an extra row goes before an equal one)."""
    return _book(tuple(extra))
