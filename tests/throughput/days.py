"""What the tests of the figures say of days."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.world import SHANGHAI
from workflows.throughput.models import DayDirection

DAY = dt.date(2026, 9, 21)  # a Monday


def moment(text: str) -> dt.datetime:
    """'2026-09-21 23:59:59' in Shanghai."""
    return dt.datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=SHANGHAI)


def figure(name: str, day: dt.date = DAY, table: type[Any] = DayDirection, **cell: Any) -> int:
    """A figure of a day over all cells that match."""
    return sum(table.objects.filter(day=day, **cell).values_list(name, flat=True))


NOON = moment("2026-09-22 15:00:00")  # "now" on the pages of these tests
