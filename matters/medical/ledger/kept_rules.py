"""The rule books that settlements were made by, each kept once: years later the same rows give the same sum."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import fields
from decimal import Decimal
from functools import cache
from typing import Any

from matters.medical.models import KeptRules
from matters.medical.rules import Row, RuleBook


@cache
def digest_of(book: RuleBook) -> str:
    """SHA-256 of the book's rows. Books are compared by identity, so that it is computed once for each."""
    text = json.dumps(_rows(book), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def keep(book: RuleBook) -> None:
    """One statement; somebody else may have kept the same book in this very moment."""
    kept = KeptRules(digest=digest_of(book), rows=_rows(book))
    KeptRules.objects.bulk_create([kept], ignore_conflicts=True)


def book_of(kept: KeptRules) -> RuleBook:
    return RuleBook(tuple(_row(row) for row in kept.rows))


def _rows(book: RuleBook) -> list[dict[str, Any]]:
    rows = [
        {each.name: plain(getattr(row, each.name)) for each in fields(Row)} for row in book.rows
    ]
    return sorted(rows, key=lambda row: json.dumps(row, ensure_ascii=False, sort_keys=True))


def _row(read: dict[str, Any]) -> Row:
    return Row(**{name: whole(value) for name, value in read.items()})


def plain(value: Any) -> Any:
    """As JSON, with what JSON does not know marked by its kind; `whole` reads it back."""
    match value:
        case Decimal():
            return {"decimal": str(value)}
        case dt.date():
            return {"day": value.isoformat()}
        case dict():
            return {"map": [[plain(key), plain(each)] for key, each in value.items()]}
        case tuple():
            return {"tuple": [plain(each) for each in value]}
        case list():
            return [plain(each) for each in value]
        case None | bool() | int() | str():
            return value
    raise TypeError(f"A rule holds a {type(value).__name__}, which could not be kept.")


def whole(read: Any) -> Any:
    match read:
        case {"decimal": text}:
            return Decimal(text)
        case {"day": text}:
            return dt.date.fromisoformat(text)
        case {"map": pairs}:
            return {whole(key): whole(each) for key, each in pairs}
        case {"tuple": parts}:
            return tuple(whole(each) for each in parts)
        case list():
            return [whole(each) for each in read]
    return read
