"""One rule: a dated row with its scope, its certainty and its source."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Row:
    """One dated rule. value: a Decimal, text, list or mapping, as its key wants (docs/medical.md).

    valid_from None: an open start ("≤2017"). certainty: certain | probable | uncertain | recall.
    rivals: other values that somebody claims."""

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
    scope: dict[str, Any] = field(default_factory=dict)
    rivals: tuple[Any, ...] = ()
    label: str = ""
