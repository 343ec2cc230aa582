"""What a quotation answers: the amount, each limit in words, the one that binds, and the rules behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from matters.rules import MissingRule, Row

from .repayment import to_fen


class Refused(ValueError):
    """No quotation: code for machines, a Chinese sentence for people; ways: what can be done instead."""

    def __init__(self, code: str, sentence: str, ways: Sequence[str] = ()) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.ways = tuple(ways)


@dataclass(frozen=True)
class Limit:
    """One of the amounts of which the lowest counts. text: how it came about."""

    name: str
    label: str
    amount: Decimal
    text: str


@dataclass(frozen=True)
class Doubt:
    """What would come out if a rule were as somebody else claims; amount None: nobody can say."""

    key: str
    text: str
    amount: Decimal | None


@dataclass(frozen=True)
class Quote:
    """amount: yuan; binding: the name of the limit that set it. persons: each one's own limit.

    missing: rules that are not known and were left out, so that the centre may grant less.
    """

    kind: str
    amount: Decimal
    binding: str
    limits: tuple[Limit, ...]
    explanation: tuple[str, ...]
    rules: tuple[Row, ...]
    persons: tuple[Decimal, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    missing: tuple[MissingRule, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """JSON-ready: amounts are text with two decimals."""
        return {
            "kind": self.kind,
            "amount": text_of(self.amount),
            "binding": self.binding,
            "limits": [
                {
                    "name": limit.name,
                    "label": limit.label,
                    "amount": text_of(limit.amount),
                    "text": limit.text,
                }
                for limit in self.limits
            ],
            "persons": [text_of(amount) for amount in self.persons],
            "explanation": list(self.explanation),
            "rules": [rule_json(row) for row in self.rules],
            "doubts": [
                {
                    "key": doubt.key,
                    "text": doubt.text,
                    "amount": None if doubt.amount is None else text_of(doubt.amount),
                }
                for doubt in self.doubts
            ],
            "missing": [missing_json(each) for each in self.missing],
        }


def text_of(amount: Decimal) -> str:
    return str(to_fen(amount))


def yuan(amount: Decimal) -> str:
    """12,345 元; with 角分 only where there are any."""
    whole = to_fen(amount)
    return f"{whole:,.0f}元" if whole == whole.to_integral_value() else f"{whole:,.2f}元"


def rule_json(row: Row) -> dict[str, Any]:
    return {
        "id": row.id,
        "key": row.key,
        "place": row.pool_name,
        "value": plain(row.value),
        "certainty": row.certainty,
        "source": row.source,
        "span": row.span,
        "note": row.note,
    }


def plain(value: Any) -> Any:
    """A rule's value for JSON: numbers as text."""
    if isinstance(value, Mapping):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return str(value) if isinstance(value, Decimal) else value


def missing_json(each: MissingRule) -> dict[str, Any]:
    return {"key": each.key, "place": each.pool, "on": each.on, "sentence": each.sentence}
