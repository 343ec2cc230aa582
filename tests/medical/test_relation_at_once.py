"""A cover ends while a hospital settles by its account: the account pays once, or goes along, never both."""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum

from matters.medical import relation
from matters.medical.models import AccountEntry, Insured
from tests.cases.threads import at_once
from tests.medical.books import balance_of, places, settle_now, worker
from tests.medical.cover import day
from tests.world import at

pytestmark = pytest.mark.django_db(transaction=True)
ACCOUNT = Decimal("1000.00")


def leave(person: Insured) -> None:
    """What `join_up` does at the old place, the cover held from the form on."""
    with transaction.atomic():
        relation.end_cover(
            insured_id=person.pk,
            on=day("2026-03-12"),
            account=ACCOUNT,
            key="transfer:1:out",
            at=at("2026-03-11 10:00"),
            reason="转出",
        )


def both(person: Insured, held: threading.Event) -> list[object]:
    """Leaving, and a settlement that begins in the moment in which the cover has been read."""

    def settle() -> object:
        held.wait(timeout=10)
        return settle_now(person)

    return at_once(lambda: leave(person), settle)


def hold_then(
    monkeypatch: pytest.MonkeyPatch, held: threading.Event, then: Callable[[int], Insured]
) -> None:
    def hold(insured_id: int) -> Insured:
        row = then(insured_id)
        held.set()
        return row

    monkeypatch.setattr(relation, "hold_cover", hold)


def test_the_account_goes_along_and_the_hospital_finds_it_empty(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    places()
    person, held = worker(str(ACCOUNT)), threading.Event()
    hold_then(monkeypatch, held, relation.hold_cover)
    _, settled = both(person, held)
    assert settled.acct_pay == 0  # type: ignore[attr-defined]
    assert balance_of(person) == 0
    assert AccountEntry.objects.aggregate(all=Sum("amount"))["all"] == -ACCOUNT


def test_without_the_lock_the_money_would_be_given_away_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    places()
    person, held, paid = worker(str(ACCOUNT)), threading.Event(), threading.Event()

    def read_and_wait(insured_id: int) -> Insured:
        row = Insured.objects.get(pk=insured_id)
        held.set()
        paid.wait(timeout=10)
        return row

    monkeypatch.setattr(relation, "hold_cover", read_and_wait)

    def settle() -> object:
        held.wait(timeout=10)
        try:
            return settle_now(person)
        finally:
            paid.set()

    left, settled = at_once(lambda: leave(person), settle)
    assert settled.acct_pay == ACCOUNT  # type: ignore[attr-defined]
    # Only that no account goes below zero still stands in the way.
    assert isinstance(left, IntegrityError)
