"""The book: all rule rows by pool and key, and the look-up of the one that holds on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from matters.medical.breakdown import MissingRule, RuleMissing

from .exemptions import EXEMPTION, Exemption, exemption_among
from .files import DATA, Pool, RuleFile, RuleFileWrong, read_folder
from .rows import CERTAINTIES, Row
from .words import in_words, name_of_key

NATION = "000000"
# Answers of look-ups kept in a process, a few hundred bytes each.
KEPT = 20_000


class RuleBook:
    """All rules. Look-ups never default: what is not there is None or raises, and is named."""

    def __init__(self, files: Iterable[RuleFile]) -> None:
        self.pools: dict[str, Pool] = {}
        self._rows: dict[tuple[str, str], list[Row]] = {}
        self._kept: dict[tuple[Any, ...], tuple[Row, ...]] = {}
        for each in files:
            self.pools[each.pool.code] = _merged(self.pools.get(each.pool.code), each.pool)
            for row in each.rows:
                self._rows.setdefault((row.pool, row.key), []).append(row)
        for rows in self._rows.values():
            _refuse_twins(rows)
            rows.sort(key=lambda row: row.weight, reverse=True)

    def rows(self, *, pool: str = "", key: str = "") -> list[Row]:
        """All rows of a pool, of a key, or of both; of all pools where none is named."""
        return [
            row
            for (code, name), rows in self._rows.items()
            for row in rows
            if pool in ("", code) and key in ("", name)
        ]

    def row_at(self, key: str, pool: str, on: dt.date, facts: Mapping[str, Any]) -> Row | None:
        """The row that holds on that day for these facts: of the nearest pool that has one, the latest
        layer's most narrowed.

        Looked for in the pool, then its province, then the nation. Raises RuleFileWrong where two
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
        """The row of a key that holds on that day: the pool's own, its province's, the nation's.

        Raises RuleMissing. For filing.*, manual.*, clearing.*: read `.value` and show `.certainty`.
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
        about = in_words(facts, self.pools.get(pool)) if facts else ""
        sentence = f"{self.name_of(pool)}{about}在{on.year}年{on.month}月{on.day}日的“{name_of_key(key)}”{why}"
        return MissingRule(key, pool, on.isoformat(), sentence)

    def name_of(self, pool: str) -> str:
        found = self.pools.get(pool)
        return found.names[0] if found else f"统筹区 {pool} "

    def code_of(self, name: str) -> str:
        """The code of a pool by its name or code; "" if no file has it."""
        if name in self.pools:
            return name
        return next((code for code, pool in self.pools.items() if name in pool.names), "")

    def is_parent(self, pool: str) -> bool:
        """The nation, or a province whose cities have files: nobody is insured there as such."""
        cities = (code for code in self.pools if code[:2] == pool[:2] and code != pool)
        return pool == NATION or (pool.endswith("0000") and any(cities))

    def exemption(
        self, *, from_pool: str, to_region: str, insured_type: str, visit: str, on: dt.date
    ) -> Exemption | None:
        """Whether somebody insured in `from_pool` needs a filing to be treated in `to_region` (codes).

        None: nothing is known of an exemption, so a filing is needed. `applies` False with a doubt:
        it is known to be unknown, so file.
        """
        facts = {"insured_type": insured_type, "visit": visit, "region": to_region}
        rows = [
            row
            for code in (from_pool, from_pool[:2] + "0000")
            for row in self._rows.get((code, EXEMPTION), ())
        ]
        return exemption_among(rows, to_region=to_region, facts=facts, on=on)


def _chain(pool: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((pool, pool[:2] + "0000", NATION)))


def _merged(old: Pool | None, new: Pool) -> Pool:
    """A second file of the same pool adds its names, classes and levels."""
    if old is None:
        return new
    classes = {
        kind: {**old.classes.get(kind, {}), **new.classes.get(kind, {})}
        for kind in {*old.classes, *new.classes}
    }
    names = tuple(dict.fromkeys(old.names + new.names))
    return Pool(new.code, names, classes, {**old.levels, **new.levels})


def _weakest(rows: list[Row]) -> Row:
    """Rows that fit equally well and say the same (免备案 of two ways, and nobody told which): the least
    certain one. Raises RuleFileWrong where they differ."""
    if any((row.value, row.rivals) != (rows[0].value, rows[0].rivals) for row in rows):
        both = "、".join(row.id for row in rows[:2])
        raise RuleFileWrong(f"两条规则同样适用，无法取舍：{both}")
    return max(rows, key=lambda row: list(CERTAINTIES).index(row.certainty))


def _refuse_twins(rows: list[Row]) -> None:
    """Of two rows with one scope and layer only one may hold on a day; bonuses too."""
    seen: dict[str, list[Row]] = {}
    for row in rows:
        same = seen.setdefault(f"{row.layer}{sorted(row.scope.items(), key=str)}", [])
        for other in same:
            if row.key in ("supplement", EXEMPTION):
                continue
            if _starts(row) <= _ends(other) and _starts(other) <= _ends(row):
                raise RuleFileWrong(f"同一条规则有两行在同一天有效：{other.id}、{row.id}")
        same.append(row)


def _starts(row: Row) -> dt.date:
    return row.valid_from or dt.date.min


def _ends(row: Row) -> dt.date:
    return row.valid_to or dt.date.max


@cache
def _own() -> tuple[RuleFile, ...]:
    return tuple(read_folder(DATA, 0))


@cache
def _book(extra: tuple[Path, ...]) -> RuleBook:
    more = (file for nth, folder in enumerate(extra, 1) for file in read_folder(folder, nth))
    return RuleBook((*_own(), *more))


def rule_book(extra: Sequence[Path] = ()) -> RuleBook:
    """The project's rule files plus those of extra directories (an extra row goes first where it fits).

    Cached per process. Raises RuleFileWrong with file and place.
    """
    return _book(tuple(Path(each).resolve() for each in extra))
