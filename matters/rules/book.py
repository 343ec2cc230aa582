"""The book: all rule rows by place and key, and the look-up of the one that holds on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from .missing import MissingRule, RuleMissing
from .pool import Pool, RuleFile
from .rows import CERTAINTIES, Row
from .vocabulary import Vocabulary
from .wrong import RuleFileWrong

NATION = "000000"
# Answers of look-ups kept in a process, a few hundred bytes each.
KEPT = 20_000


class RuleBook:
    """All rules of a field. Look-ups never default: what is not there is None or raises, and is named."""

    def __init__(self, files: Iterable[RuleFile], words: Vocabulary) -> None:
        self.words = words
        self.pools: dict[str, Pool] = {}
        self._rows: dict[tuple[str, str], list[Row]] = {}
        self._kept: dict[tuple[Any, ...], tuple[Row, ...]] = {}
        for each in files:
            self.pools[each.pool.code] = _merged(self.pools.get(each.pool.code), each.pool)
            for row in each.rows:
                self._rows.setdefault((row.pool, row.key), []).append(row)
        for (_, key), rows in self._rows.items():
            if key not in words.several:
                _refuse_twins(rows)
            rows.sort(key=lambda row: row.weight, reverse=True)

    def rows(self, *, pool: str = "", key: str = "") -> list[Row]:
        """All rows of a place, of a key, or of both; of all places where none is named."""
        return [
            row
            for (code, name), rows in self._rows.items()
            for row in rows
            if pool in ("", code) and key in ("", name)
        ]

    def row_at(self, key: str, pool: str, on: dt.date, facts: Mapping[str, Any]) -> Row | None:
        """The row that holds on that day for these facts: of the nearest place that has one, the latest
        layer's most narrowed.

        Looked for in the place, then its province, then the nation. Raises RuleFileWrong where two
        rows fit equally well and differ: nobody may guess between them.
        """
        fitting = self._fitting(key, pool, on, facts)
        return fitting[0] if fitting else None

    def rows_at(self, key: str, pool: str, on: dt.date, facts: Mapping[str, Any]) -> list[Row]:
        """All rows of the key that hold then for these facts; of an equal scope the latest layer."""
        found: dict[str, Row] = {}
        for code in _chain(pool):
            for row in self._rows.get((code, key), ()):
                if row.holds_on(on) and row.fits(facts):
                    found.setdefault(f"{row.pool}{sorted(row.scope.items(), key=str)}", row)
        return list(found.values())

    def _fitting(
        self, key: str, pool: str, on: dt.date, facts: Mapping[str, Any]
    ) -> tuple[Row, ...]:
        """The row, or none. Bills of one kind ask the same again and again: answers are kept."""
        asked = (key, pool, on, *facts.items())
        found = self._kept.get(asked)
        if found is None:
            if len(self._kept) >= KEPT:
                self._kept.clear()
            found = self._kept[asked] = self._looked_up(key, pool, on, facts)
        return found

    def _looked_up(
        self, key: str, pool: str, on: dt.date, facts: Mapping[str, Any]
    ) -> tuple[Row, ...]:
        for code in _chain(pool):
            fitting = [
                row
                for row in self._rows.get((code, key), ())
                if row.holds_on(on) and row.fits(facts)
            ]
            if fitting:
                return (_weakest([row for row in fitting if row.weight == fitting[0].weight]),)
        return ()

    def value(self, key: str, pool: str, on: dt.date, **scope: Any) -> Row:
        """The row of a key that holds on that day: the place's own, its province's, the nation's.

        Raises RuleMissing. Read `.value` and show `.certainty`.
        """
        row = self.row_at(key, pool, on, scope)
        if row is None:
            raise RuleMissing([self.missing(key, pool, on)])
        return row

    def missing(
        self,
        key: str,
        pool: str,
        on: dt.date,
        why: str = "没有查到",
        facts: Mapping[str, Any] | None = None,
    ) -> MissingRule:
        """Names a rule that is not known in a Chinese sentence, with what was asked for."""
        about = self.words.about(facts, self.pools.get(pool)) if facts else ""
        day = f"{on.year}年{on.month}月{on.day}日"
        sentence = f"{self.name_of(pool)}{about}在{day}的“{self.words.name_of(key)}”{why}"
        return MissingRule(key, pool, on.isoformat(), sentence)

    def name_of(self, pool: str) -> str:
        found = self.pools.get(pool)
        return found.names[0] if found else f"{self.words.place} {pool} "

    def code_of(self, name: str) -> str:
        """The code of a place by its name or code; "" if no file has it."""
        if name in self.pools:
            return name
        return next((code for code, pool in self.pools.items() if name in pool.names), "")


def _chain(pool: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((pool, pool[:2] + "0000", NATION)))


def _merged(old: Pool | None, new: Pool) -> Pool:
    """A second file of the same place adds its names, classes and levels."""
    if old is None:
        return new
    classes = {
        kind: {**old.classes.get(kind, {}), **new.classes.get(kind, {})}
        for kind in {*old.classes, *new.classes}
    }
    names = tuple(dict.fromkeys(old.names + new.names))
    return Pool(new.code, names, classes, {**old.levels, **new.levels})


def _weakest(rows: list[Row]) -> Row:
    """Rows that fit equally well and say the same: the least certain one. Raises RuleFileWrong where
    they differ."""
    if any((row.value, row.rivals) != (rows[0].value, rows[0].rivals) for row in rows):
        both = "、".join(row.id for row in rows[:2])
        raise RuleFileWrong(f"两条规则同样适用，无法取舍：{both}")
    return max(rows, key=lambda row: list(CERTAINTIES).index(row.certainty))


def _refuse_twins(rows: list[Row]) -> None:
    """Of two rows with one scope and layer only one may hold on a day."""
    seen: dict[str, list[Row]] = {}
    for row in rows:
        same = seen.setdefault(f"{row.layer}{sorted(row.scope.items(), key=str)}", [])
        for other in same:
            if _starts(row) <= _ends(other) and _starts(other) <= _ends(row):
                raise RuleFileWrong(f"同一条规则有两行在同一天有效：{other.id}、{row.id}")
        same.append(row)


def _starts(row: Row) -> dt.date:
    return row.valid_from or dt.date.min


def _ends(row: Row) -> dt.date:
    return row.valid_to or dt.date.max
