"""The rule books that settlements were made by, each kept once: years later the same rows give the same sum."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from functools import cache
from typing import Any

from matters.medical.models import KeptRules
from matters.medical.rules import BenefitRow, RuleBook
from matters.rules import Pool, RuleFile


@cache
def digest_of(book: RuleBook) -> str:
    """SHA-256 of pools and rows. Books are compared by identity, so that it is computed once for each."""
    return hashlib.sha256(_text(_content(book)).encode()).hexdigest()


def keep(book: RuleBook) -> None:
    """One statement; somebody else may have kept the same book in this very moment."""
    kept = KeptRules(digest=digest_of(book), content=_content(book))
    KeptRules.objects.bulk_create([kept], ignore_conflicts=True)


def book_of(kept: KeptRules) -> RuleBook:
    """The book as it was."""
    rows = [
        BenefitRow(**{name: whole(value) for name, value in row.items()})
        for row in kept.content["rows"]
    ]
    pools = [
        Pool(**{name: whole(part) for name, part in pool.items()}) for pool in kept.content["pools"]
    ]
    return RuleBook(
        RuleFile(pool, tuple(row for row in rows if row.pool == pool.code)) for pool in pools
    )


def _content(book: RuleBook) -> dict[str, Any]:
    rows = [
        {each.name: plain(getattr(row, each.name)) for each in fields(BenefitRow)}
        for row in book.rows()
    ]
    pools = [
        {each.name: plain(getattr(pool, each.name)) for each in fields(Pool)}
        for pool in book.pools.values()
    ]
    return {"pools": sorted(pools, key=_text), "rows": sorted(rows, key=_text)}


def _text(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def plain(value: Any) -> Any:
    """As JSON, with what JSON does not know marked by its kind; `whole` reads it back."""
    match value:
        case Decimal():
            return {"decimal": str(value)}
        case dt.date():
            return {"day": value.isoformat()}
        case frozenset():
            parts = [plain(each) for each in value]
            return {"set": sorted(parts, key=_text)}
        case Mapping():
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
        case {"set": parts}:
            return frozenset(whole(each) for each in parts)
        case list():
            return [whole(each) for each in read]
    return read
