"""The invented depositors: the same everywhere, in books that agree, and nobody's."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from matters.housing_fund import ledger
from matters.housing_fund.demonstration import load_housing_fund
from matters.housing_fund.models import Account, DepositMonth, Loan, Mark
from matters.housing_fund.tasks import check_books
from tests.housing_fund.conftest import opened
from tests.world import World, at
from tongban.accounts.demonstration import invented
from tongban.accounts.identity import is_uscc, problem_with_resident_id
from tongban.accounts.models import User

NOW = at("2026-11-21 10:00")


@pytest.fixture
def citizen(world: World) -> User:
    person = invented("cq-citizen-01", "500101")
    return User.objects.create(
        username="cq-citizen-01", name=person.name, kind="citizen", id_number=person.id_number,
        region_code="500101", is_demonstration=True,
    )  # fmt: skip


def test_everybody_deposits_somewhere_and_left_an_account_behind(citizen: User) -> None:
    with CaptureQueriesContext(connection) as captured:
        loaded = load_housing_fund(at=NOW)
    assert loaded.new == loaded.accounts > 10
    assert len(captured) < 40
    mine = Account.objects.filter(id_number_index=citizen.id_number_index)
    assert sorted(mine.values_list("centre__region_id", "status")) == [
        ("500000", "normal"), ("511700", "sealed"),
    ]  # fmt: skip
    assert ledger.differences() == []
    for account in Account.objects.all():
        assert problem_with_resident_id(account.id_number or "", NOW.date()) is None
        assert is_uscc(account.employer_code)
        months = DepositMonth.objects.filter(account=account)
        assert sum(row.deposited for row in months) == account.balance
    assert Loan.objects.filter(borrowers__account__centre__region_id="511700").exists()
    assert not Mark.objects.filter(loan_centre__region_id="511700").exists()


def test_loaded_again_it_changes_nothing_that_has_happened_since(citizen: User) -> None:
    load_housing_fund(at=NOW)
    moved = Account.objects.filter(status="sealed").order_by("number")[0]
    ledger.freeze(account_id=moved.pk)
    assert load_housing_fund(at=NOW).new == 0
    assert Account.objects.get(pk=moved.pk).status == "moving"


def test_every_difference_in_the_books_is_named(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    account = opened(world.office("500000", "housing_fund"), "100.00")
    call_command("check_fund_books", stdout=io.StringIO())
    Account.objects.filter(pk=account.pk).update(balance=101)
    said = io.StringIO()
    with pytest.raises(CommandError, match="1 处不符"):
        call_command("check_fund_books", stdout=said)
    assert f"账户 {account.number} 的余额101.00元，明细合计100.00元" in said.getvalue()
    check_books()
