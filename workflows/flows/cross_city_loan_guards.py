"""What the steps of a cross-city loan rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matters.housing_fund.marks import unmarked
from matters.housing_fund.models import Loan
from workflows.cases.act import Situation
from workflows.cases.declarations import Guard

from .loan_people import answers_of

if TYPE_CHECKING:
    from workflows.cases.flow import Flow


def loan_of(case: Flow) -> Loan:
    """The loan that came of this application, or that this receipt is of. One statement."""
    return Loan.objects.get(number=number_of(case))


def number_of(case: Flow) -> str:
    return str(case.facts.get("loan") or case.data.get("loan_number") or "")


def _may_be_lent(situation: Situation) -> bool:
    problem = situation.case.facts.get("quote", {}).get("problem")
    return problem is None or problem["code"] == "rule_missing"


def _is_repaying(situation: Situation) -> bool:
    """One statement."""
    number = number_of(situation.case)
    live = Loan.objects.filter(number=number).exclude(state=Loan.State.SETTLED)
    return bool(number) and live.exists()


def _is_in_order(situation: Situation) -> bool:
    """One statement."""
    number = number_of(situation.case)
    return bool(number) and Loan.objects.filter(number=number, state=Loan.State.REPAYING).exists()


def _some_unmarked(situation: Situation) -> bool:
    """One statement."""
    number = number_of(situation.case)
    return bool(number) and unmarked().filter(loan__number=number).exists()


def _is_second_hand(situation: Situation) -> bool:
    return bool(answers_of(situation.case, situation.definition)["house"] == "second_hand")


reckoned = Guard("reckoned", "请先核算可贷额度", lambda s: "quote" in s.case.facts)
may_be_lent = Guard("may_be_lent", "核算结果为不符合贷款条件，只能不予贷款", _may_be_lent)
is_repaying = Guard("is_repaying", "贷款已结清", _is_repaying)
is_in_order = Guard("is_in_order", "贷款已登记逾期，或已结清", _is_in_order)
some_unmarked = Guard("some_unmarked", "缴存账户已有标记，不用重发", _some_unmarked)
second_hand = Guard("second_hand", "新建商品房不用评估", _is_second_hand)
