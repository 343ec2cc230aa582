"""Several at one letter or one account at once; without the guard of the row it would go wrong."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import QuerySet

from benchmarks.transfers_at_once import ground, transfer_at_once
from matters.housing_fund import ledger
from matters.housing_fund.ledger import balances
from matters.housing_fund.models import Account
from tests.cases.threads import at_once
from tests.housing_fund.conftest import NOON

pytestmark = pytest.mark.django_db(transaction=True)


def test_many_transfers_at_once_with_refusals_leave_books_that_balance() -> None:
    pairs = ground(60)
    before = sum(old.balance for old, _ in pairs)
    done = transfer_at_once(pairs, writers=8)
    assert done.failures == []
    assert ledger.differences() == []
    assert sum(ledger.totals().values()) == 0
    after = sum(Account.objects.values_list("balance", flat=True))
    assert after == before + Decimal("1.23") * len(pairs)


def take_out(account: Account, key: str) -> object:
    return ledger.withdraw(
        account_id=account.pk, amount=account.balance, at=NOON, on=NOON.date(), key=key
    )


def test_of_two_who_take_out_the_whole_account_at_once_one_gets_it() -> None:
    account = ground(1)[0][0]
    results = at_once(lambda: take_out(account, "a"), lambda: take_out(account, "b"))
    refused = [result for result in results if isinstance(result, ledger.LedgerRefused)]
    assert [each.code for each in refused] == ["too_little"]
    assert ledger.differences() == []


@contextmanager
def unlocked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Without the lock, and so that both have read the account before one writes."""
    both_have_read = threading.Barrier(2)

    def read(*accounts: int) -> dict[int, Account]:
        rows: QuerySet[Any] = Account.objects.filter(pk__in=accounts)
        found = {row.pk: row for row in rows}
        both_have_read.wait(timeout=10)
        return found

    with monkeypatch.context() as patched:
        patched.setattr(balances, "held", read)
        yield


def test_without_the_lock_the_database_alone_would_have_to_stop_the_second(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The twin: both find enough; only the constraint keeps the balance from going below zero."""
    account = ground(1)[0][0]
    with unlocked(monkeypatch):
        results = at_once(lambda: take_out(account, "a"), lambda: take_out(account, "b"))
    assert not any(isinstance(result, ledger.LedgerRefused) for result in results)
    assert sum(isinstance(result, Exception) for result in results) == 1
