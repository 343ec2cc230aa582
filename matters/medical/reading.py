"""Reading rules for one bill: every look-up is remembered, and one value may be exchanged for a rival."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from matters.rules import Row, RuleMissing

from .bill import Bill
from .breakdown import UsedRule
from .rules import RuleBook
from .rules.words import NONE_WORDS, percent

ADULT = 18


def facts_of(bill: Bill) -> dict[str, Any]:
    """What rows may be narrowed to, as it is for this bill."""
    classes = frozenset(bill.person_class.split("+"))
    is_young = bill.age is not None and bill.age < ADULT
    return {
        "insured_type": bill.insured_type,
        "person_class": classes,
        "level": bill.level,
        "visit": bill.visit,
        "filing": bill.filing,
        "place": "inside" if bill.is_inside else "outside",
        "region": bill.treated_at,
        "disease": bill.disease,
        "age": bill.age,
        "is_minor": is_young or "minor" in classes,
    }


class Reading:
    """The rules as one bill reads them. `used`: the rows that were read, in their order.

    instead: row id → the rival value that is tried in its place.
    """

    def __init__(
        self, bill: Bill, book: RuleBook, instead: Mapping[str, Any] | None = None
    ) -> None:
        self.bill = bill
        self.book = book
        self.facts = facts_of(bill)
        self.instead = instead or {}
        self.used: dict[str, Row] = {}
        self.lacks_age = False

    def maybe(self, key: str, **more: Any) -> Row | None:
        """The row for this bill, None where the files have none. `more` overrides facts."""
        bill = self.bill
        facts = self.facts
        if more and any(facts[name] != value for name, value in more.items()):
            facts = facts | more
        row = self.book.row_at(key, bill.pool, bill.on, facts)
        return self._read(row) if row else None

    def one(self, key: str, **more: Any) -> Row:
        """The row for this bill. Raises RuleMissing: a sum is never made on a guess."""
        row = self.maybe(key, **more)
        if row is None:
            bill = self.bill
            raise RuleMissing([self.book.missing(key, bill.pool, bill.on, facts=self.facts)])
        return row

    def all(self, key: str) -> list[Row]:
        bill = self.bill
        return [self._read(row) for row in self.book.rows_at(key, bill.pool, bill.on, self.facts)]

    def of(self, row: Row) -> Any:
        """The row's value, or what is tried instead of it."""
        if row.id in self.instead:
            return self.instead[row.id]
        return claims(row)[0]

    def value(self, key: str, **more: Any) -> Any:
        return self.of(self.one(key, **more))

    def _read(self, row: Row) -> Row:
        if not claims(row):
            raise RuleMissing([self.book.missing(row.key, row.pool, self.bill.on, why=_why(row))])
        self.used[row.id] = row
        return row


def claims(row: Row) -> list[Any]:
    """All values that somebody claims, the row's own first."""
    own = [] if row.value is None else [row.value]
    return [*own, *row.rivals]


def _why(row: Row) -> str:
    return f"没有查实（{row.note}）" if row.note else "没有查实"


def used_rule(row: Row, *, bears: bool = True) -> UsedRule:
    return UsedRule(
        id=row.id, key=row.key, pool=row.pool, label=row.label or row.note, span=row.span,
        value="；".join(in_words(each) for each in claims(row)[:1]) + (f" {row.unit}" if row.unit else ""),
        certainty=row.certainty, source=row.source, bears=bears,
    )  # fmt: skip


def in_words(value: Any) -> str:
    """A rule's value before people: “起付线 改为 1200 元，比例 降低 10 个百分点”."""
    if isinstance(value, dict):
        return "，".join(_pair(name, each) for name, each in value.items())
    if isinstance(value, list):
        return "；".join(in_words(each) for each in value) or "没有"
    if isinstance(value, Decimal):
        return percent(value) if 0 < value <= 1 else f"{value:f}"
    return NONE_WORDS.get(str(value), str(value))


def _pair(name: Any, value: Any) -> str:
    if name == "points":
        return f"降低 {percent(value).removesuffix('%')} 个百分点"
    if name == "by_age":
        return "，".join(f"满 {age} 岁加 {percent(share)}" for age, share in value.items())
    said = in_words(value) + (" 元" if name in ("replace", "add", "less", "to") else "")
    return f"{_WORDS.get(name, name)} {said}".strip()


_WORDS = {
    "shape": "", "step": "每次降", "less": "每次减", "bands": "分段", "to": "至", "ratio": "比例",
    "deductible": "起付线", "replace": "改为", "add": "提高", "percent": "提高", "off_top": "先自付",
    "share": "", "counted_from": "起算", "same_as": "同", "top_up": "互助", "of": "基数",
    "major_illness": "大病保险", "base": "基础", "per_year_of_age": "每岁加", "by_class": "按类别",
}  # fmt: skip
