"""The day tables: the last weeks by the project's own count, the years before by copies of those."""

from __future__ import annotations

import datetime as dt

from django.db import connection
from django.utils import timezone

from workflows.throughput.counting import recount
from workflows.throughput.models import (
    DayDirection,
    DayMatter,
    DayOffice,
    DayStay,
)

# What the pages compare goes back this far: ninety days and ninety before.
COUNTED = 100
COPIED = (DayDirection, DayMatter, DayOffice, DayStay)
WEEK = 7


def fill_days(*, counted: int = COUNTED, years: int = 2) -> None:
    """Count the last days from their events; older ones repeat them, week upon week."""
    today = timezone.localdate()
    for back in range(counted):
        recount(today - dt.timedelta(days=back))
    length = counted // WEEK * WEEK
    with connection.cursor() as cursor:
        for model in COPIED:
            table = model._meta.db_table
            names = [
                connection.ops.quote_name(str(field.column))
                for field in model._meta.concrete_fields
                if field.column and field.name != "day"
            ]
            columns = ", ".join(names)
            cursor.execute(
                f"INSERT INTO {table} (day, {columns}) SELECT day - back * %s, {columns}"  # noqa: S608
                f" FROM {table}, generate_series(1, %s) AS back"
                " WHERE day > %s ON CONFLICT DO NOTHING",
                [length, years * 365 // length, today - dt.timedelta(days=length)],
            )
        cursor.execute("VACUUM ANALYZE")
