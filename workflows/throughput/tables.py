"""A table of figures, for a page and for CSV alike: numbers that open the cases behind them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar, overload

from tongban.templatetags.formats import zh_number, zh_percent

from .measures import COMPARED, RATES, figure

Value = int | float | str | None
T = TypeVar("T")


@dataclass(frozen=True)
class Column:
    """definition: the column's 口径, '' where its name says it."""

    label: str
    definition: str = ""
    is_number: bool = True


@dataclass(frozen=True)
class Cell:
    """`value` goes into a CSV, `text` onto a page, `href` to the cases behind it."""

    value: Value
    text: str
    href: str = ""


@dataclass(frozen=True)
class Row:
    """The first cell names the row. key: tells it from the others, for paging."""

    key: str
    cells: tuple[Cell, ...]
    kind: str = ""


class Rows(Sequence[Row]):
    """Rows that are made when somebody looks at them: of six hundred a page shows a dozen."""

    def __init__(self, of: Sequence[T], make: Callable[[T], Row]) -> None:
        self._of, self._make = of, make

    def __len__(self) -> int:
        return len(self._of)

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Row]: ...
    def __getitem__(self, at: int | slice) -> Row | Sequence[Row]:
        if isinstance(at, slice):
            return tuple(map(self._make, self._of[at]))
        return self._make(self._of[at])


@dataclass(frozen=True)
class Table:
    code: str
    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Row]
    feet: tuple[Row, ...] = ()
    note: str = ""
    empty: str = "这段时间没有数据"
    left_out: int = field(default=0)
    # Many narrow columns: it scrolls inside itself and never becomes a stack of lines.
    is_wide: bool = False

    def first(self, count: int) -> Table:
        """The same with at most `count` rows, and how many that leaves out."""
        return replace(self, rows=self.rows[:count], left_out=max(0, len(self.rows) - count))

    @property
    def body(self) -> list[tuple[Row, list[tuple[Column, Cell]]]]:
        """Each row with its cells beside their columns, as a template walks them."""
        return [(row, self._paired(row)) for row in self.rows]

    @property
    def foot(self) -> list[list[tuple[Column, Cell]]]:
        """The rows that stand below however many are shown: others' totals, and the sum."""
        return [self._paired(row) for row in self.feet]

    def _paired(self, row: Row) -> list[tuple[Column, Cell]]:
        return list(zip(self.columns, row.cells, strict=True))

    @property
    def definitions(self) -> list[Column]:
        return [column for column in self.columns if column.definition]


def name(text: str, href: str = "") -> Cell:
    return Cell(text, text, href)


def count(value: int, href: str = "") -> Cell:
    """A number of cases; there is nothing to open behind a nought."""
    return Cell(value, zh_number(value), href if value else "")


def share(value: float | None) -> Cell:
    return Cell(None if value is None else round(value, 4), zh_percent(value))


def decimal(value: float | None) -> Cell:
    """One digit: working days, hours."""
    if value is None:
        return Cell(None, "—")
    return Cell(round(value, 1), f"{value:,.1f}")


def change(now: int, before: int | None) -> Cell:
    """'+12.5%' against the number before; nothing to say where there was none."""
    if not before:
        return Cell(None, "—")
    ratio = round(now / before - 1, 4)
    return Cell(ratio, f"{'+' if ratio > 0 else '−' if ratio < 0 else ''}{abs(ratio):.1%}")


def points(now: float | None, before: float | None) -> Cell:
    """'+1.2 个百分点' between two rates."""
    if now is None or before is None:
        return Cell(None, "—")
    difference = round((now - before) * 100, 1)
    sign = "+" if difference > 0 else "−" if difference < 0 else ""
    return Cell(difference, f"{sign}{abs(difference)} 个百分点")


def measured(*codes: str) -> list[Column]:
    """Columns of measures and stocks, with their names and definitions."""
    return [Column(figure(code).label, figure(code).definition) for code in codes]


def before(label: str) -> list[Column]:
    """The two columns that compare a number with the period before."""
    return [
        Column(f"上期{label}", COMPARED["before"]),
        Column(f"{label}环比", COMPARED["change"]),
    ]


def rate(label: str, code: str) -> Column:
    return Column(label, RATES[code])


def text(label: str) -> Column:
    return Column(label, is_number=False)


def table(
    code: str, title: str, columns: Sequence[Column], rows: Sequence[Row], **more: object
) -> Table:
    return Table(code, title, tuple(columns), rows, **more)  # type: ignore[arg-type]
