"""An XLSX file as rows of text: what is in it is somebody else's, and may be meant to hurt."""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl

from matters.catalogue.tables.cells import Unreadable, text_of

MOST_BYTES = 20 * 1024 * 1024
MOST_UNPACKED = 200 * 1024 * 1024
MOST_PARTS = 500
MOST_ROWS = 50_000
MOST_COLUMNS = 200
MOST_SHEETS = 40
MOST_MERGED = 20_000
PROLOG = 65_536
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell [^>]*ref="([A-Z]{1,3})([0-9]+):([A-Z]{1,3})([0-9]+)"')


class NotReadable(Exception):
    """The file as a whole cannot be read; the text says why, in Chinese."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its number in the file, its cells by column (from 0), and what is wrong with cells."""

    number: int
    cells: dict[int, str]
    wrong: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet by its title, its rows without the empty ones. merged: a cell covers those below it."""

    title: str
    lines: tuple[Line, ...]


def grids_of(path: Path) -> list[Grid]:
    """All visible sheets. Raises NotReadable."""
    _judge(path)
    formulas: dict[tuple[str, int, int], None] = {}
    try:
        raw = _raw(path, formulas)
        cached = _cached(path, formulas) if formulas else {}
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, SyntaxError) as error:
        raise NotReadable(
            f"打不开这个 XLSX 文件（{type(error).__name__}），请用表格软件另存一次"
        ) from error
    return [Grid(title, tuple(_lines(title, rows, merged, cached))) for title, rows, merged in raw]


def _judge(path: Path) -> None:
    """Refuse what would fill memory or carries entities, before anything is unpacked."""
    if path.stat().st_size > MOST_BYTES:
        raise NotReadable(f"文件超过 {MOST_BYTES // 1024 // 1024} MB")
    if not zipfile.is_zipfile(path):
        raise NotReadable("这不是 XLSX 文件；旧的 .xls 请另存为 .xlsx")
    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
            if len(parts) > MOST_PARTS or sum(p.file_size for p in parts) > MOST_UNPACKED:
                raise NotReadable("文件解开后过大")
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    with packed.open(part) as opened:
                        if b"<!" in opened.read(PROLOG).replace(b"<!--", b""):
                            raise NotReadable("文件里含有文档类型声明，不予读取")
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise NotReadable("文件已损坏或加了密码") from error


Row = list[tuple[int, int, Any]]  # (row, column from 0, value)
Merged = list[tuple[int, int, int, int]]  # first row, first column, last row, last column


def _raw(path: Path, formulas: dict[tuple[str, int, int], None]) -> list[tuple[str, Row, Merged]]:
    book = openpyxl.load_workbook(path, read_only=True, data_only=False)
    try:
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        if len(sheets) > MOST_SHEETS:
            raise NotReadable(f"工作表超过 {MOST_SHEETS} 张")
        found = []
        for sheet in sheets:
            rows: Row = []
            for cell in _cells(sheet):
                if cell.data_type == "f":
                    formulas[sheet.title, cell.row, cell.column - 1] = None
                rows.append((cell.row, cell.column - 1, cell.value))
            found.append((sheet.title, rows, _merged(path, sheet)))
        return found
    finally:
        book.close()


def _cells(sheet: Any) -> Iterator[Any]:
    """The cells that hold something. What the file says of its own size is not believed."""
    sheet.reset_dimensions()
    for nth, row in enumerate(sheet.iter_rows(), 1):
        if nth > MOST_ROWS:
            raise NotReadable(f"工作表《{sheet.title}》超过 {MOST_ROWS} 行")
        for cell in row:
            if cell.value is None:
                continue
            if cell.column > MOST_COLUMNS:
                raise NotReadable(f"工作表《{sheet.title}》超过 {MOST_COLUMNS} 列")
            yield cell


def _cached(
    path: Path, formulas: dict[tuple[str, int, int], None]
) -> dict[tuple[str, int, int], Any]:
    """What the formulas came to when the file was last saved; None where nobody worked it out."""
    found: dict[tuple[str, int, int], Any] = dict.fromkeys(formulas)
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        for sheet in book.worksheets:
            wanted = {(row, column) for title, row, column in formulas if title == sheet.title}
            for cell in _cells(sheet) if wanted else ():
                if (cell.row, cell.column - 1) in wanted:
                    found[sheet.title, cell.row, cell.column - 1] = cell.value
        return found
    finally:
        book.close()


def _merged(path: Path, sheet: Any) -> Merged:
    """Merged cells, which reading row by row does not tell."""
    with zipfile.ZipFile(path) as packed, packed.open(sheet._worksheet_path) as opened:
        xml = opened.read()
    found = _MERGED.findall(xml[xml.rfind(b"</sheetData>") :])[:MOST_MERGED]
    return [
        (int(top), _column(left), int(bottom), _column(right)) for left, top, right, bottom in found
    ]


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _lines(
    title: str, rows: Row, merged: Merged, cached: dict[tuple[str, int, int], Any]
) -> Iterator[Line]:
    lines: dict[int, Line] = {}
    for row, column, value in rows:
        line = lines.setdefault(row, Line(row, {}, {}))
        try:
            if (title, row, column) in cached:
                value = cached[title, row, column]
                if value is None:
                    raise Unreadable("公式没有计算结果，请用表格软件打开并保存，或改为文字")
            if text := text_of(value):
                line.cells[column] = text
        except Unreadable as wrong:
            line.wrong[column] = str(wrong)
    for top, left, bottom, _right in merged:
        # A department written once beside ten matters is said of all ten.
        above = lines.get(top)
        if above is None or left not in above.cells:
            continue
        for row in range(top + 1, min(bottom, top + MOST_ROWS) + 1):
            if row in lines:
                lines[row].cells.setdefault(left, above.cells[left])
    yield from (line for _, line in sorted(lines.items()) if line.cells or line.wrong)
