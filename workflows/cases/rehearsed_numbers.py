"""Ids for cases that are only played: none of the real ones is used up.

A sequence does not roll back. A case that a rehearsal opens and takes back would leave a gap in the
case numbers, which somebody would one day ask about; so it takes an id from far above them.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

# Ten digits, as far as a case number has room; at a million cases a day it is reached in 25 years.
LOWEST, HIGHEST = 9_000_000_000, 9_999_999_999

_rehearsing: ContextVar[bool] = ContextVar("rehearsing", default=False)


@contextmanager
def rehearsed_numbers() -> Iterator[None]:
    """Within it, cases are opened under numbers of no consequence. Roll back what is done here."""
    before = _rehearsing.set(True)
    try:
        yield
    finally:
        _rehearsing.reset(before)


def rehearsed_number() -> int | None:
    """The id for a case that is played, None outside a rehearsal."""
    if not _rehearsing.get():
        return None
    # Drawn, not counted: two rehearsals at once must not wait for each other at an index.
    return LOWEST + secrets.randbelow(HIGHEST - LOWEST)
