"""The mark of a loan elsewhere: with an account that moves, and with a loan that is overdue."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from matters.catalogue.pinned import definition_of
from matters.housing_fund import ledger, lending, marks
from matters.housing_fund.models import Account, Borrower, Loan, Mark
from tests.flows.loans import (
    CHONGQING,
    DAZHOU,
    account,
    beside,
    local_loan,
    people,
    released,
)
from tests.journeys import Journey
from tests.portal.conftest import signed_in
from tests.world import World, at
from tongban.accounts.actors import SYSTEM
from tongban.notices.models import Notice
from workflows.cases.act import Act, Situation
from workflows.cases.perform import InvalidData, NotAllowed
from workflows.flows.loan_marks import account_moved

NOON = at("2026-06-01 12:00")


@pytest.fixture
def centres(world: World) -> World:
    return people(world)


# ---- an account that moves while its loan lives ----


def act_of(journey: Journey) -> Act:
    """A step of the transfer that books the money, as far as the marks need it."""
    case: Any = journey.case
    situation = Situation(case, SYSTEM, (), definition_of(case.version_id), NOON)
    return Act(situation, case.STEPS["remark"], "", None, {}, seq=case.seq + 1)


def test_an_account_that_moves_takes_its_mark_along_and_the_loan_city_is_told(
    centres: World,
) -> None:
    journey = released(centres)
    beside(journey, centres, "mark").take("mark_account", "keeper")
    old, new = Account.objects.get(), account(centres, "513400")
    centres.post("xichang", "凉缴存", "513400", "housing_fund", "clerk")
    [moved] = account_moved(act_of(journey), old=old, new=new)
    assert moved.old is not None
    assert moved.new is not None
    assert not moved.becomes_cross_city
    assert not Mark.objects.filter(account=old, lifted_at=None).exists()
    assert Mark.objects.get(account=new, lifted_at=None).loan_key == moved.loan.number
    assert not marks.unmarked().exists()
    # The new city looks it over; no certificate was asked for.
    beside(journey, centres, "moved").take("mark_account", "xichang", "2026-06-02 09:00")
    assert Mark.objects.filter(lifted_at=None).count() == 1
    assert Notice.objects.filter(template="loan_moved", user=centres.lender).exists()


def test_a_local_loan_becomes_a_cross_city_one_and_ends_as_such_where_it_comes_home(
    centres: World,
) -> None:
    old, new = account(centres), account(centres, CHONGQING)
    loan = local_loan(old)
    assert not marks.unmarked().exists()
    [moved] = marks.moved(old=old, new=new, at=NOON)
    assert moved.becomes_cross_city
    assert Mark.objects.get().account == new
    [back] = marks.moved(old=new, new=old, at=NOON)
    assert back.new is None
    assert Mark.objects.get().lifted_at is not None
    assert Borrower.objects.get(loan=loan).account == old


def test_a_local_loan_that_became_a_cross_city_one_is_settled_on_the_case_of_its_move(
    centres: World,
) -> None:
    beside_it = released(centres)  # any case that the move can follow
    old, new = Account.objects.get(), account(centres, CHONGQING)
    Borrower.objects.all().delete()
    loan = local_loan(old)
    account_moved(act_of(beside_it), old=old, new=new)
    moved = beside(beside_it, centres, "moved")
    moved.take("mark_account", "lender", "2026-06-02 09:00")
    late = {"since": "2026-05-01", "arrears": "3000.00", "terms": "2"}
    moved.take("report_moved_overdue", "keeper", "2026-06-02 10:00", **late)
    collecting = beside(moved, centres, "collect")
    moved.take("settle_moved_loan", "keeper", "2026-06-03 09:00", on="2026-06-03", voucher="HK1")
    assert Loan.objects.get(pk=loan.pk).state == "settled"
    assert collecting.case.state == "dropped"
    beside(moved, centres, "lift").take("lift_account", "lender", "2026-06-04 09:00")
    assert not Mark.objects.filter(lifted_at=None).exists()


def test_no_mark_for_a_closed_account_a_settled_or_a_local_loan(centres: World) -> None:
    own = account(centres)
    loan = local_loan(own)
    with pytest.raises(marks.MarkRefused, match="就在本中心"):
        marks.set_mark(account_id=own.pk, loan=loan, at=NOON)
    with pytest.raises(marks.MarkRefused, match="还没有结清"):
        marks.lift_mark(account_id=own.pk, loan=loan, at=NOON, because="")
    lending.close_loan(loan_id=loan.pk, on=dt.date(2026, 1, 1))
    with pytest.raises(marks.MarkRefused, match="已结清"):
        marks.set_mark(account_id=own.pk, loan=loan, at=NOON)


# ---- overdue ----


def overdue(world: World) -> tuple[Journey, Journey]:
    """The loan, and what the deposit city was asked."""
    journey = released(world)
    beside(journey, world, "mark").take("mark_account", "keeper")
    late = {"since": "2026-05-01", "arrears": "3000.00", "terms": "2"}
    journey.take("report_overdue", "lender", "2026-06-01 09:00", **late)
    return journey, beside(journey, world, "collect")


def test_the_deposit_city_helps_to_collect_until_the_arrears_are_paid(centres: World) -> None:
    journey, asked = overdue(centres)
    assert Loan.objects.get().state == "overdue"
    with pytest.raises(NotAllowed, match="已登记逾期"):
        journey.take("report_overdue", "lender", since="2026-05-01", arrears="1.00", terms="1")
    asked.take("contact_borrower", "keeper", way="phone", said="本周内还款")
    assert Loan.objects.get().state == "collecting"
    # Still a live loan: the mark stands, and the check looks at it.
    assert marks.live_loans_of([Account.objects.get().pk]).exists()
    asked.take("report_paid", "lender", on="2026-06-01", voucher="HK9")
    assert (asked.case.state, Loan.objects.get().state) == ("caught_up", "repaying")
    journey.take("settle_loan", "lender", "2026-07-01 10:00", on="2026-07-01", voucher="HK1")


def test_nothing_is_deducted_while_nobody_knows_since_when_it_may_be(
    centres: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, asked = overdue(centres)
    centres.post("keeper_head", "达负责", DAZHOU, "housing_fund", "head")
    by_contract = {"amount": "2000.00", "clause": "第九条"}
    with pytest.raises(NotAllowed, match="没有查到开始的日期"):
        asked.take("deduct", "keeper_head", **by_contract)
    page = signed_in(centres.keeper).get(f"/desk/{asked.case.number}/").content.decode()
    assert "不能划扣" in page
    # As it would be with a rule that has begun.
    monkeypatch.setattr("workflows.flows.loan_collection.deduction_unknown", lambda _: "")
    before = Account.objects.get().balance
    with pytest.raises(InvalidData, match="不能多于"):
        asked.take("deduct", "keeper_head", amount="3000.01", clause="第九条")
    asked.take("deduct", "keeper_head", **by_contract)
    assert (asked.case.state, Account.objects.get().balance) == ("contacted", before - 2000)
    centres.post("keeper_second", "达复核", DAZHOU, "housing_fund", "head")
    asked.take("deduct", "keeper_second", amount="1000.00", clause="第九条")
    assert (asked.case.state, Loan.objects.get().state) == ("deducted", "repaying")
    assert ledger.differences() == []


def test_a_loan_that_is_settled_while_it_is_collected_ends_the_collecting(centres: World) -> None:
    journey, asked = overdue(centres)
    journey.take("settle_loan", "lender", "2026-07-01 10:00", on="2026-07-01", voucher="HK1")
    assert asked.case.state == "dropped"


def test_who_does_not_pay_is_taken_to_court_by_the_loan_city(centres: World) -> None:
    _, asked = overdue(centres)
    with pytest.raises(NotAllowed):
        asked.take("take_to_court", "lender", number="(2026)渝01民初1号")
    asked.take("take_to_court", "lender_head", number="(2026)渝01民初1号")
    assert (asked.case.state, Loan.objects.get().state) == ("litigation", "overdue")
