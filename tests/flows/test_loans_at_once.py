"""Two clerks at one account at once: one mark, one live certificate; without the guard there would be two."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection

from benchmarks.transfers_at_once import ground
from matters.housing_fund import certificates, lending, marks
from matters.housing_fund.models import Account, Loan, LoanCertificate, Mark
from matters.housing_fund.words import rule_book
from tests.cases.threads import at_once
from tests.flows.loans import loan_made
from tests.housing_fund.conftest import NOON

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pair() -> tuple[Account, Loan]:
    """An account, and a live loan of the other centre on it."""
    old, new = ground(1)[0]
    return old, loan_made(old, new.centre)


def unlocked(monkeypatch: pytest.MonkeyPatch, module: Any) -> None:
    """Without the lock, and so that both have read the account before one writes."""
    both_have_read = threading.Barrier(2)

    def read(*accounts: int) -> dict[int, Account]:
        found = {row.pk: row for row in Account.objects.filter(pk__in=accounts)}
        both_have_read.wait(timeout=10)
        return found

    monkeypatch.setattr(module, "held", read)


def twice(call: Callable[[], object]) -> list[object]:
    return at_once(call, call)


def test_of_two_marks_at_once_there_is_one(pair: tuple[Account, Loan]) -> None:
    account, loan = pair
    found = twice(lambda: marks.set_mark(account_id=account.pk, loan=loan, at=NOON))
    assert found[0] == found[1] == Mark.objects.get()


def test_without_the_lock_only_the_table_itself_refuses_the_second_mark(
    pair: tuple[Account, Loan], monkeypatch: pytest.MonkeyPatch
) -> None:
    account, loan = pair
    unlocked(monkeypatch, marks)
    both_have_looked = threading.Barrier(2)
    looked = marks._standing

    def look(*of: Any) -> Mark | None:
        found = looked(*of)
        both_have_looked.wait(timeout=10)
        return found

    monkeypatch.setattr(marks, "_standing", look)
    found = twice(lambda: marks.set_mark(account_id=account.pk, loan=loan, at=NOON))
    assert sorted(type(each).__name__ for each in found) == ["IntegrityError", "Mark"]
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX fund_mark_once_per_loan")
    try:
        Mark.objects.all().delete()
        both_have_looked.reset()
        unlocked(monkeypatch, marks)
        twice(lambda: marks.set_mark(account_id=account.pk, loan=loan, at=NOON))
        assert Mark.objects.count() == 2
    finally:
        Mark.objects.all().delete()
        with connection.schema_editor() as editor:
            constraint = next(
                c for c in Mark._meta.constraints if c.name == "fund_mark_once_per_loan"
            )
            editor.add_constraint(Mark, constraint)


def issued(account: Account, number: str) -> object:
    return certificates.issue(
        number=number,
        account_id=account.pk,
        loan_centre_id=account.centre_id,
        last_day=dt.date(2028, 1, 1),
        at=NOON,
        on=NOON.date(),
        pool="500000",
        book=rule_book(),
    )


def test_of_two_certificates_at_once_one_is_issued(pair: tuple[Account, Loan]) -> None:
    account, loan = pair
    lending.close_loan(loan_id=loan.pk, on=NOON.date())
    found = at_once(lambda: issued(account, "A"), lambda: issued(account, "B"))
    assert sum(isinstance(each, certificates.CertificateRefused) for each in found) == 1
    assert LoanCertificate.objects.count() == 1


def test_without_the_lock_both_are_found_free_and_the_table_refuses_one(
    pair: tuple[Account, Loan], monkeypatch: pytest.MonkeyPatch
) -> None:
    account, loan = pair
    lending.close_loan(loan_id=loan.pk, on=NOON.date())
    unlocked(monkeypatch, certificates)
    both_have_looked = threading.Barrier(2)
    looked = certificates.obstacles

    def look(*of: Any, **more: Any) -> list[certificates.Obstacle]:
        found = looked(*of, **more)
        both_have_looked.wait(timeout=10)
        return found

    monkeypatch.setattr(certificates, "obstacles", look)
    found = at_once(lambda: issued(account, "A"), lambda: issued(account, "B"))
    refused = [each for each in found if isinstance(each, certificates.CertificateRefused)]
    assert [isinstance(each.__context__, IntegrityError) for each in refused] == [True]
    assert LoanCertificate.objects.count() == 1
