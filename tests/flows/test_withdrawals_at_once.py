"""重庆 settles a home and 达州 a rent for the same person in the same moment: only one may be granted."""

from __future__ import annotations

import threading
from collections.abc import Iterable

import pytest

from matters.housing_fund.models import Withdrawal
from matters.housing_fund.withdrawals import held_accounts
from tests.cases.threads import at_once
from tests.flows.test_fund_withdrawal import (
    BOUGHT,
    CQ,
    DZ,
    HOME,
    NOON,
    RENT,
    RENTED,
    accepted,
    account,
    asked,
)
from tests.world import World, at, build_world
from workflows.cases.perform import InvalidData
from workflows.flows import fund_withdrawal, fund_withdrawal_facts

pytestmark = pytest.mark.django_db(transaction=True)
SETTLED = {"checked": "on", "basis": "按缴存地规定核定", "amount": "100"}


@pytest.fixture
def both_centres(transactional_db: None) -> World:
    world = build_world()
    for who, place in (("one", CQ), ("away", DZ)):
        world.post(who, who, *place, "clerk")
        account(world, place=place, status="normal")
    return world


def both_settle(world: World) -> list[object]:
    home = accepted(world, asked(world, BOUGHT, CQ, **HOME))
    rent = accepted(world, asked(world, RENTED, DZ, **RENT))
    now = at(NOON)
    return at_once(
        lambda: world.take(home, "settle_amount", "one", SETTLED, at=now),
        lambda: world.take(rent, "settle_amount", "away", SETTLED, at=now),
    )


def meeting(monkeypatch: pytest.MonkeyPatch, *, locks: bool) -> None:
    """Both forms have found nothing against it before either goes on."""
    have_looked = threading.Barrier(2)

    def held(persons: Iterable[str]) -> None:
        have_looked.wait(timeout=10)
        if locks:
            held_accounts(persons)

    monkeypatch.setattr(fund_withdrawal, "held_accounts", held)
    if not locks:
        looked = fund_withdrawal_facts.examined
        have_looked_again = threading.Barrier(2)

        def examined(*given: object) -> object:
            found = looked(*given)  # type: ignore[arg-type]
            have_looked_again.wait(timeout=10)
            return found

        monkeypatch.setattr(fund_withdrawal, "examined", examined)


def test_one_is_granted_and_the_other_centre_is_told_of_it(
    both_centres: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting(monkeypatch, locks=True)
    results = both_settle(both_centres)
    (refused,) = [each for each in results if isinstance(each, InvalidData)]
    assert "不能既租房提取又购房提取" in refused.form.errors.as_text()
    assert Withdrawal.objects.count() == 1


def test_without_holding_the_accounts_both_would_be_granted(
    both_centres: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting(monkeypatch, locks=False)
    both_settle(both_centres)
    assert Withdrawal.objects.count() == 2
