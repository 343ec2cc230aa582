"""Taking a settlement back: a negative entry, and the year and the accounts as they were before it."""

from __future__ import annotations

import datetime as dt

from matters.medical.models import Settlement


def reverse(*, settlement_id: int, key: str, at: dt.datetime, reason: str) -> Settlement:
    """2208 / 2305: the negative entry of a settlement; the same key gives the same entry.

    Last in, first out per person and year: raises NotTheLast (.first: what to reverse before it),
    AlreadyReversed, MonthDeclared, NotReversible, KeyTaken; then nothing has been written.
    """
    raise NotImplementedError


def refund_after_declaration(
    *, settlement_id: int, key: str, at: dt.datetime, reason: str
) -> Settlement:
    """The negative line of a later month for a settlement whose month is declared; counters as by `reverse`.

    Raises as `reverse` does, with MonthNotDeclared in the place of MonthDeclared.
    """
    raise NotImplementedError
