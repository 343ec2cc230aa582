"""CSV that opens in a spreadsheet as what it is: UTF-8 with a BOM, and no cell a formula."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from django.http import HttpResponse
from django.utils import timezone

from .tables import Table, Value

BOM = "\ufeff"
EXACT_DIGITS = 15
# What makes a spreadsheet compute or break out of its cell, full-width forms and tabs included.
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", "|", "%")


def csv_response(name: str, header: Sequence[str], rows: Iterable[Sequence[Value]]) -> HttpResponse:
    """A download called `name`.csv."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([harmless(label) for label in header])
    writer.writerows([harmless(value) for value in row] for row in rows)
    response = HttpResponse(BOM + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.csv"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def harmless(value: Value) -> str | int | float:
    """Numbers stay numbers; a text that a spreadsheet would compute gets an apostrophe in front."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return value
    if value.isdecimal() and len(value) > EXACT_DIGITS:
        # A case number: the tab makes a text of what would be rounded to fifteen digits.
        return f"\t{value}"
    return f"'{value}" if value.lstrip().startswith(FORMULA) or value[:1] in FORMULA else value


def table_csv(table: Table, *, period: str, counted_at: dt.datetime | None) -> HttpResponse:
    """All rows of a table, each saying of which days it is and when it was counted."""
    since = f"{timezone.localtime(counted_at):%Y-%m-%d %H:%M:%S}" if counted_at else "未统计"
    return csv_response(
        f"{table.title}_{period}",
        [*(column.label for column in table.columns), "统计期间", "数据截至"],
        (
            [*(cell.value for cell in row.cells), period, since]
            for row in (*table.rows, *table.feet)
        ),
    )
