"""What the rules of a pool say of a new filing: until when, locked until when, one place or several."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from matters.medical.models import Filing, Insured
from matters.medical.rules import rule_book
from matters.rules import RuleMissing

if TYPE_CHECKING:
    from matters.medical.rules import RuleBook
    from matters.rules import Row

TEMPORARY_MONTHS: Final = "filing.temporary.validity_min"
LOCK_MONTHS: Final = "filing.long_term.lock_months"
SEVERAL_PLACES: Final = "filing.several_destinations"


@dataclass(frozen=True)
class Terms:
    """valid_to: the last day, None for open-ended. locked_until: the first day without the lock.

    rules: the rows these rest on, as JSON; one that nobody has published stands there as missing.
    """

    valid_to: date | None
    locked_until: date | None
    several_places: bool
    rules: list[dict[str, Any]]


def terms_for(
    insured: Insured, *, kind: str, on_promise: bool, on: date, book: RuleBook | None = None
) -> Terms:
    """The terms of a filing of `kind` made on that day. No SQL. Raises RuleMissing.

    Long-term kinds run until they are changed; on a promise they are locked for the months that the
    pool names, and where no rule names any they are not. A temporary one runs for the least that
    the nation grants. Several places only where the home rules say so: silence means one.
    """
    book = book or rule_book()
    pool, used = insured.pool_id, []
    valid_to = locked_until = None
    if kind in Filing.LONG_TERM_KINDS:
        lock = _found(book, LOCK_MONTHS, pool, on) if on_promise else None
        if lock is not None:
            locked_until = months_after(on, int(lock.value))
            used.append(_kept(lock))
        elif on_promise:
            used.append({"key": LOCK_MONTHS, "certainty": "missing"})
    else:
        least = book.value(TEMPORARY_MONTHS, pool, on)
        valid_to = months_after(on, int(least.value))
        used.append(_kept(least))
    several = _found(book, SEVERAL_PLACES, pool, on)
    if several is not None:
        used.append(_kept(several))
    return Terms(valid_to, locked_until, several is not None and bool(several.value), used)


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last day of that month where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _found(book: RuleBook, key: str, pool: str, on: date) -> Row | None:
    try:
        return book.value(key, pool, on)
    except RuleMissing:
        return None


def _kept(row: Row) -> dict[str, Any]:
    return {
        "id": row.id,
        "key": row.key,
        "pool": row.pool,
        "value": str(row.value),
        "certainty": row.certainty,
        "source": row.source,
    }
