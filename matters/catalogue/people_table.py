"""A table of people, CSV or XLSX, as the rows of a question of the kind `people`."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from matters.catalogue.definition import Column, FormField
from matters.catalogue.people_field import LABELS, Row
from matters.catalogue.tables.cells import heading
from matters.catalogue.tables.reading import grids_in
from matters.catalogue.tables.xlsx import Grid, Line, NotReadable

__all__ = ["NotReadable", "PeopleTable", "header_of", "people_in"]

HEADER_WITHIN = 5
# What people call a column besides its name in the form.
ALSO: dict[Column, tuple[str, ...]] = {
    "id_number": ("身份证号码", "证件号码", "居民身份证号"),
    "phone": ("手机", "手机号", "手机号码", "电话"),
    "relation": ("关系",),
    "account": ("公积金账号", "转入地账号", "账号"),
}


@dataclass(frozen=True)
class PeopleTable:
    """rows: as typed into the form. problems: cells that could not be read, with row and column."""

    rows: list[Row]
    problems: list[str]


def header_of(field: FormField) -> str:
    """The columns of the table, as one reads them to somebody who makes it."""
    return "、".join(LABELS[column] for column in field.columns)


def people_in(name: str, content: bytes, field: FormField) -> PeopleTable:
    """The first sheet that has the columns. Raises NotReadable for the file as a whole."""
    grid, header, columns = _with_header(_grids(name, content), field)
    lines = [line for line in grid.lines if line.number > header.number]
    if len(lines) > field.most:
        raise NotReadable(f"表格有 {len(lines)} 人，一次最多 {field.most} 人")
    if not lines:
        raise NotReadable("表格里没有人")
    problems = [text for line in lines for text in _wrong_in(line, columns)]
    return PeopleTable([_row(line, columns, field) for line in lines], problems)


def _grids(name: str, content: bytes) -> list[Grid]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"table{Path(name).suffix.casefold()}"
        path.write_bytes(content)
        return grids_in(path)


def _with_header(grids: list[Grid], field: FormField) -> tuple[Grid, Line, dict[Column, int]]:
    for grid in grids:
        for line in grid.lines[:HEADER_WITHIN]:
            titles = {heading(text): place for place, text in line.cells.items()}
            columns = {column: _place(column, titles) for column in field.columns}
            found = {column: place for column, place in columns.items() if place is not None}
            if "name" in found and len(found) == len(field.columns):
                return grid, line, found
    raise NotReadable(f"没有找到表头：前几行里要有一行写着{header_of(field)}")


def _place(column: Column, titles: dict[str, int]) -> int | None:
    names = (LABELS[column], *ALSO.get(column, ()))
    return next((titles[key] for name in names if (key := heading(name)) in titles), None)


def _wrong_in(line: Line, columns: dict[Column, int]) -> Iterator[str]:
    for column, place in columns.items():
        if place in line.wrong:
            yield f"表格第 {line.number} 行的{LABELS[column]}：{line.wrong[place]}"


def _row(line: Line, columns: dict[Column, int], field: FormField) -> Row:
    codes = {words: code for code, words in field.choices}
    row: Row = {column: line.cells.get(place, "") for column, place in columns.items()}
    if "relation" in row:
        row["relation"] = codes.get(row["relation"], row["relation"])
    return row
