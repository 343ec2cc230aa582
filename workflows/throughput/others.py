"""Queries 查询 and appointments 预约: read from a table of their own, never beside applications."""

from __future__ import annotations

from .figures import Sums, within
from .measures import OTHERS
from .models import DayOther
from .periods import Period
from .scope import Scope
from .settled import summed


def by_matter(scope: Scope, period: Period) -> dict[int, Sums]:
    """What was asked, answered, booked and visited, by matter. One statement."""
    rows = within(DayOther, scope, period.first, period.last).filter(scope.matters())
    return {
        row["matter_id"]: Sums({code: row[f"n_{code}"] for code in OTHERS})
        for row in summed(rows, ("matter_id",), tuple(OTHERS))
    }
