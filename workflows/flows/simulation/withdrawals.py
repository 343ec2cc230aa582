"""What a played person withdraws from their fund account, and what 缴存地 and the loan city make of it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from random import Random
from typing import Any

from matters.catalogue.pinned import definition_of
from matters.housing_fund.models import Account
from matters.housing_fund.withdrawing import REPAYMENT
from tongban.accounts.actors import SYSTEM
from tongban.accounts.models import User
from tongban.accounts.personal import blind_index
from tongban.offices.codes import pool_of
from workflows.cases.situations import situation_for

from .. import models as flows
from ..fund_withdrawal_facts import Examined, examined, kind_of
from .acts import SUPPLEMENT, Move, collect, demand, opinion, reason, receiver
from .fund import STAFFED

BASIS = "按缴存地规定核定（示范）"


def withdrawal_answers(flow: str, person: User, on: dt.date, luck: Random) -> dict[str, Any]:
    """One's own account, paid out to oneself. {} for any other flow. One statement."""
    if flow != flows.FundWithdrawal.CODE:
        return {}
    index = blind_index(person.id_number or "", "id_number")
    rows = Account.objects.filter(id_number_index=index).select_related("centre")
    own = rows.exclude(status=Account.Status.CLOSED).order_by("-balance").first()
    here = pool_of(own.centre.region_id) if own else luck.choice(STAFFED)
    return {
        "deposit_region": here,
        "loan_region": luck.choice([place for place in STAFFED if place != here]),
        "id_number": person.id_number or "",
        "account_name": person.name,
        "loan_year": str(on.year),
        "couple": "no",
        "spouse_id": "",
    }


def _found(case: Any) -> Examined:
    """As the clerk sees it."""
    return examined(situation_for(case, SYSTEM, case.entered_at))


def _asks_lender(case: Any) -> bool:
    is_loan = kind_of(definition_of(case.version_id)) == REPAYMENT
    return is_loan and not case.facts.get("lender")


def _may(case: Any) -> bool:
    return not _asks_lender(case) and not _found(case).reckoned.refused


def _may_not(case: Any) -> bool:
    return not _asks_lender(case) and bool(_found(case).reckoned.refused)


def _sum(case: Any, luck: Random) -> dict[str, Any]:
    """All there is by the rules; where no rule is known, what the centre grants."""
    most = _found(case).most
    granted = Decimal(luck.randrange(2000, 30000)) if most is None else most
    return {"checked": "on", "amount": str(granted), "basis": BASIS}


def _why(case: Any, _luck: Random) -> dict[str, Any]:
    return {"reason": "；".join(sentence for _, sentence in _found(case).reckoned.refused)[:900]}


def _voucher(case: Any, luck: Random) -> dict[str, Any]:
    return {"voucher": f"GJ{case.number[-6:]}{luck.randrange(10**8):08d}"}


def _account(case: Any, luck: Random) -> dict[str, Any]:
    card = f"622202{luck.randrange(10**12):012d}"
    return {"account_name": case.applicant_name, "bank_name": "示范银行", "bank_card": card}


def _facts(_case: Any, luck: Random) -> dict[str, Any]:
    repaid, left = luck.randrange(12000, 48000), luck.randrange(90000, 500000)
    return {"is_theirs": "on", "repaid": f"{repaid}.00", "left": f"{left}.00"}


FLOW = flows.FundWithdrawal.CODE
WITHDRAWALS: dict[tuple[str, str], tuple[Move, ...]] = {
    (FLOW, "collecting"): (Move("collect", 1, collect),),
    (FLOW, "submitted"): (Move("accept", 1),),
    (FLOW, "checking"): (
        Move("ask_loan_city", 90, when=_asks_lender),
        Move("settle_amount", 90, _sum, when=_may),
        Move("disapprove", 90, _why, when=_may_not),
        Move("require_supplement", 6, demand),
    ),
    (FLOW, "supplementing"): SUPPLEMENT,
    (FLOW, "settled"): (
        Move("approve", 95, opinion),
        Move("return_to_check", 5, reason("请再核对今年已提取的金额。")),
    ),
    (FLOW, "paying"): (
        Move("confirm_paid", 95, _voucher),
        Move("refused_by_bank", 5, reason("户名与账号不符，银行退票。")),
    ),
    (FLOW, "pay_failed"): (Move("correct_account", 1, _account),),
    (FLOW, "handing_over"): (Move("hand_over", 1, receiver),),
    (flows.FundLoanFacts.CODE, "asked"): (
        Move("confirm_facts", 92, _facts),
        Move("report_difference", 8, reason("没有查到这个合同编号。")),
    ),
}
