"""The cells of one matter, on all sheets, into one definition; every mistake at its cell."""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

from pydantic import ValidationError

from matters.catalogue import registry
from matters.catalogue.definition import Definition
from matters.catalogue.definition_text import reason_of
from matters.catalogue.facts import Problem
from matters.catalogue.spelling import pinyin
from matters.catalogue.tables.converting import unit_of
from matters.catalogue.tables.reading import Row
from matters.catalogue.tables.sheets import (
    DEFINITION,
    OWNER,
    Column,
    Sheet,
    definition_columns,
    part_sheets,
)

LONGEST_CODE = 40
KEYS = {column.title: column.key for column in definition_columns()}
Stored = dict[str, Any]


class Building:
    """One matter's definition in the making. `problems` fills while it is read."""

    def __init__(self, name: str, row: Row, flow: str, base: Mapping[str, Any]) -> None:
        self.name, self.row, self.flow = name, row, flow
        self.stored: Stored = deepcopy(dict(base))
        self.problems: list[Problem] = []
        # Where the rows of a list of the definition stand: key → (sheet, rows).
        self.places: dict[str, tuple[Sheet, Sequence[Row]]] = {}

    def finished(self, parts: Mapping[str, Sequence[Row]]) -> Definition | None:
        """The definition, or None and `problems` says why."""
        self._take_whole()
        for sheet in part_sheets():
            rows = parts.get(sheet.key, ())
            if rows:
                self._take_part(sheet, rows)
        if self.problems:
            return None
        try:
            return Definition.model_validate(self.stored)
        except ValidationError as error:
            for found in error.errors(include_url=False):
                self.problems.append(self._placed(dict(found)))
            return None

    def _take_whole(self) -> None:
        written = self.row.cells.get(DEFINITION.key)
        if written is not None:
            value = self._value(self.row, DEFINITION)
            if isinstance(value, dict):
                self.stored = value
            elif value is not None:
                self._wrong(self.row, DEFINITION.title, "须写成“键: 值”")
        for column in definition_columns():
            if column.key not in self.row.cells:
                continue
            text = self.row.cells[column.key]
            if column.key in ("promise", "statutory"):
                text = self._with_unit(column, text)
                if text.isdecimal():
                    continue  # as printed: judged against what the definition says
            value = self._value(self.row, column, text)
            if value is not None:
                _put(self.stored, column.key, value)

    def _with_unit(self, column: Column, text: str) -> str:
        said = self.row.cells.get(f"{column.key}_unit", "")
        unit = unit_of(said)
        if said and unit is None:
            self._wrong(
                self.row, f"{column.title}单位", f"没有单位“{said}”，须为工作日、自然日或小时"
            )
        if unit is None:
            return text
        if text.isdecimal():
            return f"{text}{unit}"
        if unit_of(text.lstrip("0123456789 ")) not in (None, unit):
            self._wrong(self.row, column.title, f"“{text}”与单位列的“{said}”不一致")
        return text

    def _take_part(self, sheet: Sheet, rows: Sequence[Row]) -> None:
        match sheet.key:
            case "hops":
                self.stored["hops"] = self._mapping(sheet, rows, "state", "limit")
            case "certainty":
                self.stored["certainty"] = self._mapping(sheet, rows, "key", "certainty")
            case "*":
                for key, value in self._mapping(sheet, rows, "key", "value").items():
                    self.stored[key] = value
            case key:
                self.places[key] = (sheet, rows)
                self.stored[key] = [self._part(sheet, row) for row in rows]

    def _mapping(self, sheet: Sheet, rows: Sequence[Row], key: str, value: str) -> Stored:
        """A sheet of two columns; blank or repeated keys are mistakes."""
        found: Stored = {}
        columns = {column.key: column for column in sheet.columns}
        for row in rows:
            part = self._part(sheet, row)
            named = part.get(key)
            if sheet.key in ("certainty", "*"):
                named = KEYS.get(str(named), named)
            if not named or value not in part:
                missing = columns[value if named else key].title
                if not any(problem.where == row.where for problem in self.problems):
                    self._wrong(row, missing, "不能为空")
            elif named in found:
                self._wrong(row, columns[key].title, f"“{named}”写了两次")
            else:
                found[named] = part[value]
        return found

    def _part(self, sheet: Sheet, row: Row) -> Stored:
        part: Stored = {}
        for column in sheet.columns:
            if column in OWNER or column.key not in row.cells:
                continue
            value = self._value(row, column, self._code(row, column))
            if value is not None:
                part[column.key] = value
        if sheet.column("code") and "code" not in part:
            # A clerk has no use for codes: the name's sound is one.
            named = part.get("name") or part.get("label") or ""
            part["code"] = pinyin(str(named))[:LONGEST_CODE]
        return part

    def _code(self, row: Row, column: Column) -> str:
        """Seats and states by the words that pages use for them; codes stay as they are."""
        text = row.cells[column.key]
        try:
            shape = registry.shape(self.flow)
        except registry.FlowUnknown:
            return text
        names = {"seat": shape.seat_names, "state": shape.state_names}.get(column.key, ())
        codes = {word: code for code, name in names for word in (code, name)}
        if names and text not in codes:
            said = f"流程{shape.name}没有“{text}”，可以填 {'、'.join(name for _, name in names)}"
            self._wrong(row, column.title, said)
        return codes.get(text, text)

    def _value(self, row: Row, column: Column, text: str | None = None) -> Any:
        try:
            return column.way.read(row.cells[column.key] if text is None else text)
        except ValueError as wrong:
            self._wrong(row, column.title, str(wrong))
            return None

    def _wrong(self, row: Row, column: str, text: str) -> None:
        self.problems.append(Problem(row.where, self.name, text, column))

    def _placed(self, found: dict[str, Any]) -> Problem:
        """An error of the definition, at the cell that it is about."""
        loc = [step for step in found["loc"] if not str(step).startswith(("function-", "tagged-"))]
        key = str(loc[0]) if loc else ""
        row, column = self.row, ""
        rest: Sequence[Any] = loc
        if key in self.places and len(loc) > 1 and isinstance(loc[1], int):
            sheet, rows = self.places[key]
            row, rest = rows[loc[1]], loc[3:]
            named = sheet.column(str(loc[2])) if len(loc) > 2 else None
            column = named.title if named else ".".join(map(str, loc[2:3]))
        else:
            column, rest = _column_of(loc)
        text = reason_of(found)
        if found["type"] == "missing":
            sheets = [f"工作表《{sheet.title}》" for sheet in part_sheets()]
            text = "里没有这个事项的行" if column in sheets else "不能为空"
        if rest:
            text = f"{' '.join(map(str, rest))} {text}"
        return Problem(row.where, self.name, text, column)


def _column_of(loc: Sequence[Any]) -> tuple[str, Sequence[Any]]:
    """The title of the column, or the sheet, that a place in a definition stands in."""
    for length in (2, 1):
        key = ".".join(map(str, loc[:length]))
        for column in definition_columns():
            if column.key == key:
                return column.title, loc[length:]
    for sheet in part_sheets():
        if loc and sheet.key == loc[0]:
            return f"工作表《{sheet.title}》", loc[1:]
    return str(loc[0]) if loc else "", loc[1:]


def _put(stored: Stored, key: str, value: Any) -> None:
    whole, _, part = key.partition(".")
    if not part:
        stored[whole] = value
        return
    below = stored.get(whole)
    stored[whole] = {**below, part: value} if isinstance(below, dict) else {part: value}


def owners_of(rows: Sequence[Row]) -> Iterator[tuple[str, str, Row]]:
    """(matter, batch, row) of the rows of a sheet of parts."""
    for row in rows:
        yield row.cells.get("matter", ""), row.cells.get("batch", ""), row
