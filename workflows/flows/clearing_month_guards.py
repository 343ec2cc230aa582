"""What the steps of a clearing month rest on."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from matters.medical.clearing.differences import open_differences
from matters.medical.clearing.disputes import open_disputes
from matters.medical.clearing.months import SHANGHAI, ends_at, first_day, is_final
from matters.medical.clearing.statements import is_signed
from matters.medical.clearing.terms import statement_day
from matters.medical.clearing.tracing import books_differ
from workflows.cases.act import Situation
from workflows.cases.declarations import Guard

from .clearing_month_forms import month_if_any, sides_of

if TYPE_CHECKING:
    import datetime as dt

    from workflows.cases.flow import Flow

# Differences that a month may be closed with, named: they are about lines that it does not hold.
NOT_ITS_OWN = frozenset({"only_treated"})


def payer_of(case: Flow) -> str:
    """参保地 pays; where negative lines and deductions weigh more, 就医地 pays back."""
    return "insured" if Decimal(case.facts.get("payable", "0")) >= 0 else "treated"


def statement_on(case: Flow, today: dt.date) -> dt.date:
    """The day from which the month's statement is made: day 21 of the month after it, or of the present one."""
    month = case.facts["month"]
    begins = ends_at(month).astimezone(SHANGHAI).date()
    day = begins.replace(day=statement_day(first_day(month)))
    return today if is_final(month) else day


def _is_over(situation: Situation) -> bool:
    month = situation.case.facts.get("month")
    return month is not None and situation.at >= ends_at(month)


def _statement_day_has_come(situation: Situation) -> bool:
    case = situation.case
    return "month" in case.facts and situation.today >= statement_on(case, situation.today)


def _nothing_disputed(situation: Situation) -> bool:
    month = month_if_any(situation.case)
    return month is not None and not open_disputes(month).exists()


def _has_dispute(situation: Situation) -> bool:
    month = month_if_any(situation.case)
    return month is not None and open_disputes(month).exists()


def _has_difference(situation: Situation) -> bool:
    month = month_if_any(situation.case)
    return month is not None and open_differences(month).exists()


def _pays(situation: Situation) -> bool:
    return payer_of(situation.case) in sides_of(situation)


def _is_paid(situation: Situation) -> bool:
    return payer_of(situation.case) not in sides_of(situation)


def _signed(situation: Situation) -> bool:
    month = month_if_any(situation.case)
    return month is not None and is_signed(month)


def _own_books_agree(situation: Situation) -> bool:
    month = month_if_any(situation.case)
    return month is not None and all(n.code in NOT_ITS_OWN for n in books_differ(month))


month_is_over = Guard("month_is_over", "本月还没有结束", _is_over)
statement_is_due = Guard("statement_is_due", "还没有到出具清算单的日子", _statement_day_has_come)
both_signed = Guard("both_signed", "双方还没有都签署", _signed)
nothing_disputed = Guard("nothing_disputed", "还有争议没有结论", _nothing_disputed)
has_dispute = Guard("has_dispute", "本月没有待处理的争议", _has_dispute)
has_difference = Guard("has_difference", "没有待处理的对账差异", _has_difference)
pays = Guard("pays", "由应付一方办理", _pays)
is_paid = Guard("is_paid", "由应收一方办理", _is_paid)
not_audited = Guard("not_audited", "财政已审核", lambda s: "audited_on" not in s.case.facts)
audited = Guard("audited", "财政还没有审核通过", lambda s: "audited_on" in s.case.facts)
books_agree = Guard("books_agree", "两地账目还有差异，见本月对账", _own_books_agree)
