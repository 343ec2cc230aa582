"""Eight writers at the ledger at once: a small one of `python -m benchmarks.clearing_books`."""

from __future__ import annotations

import pytest

from benchmarks.books_proved import proved, sums
from benchmarks.settling_at_once import ground, settle_at_once


@pytest.mark.django_db(transaction=True)
def test_settlements_and_reversals_by_eight_writers_leave_right_books() -> None:
    people = ground(16)
    done = settle_at_once(people, 120, 6, writers=8)
    wrong = [name for name, holds in proved(done, people=people) if not holds]
    assert wrong == []
    assert len(list(sums())) == 3  # a heading, and a line for either direction
    assert done.statements_each < 9
