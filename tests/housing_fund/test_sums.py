"""Properties of the sums, over any history and any loan."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from matters.housing_fund.deposits import average_balance, floored, net_by_month, weighted
from matters.housing_fund.household import Depositor, Month
from matters.housing_fund.repayment import (
    borrowable,
    equal_payment,
    plan_of_equal_payments,
    plan_of_equal_principal,
)

yuan = st.decimals(min_value=0, max_value=20000, places=2)
months = st.lists(st.builds(lambda d, w: Month("", d, w), yuan, yuan), min_size=1, max_size=40)
rates = st.decimals(min_value=0, max_value=12, places=3)
principals = st.decimals(min_value=1000, max_value=2_000_000, places=2)
terms = st.integers(min_value=1, max_value=360)


@given(months)
def test_withdrawals_take_the_latest_money_first_and_never_more_than_there_is(
    history: list[Month],
) -> None:
    net = net_by_month(history)
    assert all(0 <= left <= month.deposit for left, month in zip(net, history, strict=True))
    held = Decimal(0)
    for month in history:
        held = max(held + month.deposit - month.withdrawn, Decimal(0))
    assert sum(net) == held


@given(months, yuan)
def test_who_deposits_more_may_borrow_no_less(history: list[Month], more: Decimal) -> None:
    richer = [*history[:-1], Month("", history[-1].deposit + more, history[-1].withdrawn)]
    assert weighted(net_by_month(richer)) >= weighted(net_by_month(history))
    assert average_balance(Depositor(tuple(richer)), len(history)) >= average_balance(
        Depositor(tuple(history)), len(history)
    )


@given(yuan, st.integers(min_value=1, max_value=5000))
def test_rounding_down_loses_less_than_a_step(amount: Decimal, step: int) -> None:
    assert 0 <= amount - floored(amount, Decimal(step)) < step


@given(principals, rates, terms)
def test_a_plan_pays_back_exactly_what_was_lent(
    principal: Decimal, rate: Decimal, term: int
) -> None:
    for plan in (plan_of_equal_payments, plan_of_equal_principal):
        paid = list(plan(principal, rate, term))
        assert sum(each.principal for each in paid) == principal
        assert paid[-1].left == 0
        assert all(each.payment == each.principal + each.interest for each in paid)


@given(principals, rates, terms)
def test_what_a_payment_can_bear_is_what_asks_for_that_payment(
    principal: Decimal, rate: Decimal, term: int
) -> None:
    payment = equal_payment(principal, rate, term)
    # A payment is rounded to the fen, so what it bears is off by half a fen in each month.
    assert abs(borrowable(payment, rate, term) - principal) <= Decimal("0.006") * term + 1


def test_the_first_month_of_equal_principal_is_what_the_rate_tables_print() -> None:
    first = next(iter(plan_of_equal_principal(Decimal(300000), Decimal("3.25"), 360)))
    assert (first.payment, first.interest) == (Decimal("1645.83"), Decimal("812.50"))
