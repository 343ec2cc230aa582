"""What the registers say to somebody before they hand in a withdrawal: their own account, and how much.

Nobody reads another's account by typing a number: a spouse's withdrawals, and what others took for the
same home or loan, count when 缴存地 settles the amount and are not told here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from matters.housing_fund.own import own_accounts
from matters.housing_fund.quote import yuan
from matters.housing_fund.withdrawals import used_before
from matters.housing_fund.withdrawing import REPAYMENT, RETIREMENT, reckon
from matters.housing_fund.words import rule_book
from tongban.offices.codes import pool_of
from workflows.cases.flow import Foretold

from .fund_withdrawal_facts import ASKED_BY, ask_of, purpose_of

if TYPE_CHECKING:
    from workflows.cases.opening import PartyInput

TITLE = "公积金账册里的情况"


def foretold(people: Sequence[PartyInput], data: Mapping[str, Any], on: dt.date) -> Foretold | None:
    """None before anything is answered, and for who has no account there. Seven statements at most."""
    applicant = next((each for each in people if each.role == "applicant"), None)
    user = applicant.user if applicant else None
    own = ((user.id_number if user else "") or "").upper()
    place = str(data.get("deposit_region") or "")
    if user is None or not own or str(data.get("id_number") or "").upper() != own or not place:
        return None
    accounts = own_accounts(user.id_number_index)
    account = next((row for row in accounts if pool_of(row.centre.region_id) == place), None)
    if account is None:
        return None
    kind = next((kind for code, kind in ASKED_BY.items() if code in data), RETIREMENT)
    said = {name: value for name, value in data.items() if name != "spouse_id"}
    if kind == REPAYMENT and not said.get("loan_year"):
        return None
    purpose = purpose_of(kind, said, on=on, case_number="")
    used = replace(used_before(account, purpose), home=Decimal(0), loan=Decimal(0))
    ask = ask_of(kind, said, city=place, on=on, account=account, used=used)
    # What the loan city will say of a loan is not known yet: it is no reason against.
    found = reckon(replace(ask, repaid=ask.balance or Decimal(0)), book=rule_book())
    state = account.get_status_display()
    lines = [f"{account.centre.name}：账户 {account.number}，{state}，余额{yuan(account.balance)}"]
    if found.refused:
        refused = [sentence for _, sentence in found.refused]
        return Foretold(TITLE, (*lines, *refused), is_obstacle=True)
    lines += [f"{sentence}，由缴存地公积金中心核定" for sentence in found.open]
    if found.amount is not None:
        lines.append(f"按现在查到的规则和余额，最多可提取 {yuan(found.amount)}，以审核为准")
    return Foretold(TITLE, tuple(lines))
