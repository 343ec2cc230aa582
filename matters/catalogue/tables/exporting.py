"""The catalogue as a table that `load_table` takes back: CSV with one sheet, XLSX with all."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font

from matters.catalogue import registry
from matters.catalogue.definition import Definition
from matters.catalogue.tables.building import KEYS
from matters.catalogue.tables.cells import LONGEST, harmless
from matters.catalogue.tables.converting import STRUCTURE
from matters.catalogue.tables.loading import known_matters
from matters.catalogue.tables.planning import Known
from matters.catalogue.tables.sheets import (
    DEFINITION,
    FACTS,
    FLOW,
    OTHER,
    OWNER,
    Column,
    Sheet,
    definition_columns,
    matters_sheet,
    part_sheets,
)

BOM = "\ufeff"
WIDE = frozenset(
    {"事项名称", "受理条件", "设定依据", "收件要点", "内容", "备注", "说明", "问题", "材料名称"}
)
_TITLES = {key: title for title, key in KEYS.items()}
Texts = Mapping[str, str]


class TooLong(ValueError):
    """A cell would hold more than a spreadsheet can; the text names it."""


def export_catalogue(path: Path, *, department: str = "") -> int:
    """Write every matter with its last published version; how many. department: its code, or all.

    Raises TooLong; ValueError for a file that is neither .csv nor .xlsx.
    """
    known = [each for _, each in known_matters(department)]
    match path.suffix.casefold():
        case ".csv":
            write_csv(path, known)
        case ".xlsx":
            write_xlsx(path, known)
        case _:
            raise ValueError("只能写 .csv 和 .xlsx 文件")
    return len(known)


def write_csv(path: Path, known: Sequence[Known]) -> None:
    columns = (*FACTS, FLOW, DEFINITION)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(BOM)
        writer = csv.writer(file)
        writer.writerow([column.title for column in columns])
        for each in known:
            texts = _facts(each) | {"definition": STRUCTURE.write(_told(each.definition))}
            writer.writerow([harmless(texts.get(column.key, "")) for column in columns])


def write_xlsx(path: Path, known: Sequence[Known]) -> None:
    book = Workbook(write_only=True)
    rows: dict[str, list[Texts]] = {sheet.key: [] for sheet in (matters_sheet(), *part_sheets())}
    for each in known:
        for key, texts in _rows(each):
            rows[key].append(texts)
    for sheet in (matters_sheet(), *part_sheets()):
        _write_sheet(book, sheet, rows[sheet.key])
    book.save(path)


def _write_sheet(book: Any, sheet: Sheet, rows: Sequence[Texts]) -> None:
    page = book.create_sheet(sheet.title)
    page.freeze_panes = "B2"
    for at, column in enumerate(sheet.columns):
        letters = _letters(at)
        page.column_dimensions[letters].width = 36 if column.title in WIDE else 16
    page.append([_cell(page, column.title, bold=True) for column in sheet.columns])
    for texts in rows:
        page.append([_cell(page, texts.get(column.key, "")) for column in sheet.columns])


def _cell(page: Any, text: str, *, bold: bool = False) -> Any:
    if not text:
        return None
    if len(text) > LONGEST:
        raise TooLong(f"单元格超过 {LONGEST} 字，请改为导出 CSV：{text[:40]}…")
    cell = WriteOnlyCell(page, value=text)
    # What begins with = is a text here, never something to compute.
    cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    elif "\n" in text:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _letters(at: int) -> str:
    return (chr(64 + at // 26) if at >= 26 else "") + chr(65 + at % 26)


def _told(stored: Mapping[str, Any]) -> Mapping[str, Any]:
    """The definition without what stands at its default."""
    definition = Definition.model_validate(stored)
    return definition.model_dump(mode="json", exclude_defaults=True)


def _facts(known: Known) -> dict[str, str]:
    return {**known.row, "flow": _flow_name(known.flow)}


def _flow_name(code: str) -> str:
    try:
        return registry.shape(code).name
    except registry.FlowUnknown:
        return code


def _rows(known: Known) -> Iterator[tuple[str, Texts]]:
    """Every row of a matter with the key of its sheet; what fits no column goes to 其他."""
    told = dict(_told(known.definition))
    owner = {"matter": known.row["name"], "batch": known.row["batch"]}
    other = {key: told.pop(key) for key in OTHER if key in told}
    whole = _facts(known)
    for column in definition_columns():
        value = _taken(told, column.key)
        if value is None:
            continue
        if (text := _written(column, value)) is None:
            # Not as a cell of that column says it (a condition with its situations): whole, apart.
            other[column.key.partition(".")[0]] = told[column.key.partition(".")[0]]
        else:
            whole[column.key] = text
    whole = {at: text for at, text in whole.items() if at.partition(".")[0] not in other}
    yield "", whole
    for sheet in part_sheets():
        if sheet.key == "*" or sheet.key not in told:
            continue
        parts = _part_rows(sheet, told[sheet.key], known.flow)
        if parts is None:
            other[sheet.key] = told[sheet.key]
        else:
            yield from ((sheet.key, {**owner, **texts}) for texts in parts)
    for key, value in other.items():
        yield "*", owner | {"key": _TITLES.get(key, key), "value": STRUCTURE.write(value)}


def _taken(told: Mapping[str, Any], key: str) -> Any:
    whole, _, part = key.partition(".")
    value = told.get(whole)
    return value.get(part) if part and isinstance(value, dict) else value


def _written(column: Column, value: Any) -> str | None:
    """The value as the column's text; None where that text would not give the value back."""
    try:
        text = column.way.write(value)
        same = bool(text) and text == text.strip() and column.way.read(text) == value
    except (ValueError, TypeError):
        return None
    return text if same else None


def _part_rows(sheet: Sheet, value: Any, flow: str) -> list[Texts] | None:
    names = _names(flow)
    if sheet.key in ("hops", "certainty"):
        key, said = (column.key for column in sheet.columns[len(OWNER) :])
        value = [{key: each, said: told} for each, told in value.items()]
    rows: list[Texts] = []
    for part in value:
        texts: dict[str, str] = {}
        for column in sheet.columns[len(OWNER) :]:
            if part.get(column.key) in (None, ""):
                continue
            text = _written(column, part[column.key])
            if text is None:
                return None
            word = _TITLES.get(text, text) if sheet.key == "certainty" else text
            texts[column.key] = names.get((column.key, text), word)
        rows.append(texts)
    return rows


def _names(flow: str) -> dict[tuple[str, str], str]:
    """Seats and states by the words of their flow."""
    try:
        shape = registry.shape(flow)
    except registry.FlowUnknown:
        return {}
    seats = {("seat", code): name for code, name in shape.seat_names}
    return seats | {("state", code): name for code, name in shape.state_names}
