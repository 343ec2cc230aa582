"""A file of matters as rows by column key: CSV or XLSX, the header found wherever it stands."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from matters.catalogue.facts import Problem
from matters.catalogue.tables.cells import Unreadable, heading, one_line, text_of, unharmed
from matters.catalogue.tables.sheets import COUNTERS, Column, part_sheets, readable
from matters.catalogue.tables.xlsx import MOST_BYTES, MOST_ROWS, Grid, Line, NotReadable, grids_of

HEADER_WITHIN = 15
NOTES = ("注", "说明", "备注", "合计", "总计")
ENCODINGS = ("utf-8-sig", "gb18030")


@dataclass(frozen=True, slots=True)
class Row:
    """One row by column key; only cells that hold something. wrong: cells that could not be read."""

    where: str
    cells: dict[str, str]
    wrong: dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """matters: the rows of the first sheet. parts: those of the others, by their key.

    given: the columns of the first sheet that are there, filled or not. remarks: what was left
    aside, for whoever loads. problems: what is wrong with the file itself.
    """

    matters: tuple[Row, ...]
    parts: dict[str, tuple[Row, ...]]
    given: frozenset[str]
    remarks: tuple[str, ...]
    problems: tuple[Problem, ...]


def read_table(path: Path) -> Table:
    """Raises NotReadable where the file as a whole is no table of matters."""
    return _table(grids_in(path))


def grids_in(path: Path) -> list[Grid]:
    """Its sheets as rows of text. Raises NotReadable."""
    if not path.is_file():
        raise NotReadable(f"没有这个文件：{path}")
    match path.suffix.casefold():
        case ".csv":
            return [Grid(path.name, tuple(_csv_lines(path)))]
        case ".xlsx" | ".xlsm":
            return grids_of(path)
        case ".xls":
            raise NotReadable("旧的 .xls 文件请另存为 .xlsx")
        case _:
            raise NotReadable("只能读 .csv 和 .xlsx 文件")


def _csv_lines(path: Path) -> Iterator[Line]:
    raw = path.read_bytes()
    if len(raw) > MOST_BYTES:
        raise NotReadable(f"文件超过 {MOST_BYTES // 1024 // 1024} MB")
    reader = csv.reader(io.StringIO(_decoded(raw), newline=""), strict=True)
    begins = 1
    try:
        for row in reader:
            if begins > MOST_ROWS * 100:
                raise NotReadable(f"超过 {MOST_ROWS} 行")
            line = Line(begins, {}, {})
            begins = reader.line_num + 1
            for column, cell in enumerate(row):
                try:
                    if text := text_of(unharmed(cell)):
                        line.cells[column] = text
                except Unreadable as wrong:
                    line.wrong[column] = str(wrong)
            if line.cells or line.wrong:
                yield line
    except csv.Error as error:
        raise NotReadable(f"第{reader.line_num}行不合 CSV 写法，请检查引号") from error


def _decoded(raw: bytes) -> str:
    """Spreadsheets of the provinces save CSV in GB 18030 as often as in UTF-8."""
    for encoding in ENCODINGS:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotReadable("文件编码既不是 UTF-8 也不是 GB 18030")


def _table(grids: Sequence[Grid]) -> Table:
    known = readable()
    by_title = {heading(sheet.title): sheet.key for sheet in part_sheets()}
    matters: list[Row] = []
    parts: dict[str, list[Row]] = {}
    given: set[str] = set()
    remarks: list[str] = []
    problems: list[Problem] = []
    several = len(grids) > 1
    for grid in grids:
        key = by_title.get(heading(grid.title), "")
        header = _header(grid, known[key], "matter" if key else "name")
        if header is None:
            remarks.append(f"工作表《{grid.title}》没有“事项名称”表头，未读取")
            continue
        rows = list(_rows(grid, header, several, remarks, problems))
        if key:
            parts.setdefault(key, []).extend(rows)
        else:
            matters += rows
            given.update(header.columns.values())
    if not given:
        raise NotReadable("没有找到表头：至少要有“事项名称”一列")
    return Table(
        tuple(matters),
        {key: tuple(rows) for key, rows in parts.items()},
        frozenset(given),
        tuple(remarks),
        tuple(problems),
    )


@dataclass(frozen=True, slots=True)
class Header:
    """The row numbers of a header, which column holds what, and the headers that mean nothing here."""

    last_row: int
    columns: dict[int, str]
    unknown: tuple[str, ...]
    twice: tuple[str, ...]


def _header(grid: Grid, columns: Iterable[Column], needed: str) -> Header | None:
    """The row that names most columns, and `needed` among them; a row under it may name the rest.

    Official lists put a title above and split 时限 into 承诺 and 法定 below.
    """
    meanings = {word: column.key for column in columns for word in column.headings}
    best: tuple[int, int] | None = None
    for nth, line in enumerate(grid.lines[:HEADER_WITHIN]):
        keys = [meanings.get(heading(text)) for text in line.cells.values()]
        named = sum(key is not None for key in keys)
        if needed in keys and (best is None or named > best[0]):
            best = (named, nth)
    if best is None:
        return None
    line = grid.lines[best[1]]
    found = dict(line.cells)
    below = grid.lines[best[1] + 1] if best[1] + 1 < len(grid.lines) else None
    second = _second_row(found, below, meanings)
    if second:
        found |= second
    columns_of: dict[int, str] = {}
    unknown, twice = [], []
    for at, text in sorted(found.items()):
        key = meanings.get(heading(text))
        if key is None:
            if heading(text) not in COUNTERS:
                unknown.append(one_line(text))
        elif key in columns_of.values():
            twice.append(one_line(text))
        else:
            columns_of[at] = key
    last = below.number if below is not None and second else line.number
    return Header(last, columns_of, tuple(unknown), tuple(twice))


def _second_row(
    first: dict[int, str], below: Line | None, meanings: dict[str, str]
) -> dict[int, str]:
    """Cells of the row below that name columns which the first leaves open; {} if it is data."""
    if below is None:
        return {}
    found = {}
    for at, text in below.cells.items():
        if heading(text) in meanings:
            found[at] = text
        elif first.get(at) != text:
            return {}
    return {at: text for at, text in found.items() if heading(first.get(at, "")) not in meanings}


def _rows(
    grid: Grid, header: Header, several: bool, remarks: list[str], problems: list[Problem]
) -> Iterator[Row]:
    place = f"《{grid.title}》" if several else f"{grid.title} "
    if header.unknown:
        remarks.append(f"{place.strip()}里不认识的列已略过：{'、'.join(header.unknown)}")
    problems += [Problem(place.strip(), "", "这一列出现了两次", text) for text in header.twice]
    for line in grid.lines:
        if line.number <= header.last_row:
            continue
        where = f"{place}第{line.number}行"
        cells = {key: line.cells[at] for at, key in header.columns.items() if at in line.cells}
        wrong = {key: line.wrong[at] for at, key in header.columns.items() if at in line.wrong}
        text = one_line(next(iter(line.cells.values()), ""))
        alone = len(line.cells) == 1 and not line.wrong
        if alone and ("name" not in cells or text.startswith(NOTES)):
            # 一、公安部门; 注：……
            remarks.append(f"{where}只有一格文字，按说明略过：{text[:40]}")
        elif cells or wrong:
            yield Row(where, cells, wrong)
