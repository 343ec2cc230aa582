"""XLSX of what is shown: the figures on one sheet, their definitions on another."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from django.http import HttpResponse
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from .csv_files import harmless
from .tables import Table, Value

KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What a name of a sheet may not hold, and how long it may be.
FORBIDDEN, LONGEST = str.maketrans(dict.fromkeys("[]:*?/\\", " ")), 31
Rows = Iterable[Sequence[Value]]


def xlsx_response(
    name: str, header: Sequence[str], rows: Rows, *, definitions: Sequence[tuple[str, str]]
) -> HttpResponse:
    """A download called `name`.xlsx. definitions: (figure, its 口径), the second sheet."""
    book = Workbook(write_only=True)
    _sheet(book, name, header, rows, wide={})
    _sheet(book, "口径", ("指标", "口径"), definitions, wide={1: 24, 2: 100})
    written = io.BytesIO()
    book.save(written)
    response = HttpResponse(written.getvalue(), content_type=KIND)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.xlsx"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def table_xlsx(table: Table, *, period: str, counted_at: dt.datetime | None) -> HttpResponse:
    """All rows of a table and, on the second sheet, what each column means and of when it is."""
    since = f"{timezone.localtime(counted_at):%Y-%m-%d %H:%M:%S}" if counted_at else "未统计"
    said = [
        ("统计期间", period),
        ("数据截至", since),
        *((column.label, column.definition) for column in table.definitions),
        *([("说明", table.note)] if table.note else []),
    ]
    return xlsx_response(
        f"{table.title}_{period}",
        [column.label for column in table.columns],
        ([cell.value for cell in row.cells] for row in (*table.rows, *table.feet)),
        definitions=said,
    )


def _sheet(
    book: Workbook, title: str, header: Sequence[str], rows: Rows, *, wide: dict[int, int]
) -> None:
    sheet = book.create_sheet(title.translate(FORBIDDEN)[:LONGEST])
    sheet.freeze_panes = "B2"
    for nth in range(1, len(header) + 1):
        letter = get_column_letter(nth)
        sheet.column_dimensions[letter].width = wide.get(nth, 26 if nth == 1 else 16)
    sheet.append([_heading(sheet, label) for label in header])
    for row in rows:
        sheet.append([_plain(value) for value in row])


def _plain(value: Value) -> Value:
    """A number of twenty digits is a text here anyway; nothing is a formula."""
    return value if isinstance(value, str) and value.isdecimal() else harmless(value)


def _heading(sheet: object, label: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, harmless(label))
    cell.font = Font(bold=True)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell
