"""Where the deposit city's books are not on this site its clerk enters what they say; and what is under way."""

from __future__ import annotations

from decimal import Decimal

import pytest

from matters.housing_fund import ledger
from matters.housing_fund.business import open_business
from matters.housing_fund.certificates import obstacles
from matters.housing_fund.entered import has_books_here
from matters.housing_fund.leaving import may_leave
from matters.housing_fund.models import Account, LoanCertificate
from matters.housing_fund.words import rule_book
from tests.flows.loans import (
    CREDIT,
    DAZHOU,
    ENTERED,
    account,
    applied,
    asked_for_certificate,
    certificate,
    people,
)
from tests.world import LIN_ID, World, at
from workflows.cases.perform import InvalidData, NotAllowed

ON = at("2026-05-11 12:00").date()


@pytest.fixture
def centres(world: World) -> World:
    return people(world)


def codes(case: object) -> list[str]:
    return [each["code"] for each in case.facts["obstacles"]]  # type: ignore[attr-defined]


def test_a_depositor_whose_books_are_elsewhere_gets_a_certificate_and_a_loan_by_what_is_entered(
    centres: World,
) -> None:
    asked = asked_for_certificate(centres).take("check_record", "keeper")
    assert codes(asked.case) == ["books_elsewhere"]
    asked.take("enter_deposits", "keeper", **ENTERED)
    assert codes(asked.case) == []
    asked.take("issue_certificate", "keeper", last_day="2028-12-31")
    number = LoanCertificate.objects.get().number
    loan = applied(centres, certificate_number=number).take("verify_certificate", "lender")
    loan.take("accept", "lender").take("reckon_amount", "lender", **CREDIT)
    told = loan.case.facts["quote"]["household"]
    assert [(each["months"], each["balance"]) for each in told] == [(18, "36000.00")]
    # Another certificate asks anew: those figures were of that day.
    later = asked_for_certificate(centres).take("check_record", "keeper")
    assert codes(later.case) == ["books_elsewhere"]
    # The site's ledger balances, and says still that the centre's books are elsewhere.
    assert ledger.differences() == []
    assert not has_books_here(centres.office(DAZHOU, "housing_fund").pk)


def test_entered_anew_the_figures_are_put_right_and_a_live_loan_is_an_obstacle(
    centres: World,
) -> None:
    asked = asked_for_certificate(centres).take("check_record", "keeper")
    asked.take("enter_deposits", "keeper", **ENTERED)
    again = ENTERED | {"balance": "30000.00", "months": "3", "loans_used": "1", "live_loan": "on"}
    asked.take("enter_deposits", "keeper", **again)
    row = Account.objects.get()
    assert (row.balance, row.months.count(), row.loans_used) == (Decimal(30000), 3, 1)
    assert ledger.differences() == []
    assert codes(asked.case) == ["unsettled_loan"]
    with pytest.raises(InvalidData, match="已登记账号 DZ10001"):
        asked.take("enter_deposits", "keeper", **ENTERED | {"number": "DZ10002"})


def test_a_centre_whose_books_are_here_enters_nothing_besides_them(centres: World) -> None:
    account(centres, id_number=LIN_ID, name="林晓梅")
    asked = asked_for_certificate(centres).take("check_record", "keeper")
    assert codes(asked.case) == ["no_account"]
    with pytest.raises(NotAllowed, match="以账册为准"):
        asked.take("enter_deposits", "keeper", **ENTERED)


def test_while_a_loan_is_applied_for_the_account_neither_leaves_nor_certifies_another(
    centres: World,
) -> None:
    own = account(centres, status=Account.Status.SEALED)
    certificate(own, centres.office("500000", "housing_fund"))
    assert open_business(own) == []
    loan = applied(centres).take("verify_certificate", "lender")
    # Also past the certificate's last day: the application goes on.
    LoanCertificate.objects.update(last_day=at("2026-05-01 00:00").date())
    leave = may_leave(own, live_loans=0, pool=DAZHOU, on=ON)
    assert (leave.may, leave.code) == (False, "frozen")
    assert loan.case.number in leave.sentence
    found = obstacles(own, pool=DAZHOU, on=ON, book=rule_book())
    assert [each.code for each in found] == ["in_business"]
    loan.take("withdraw", "citizen", reason="不买了")
    assert may_leave(own, live_loans=0, pool=DAZHOU, on=ON).may
