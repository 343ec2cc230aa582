"""What the register says to somebody before they ask for a certificate: whether it will be issued."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from matters.housing_fund.certificates import obstacles
from matters.housing_fund.own import own_accounts
from matters.housing_fund.words import rule_book
from tongban.offices.codes import pool_of
from workflows.cases.flow import Foretold

from .loan_people import index_of

if TYPE_CHECKING:
    from workflows.cases.opening import PartyInput

TITLE = "公积金账册里的情况"


def foretold(people: Sequence[PartyInput], data: Mapping[str, Any], on: dt.date) -> Foretold | None:
    """Of whoever is signed in, and of nobody whose number they type. One statement, three an account."""
    user = next((each.user for each in people if each.role == "applicant"), None)
    own = (user.id_number if user else "") or ""
    if not own or str(data.get("id_number") or own).upper() != own.upper():
        return None
    lines: list[str] = []
    against: list[str] = []
    for account in own_accounts(index_of(own)):
        pool = pool_of(account.centre.region_id)
        if data.get("deposit_region") not in (None, "", pool):
            continue
        lines.append(
            f"{account.centre.name}：账户 {account.number}，{account.get_status_display()}"
        )
        found = obstacles(account, pool=pool, on=on, book=rule_book())
        against += [f"{account.centre.name}：{each.sentence}" for each in found]
    if not lines:
        return None
    return Foretold(TITLE, (*lines, *against), is_obstacle=bool(against))
