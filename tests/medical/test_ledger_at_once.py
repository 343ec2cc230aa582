"""Several at one person's year at once. Each guard has a twin without it that must fail."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection
from django.db.models import QuerySet, Sum

from matters.medical.ledger import NotTheLast, accounts, reckoning, reversing, writing, year
from matters.medical.ledger.checking import differences
from matters.medical.models import FamilyAccount, Insured, Settlement
from matters.medical.rules import rule_book
from tests.cases.threads import at_once
from tests.medical.books import (
    CHENGDU,
    CHONGQING,
    balance_of,
    places,
    settle_now,
    stay,
    take_back,
    worker,
    year_of,
)
from tests.medical.cover import day

pytestmark = pytest.mark.django_db(transaction=True)
# 重庆 pays 85 % of it: two such stays are over the year's cap together, one is not.
DEAR = "48000.00"


@pytest.fixture(autouse=True)
def _places(transactional_db: None) -> None:
    places()


def cap() -> Decimal:
    book = rule_book()
    return Decimal(
        book.value("fund.cap", CHONGQING, day("2026-03-11"), insured_type="employee").value
    )


def paid_by_the_fund(person: Insured) -> Decimal:
    paid = Settlement.objects.filter(insured=person).aggregate(paid=Sum("hifp_pay"))
    return Decimal(paid["paid"])


def settled_at_once(person: Insured, *orders: object) -> list[object]:
    return at_once(*[lambda order=order: settle_now(person, order) for order in orders])


@contextmanager
def unlocked(monkeypatch: pytest.MonkeyPatch, readers: int = 2) -> Iterator[None]:
    """Without the lock, and so that all have read the year before one writes."""
    all_have_read = threading.Barrier(readers)

    def head(**whose: int) -> year.Head:
        found = real(**whose)
        all_have_read.wait(timeout=10)
        return found

    def rows(asked: QuerySet[Insured]) -> QuerySet[Insured]:
        return asked

    real = year.head
    with monkeypatch.context() as patched:
        for module in (accounts, reversing):
            patched.setattr(module, "locked", rows)
        for module in (reckoning, reversing):
            patched.setattr(module, "head", head)
        yield


@contextmanager
def without_the_unique_place(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What would stop a second entry at the same place of the year: two constraints and a trigger."""
    dropped = {
        "settlement_once_a_place": "medical_settlement",
        "year_entry_once_a_place": "medical_yearentry",
    }
    monkeypatch.setattr(writing, "setl_id_of", lambda row: f"{row.key}-{row.mdtrt_id}")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE medical_yearentry DISABLE TRIGGER year_entry_adds_up")
        for name, table in dropped.items():
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE medical_settlement CASCADE")
            cursor.execute("ALTER TABLE medical_yearentry ENABLE TRIGGER year_entry_adds_up")
            for name, table in dropped.items():
                cursor.execute(
                    f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE (insured_id, year, seq)"
                )


def test_dear_stays_at_once_do_not_overspend_the_cap_and_one_sent_thrice_is_one() -> None:
    person, first, second = worker("300.00"), stay(DEAR), stay(DEAR)
    results = at_once(
        *[lambda: settle_now(person, first, key="2304-1") for _ in range(3)],
        lambda: settle_now(person, second, key="2304-2"),
    )
    assert all(isinstance(result, Settlement) for result in results), results
    booked = Settlement.objects.order_by("seq")
    assert {getattr(result, "pk", None) for result in results} == {row.pk for row in booked}
    assert [row.bill["admission_no"] for row in booked] == [1, 2]
    assert paid_by_the_fund(person) == year_of(person).hifp_pay == cap()
    assert balance_of(person) == 0
    assert list(differences(insured_id=person.pk)) == []


def test_without_the_lock_one_would_fail_and_without_the_place_the_cap_would_be_overspent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The twins: both read the same year; only the place in the year, or the key, stops the second."""
    person, other, order = worker(), worker(), stay()
    with unlocked(monkeypatch):
        results = settled_at_once(person, stay(DEAR), stay(DEAR))
    assert sorted(isinstance(result, IntegrityError) for result in results) == [False, True]
    with unlocked(monkeypatch):
        results = at_once(*[lambda: settle_now(other, order, key="2304-1") for _ in range(2)])
    assert sorted(isinstance(result, IntegrityError) for result in results) == [False, True]
    _without_the_place_too(monkeypatch)


def _without_the_place_too(monkeypatch: pytest.MonkeyPatch) -> None:
    person, other = worker(), worker()
    first = settle_now(other)
    with without_the_unique_place(monkeypatch):
        with unlocked(monkeypatch):
            settled_at_once(person, stay(DEAR), stay(DEAR))
        assert paid_by_the_fund(person) > cap()
        assert list(differences(insured_id=person.pk)) != []
        with unlocked(monkeypatch):
            results = at_once(lambda: take_back(first), lambda: settle_now(other))
        assert all(isinstance(result, Settlement) for result in results), results
        assert "年度累计" in "".join(map(str, differences(insured_id=other.pk)))


def test_at_once_means_one_after_the_other_for_a_reversal_and_for_a_fathers_account() -> None:
    _a_reversal_and_a_settlement()
    _two_children_and_their_father_who_pays()


def _a_reversal_and_a_settlement() -> None:
    person = worker()
    first = settle_now(person)
    taken, settled = at_once(lambda: take_back(first), lambda: settle_now(person))
    assert isinstance(settled, Settlement)
    if isinstance(taken, NotTheLast):
        assert taken.first == (settled,)
        assert settled.bill["admission_no"] == 2
    else:
        assert isinstance(taken, Settlement)
        assert settled.bill["admission_no"] == 1
    assert list(differences(insured_id=person.pk)) == []


def _two_children_and_their_father_who_pays() -> None:
    family = [worker("100.00", CHENGDU), worker(pool=CHENGDU), worker(pool=CHENGDU)]
    for child in family[1:]:
        FamilyAccount.objects.create(payer=family[0], member=child, valid_from=day("2025-01-01"))
    results = at_once(*[lambda each=each: settle_now(each) for each in family])
    assert all(isinstance(result, Settlement) for result in results), results
    booked = Settlement.objects.filter(insured__in=family)
    paid = booked.aggregate(own=Sum("acct_pay"), family=Sum("acct_mulaid_pay"))
    assert paid["own"] + paid["family"] == Decimal("100.00")
    assert balance_of(family[0]) == 0
