"""What the registers say to somebody before they hand in a transfer: what is missing, and from when it can be done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from matters.housing_fund.leaving import live_loans_of, may_leave, months_here
from matters.housing_fund.models import Account
from tongban.accounts.personal import blind_index
from tongban.offices.codes import UnknownRegion, pool_of
from workflows.cases.flow import Foretold

if TYPE_CHECKING:
    from workflows.cases.opening import PartyInput

TITLE = "公积金账册里的情况"


def foretold(people: Sequence[PartyInput], data: Mapping[str, Any], on: dt.date) -> Foretold | None:
    """Of who applies themselves; nothing where no register has them. Six statements at most."""
    applicant = next((each for each in people if each.role == "applicant"), None)
    number = _number_of(applicant, data)
    if not number:
        return None
    rows = Account.objects.kept_here().filter(id_number_index=blind_index(number, "id_number"))
    open_ones = rows.exclude(status=Account.Status.CLOSED).select_related("centre")
    accounts = {pool_of(row.centre.region_id): row for row in open_ones}
    if not accounts:
        return None
    lines = [
        f"{row.centre.name}：账户 {row.number}，{row.get_status_display()}"
        for row in accounts.values()
    ]
    comes, leaves = (_pool(data.get(f"{side}_region")) for side in ("receiving", "sending"))
    obstacles = []
    if comes in accounts:
        obstacles += _months(accounts[comes], comes, on)
    if leaves in accounts:
        obstacles += _leaving(accounts[leaves], leaves, on)
    return Foretold(TITLE, tuple(lines + obstacles), is_obstacle=bool(obstacles))


def _number_of(applicant: PartyInput | None, data: Mapping[str, Any]) -> str:
    """Only of whoever is signed in with it: nobody reads another's account by typing a number."""
    user = applicant.user if applicant else None
    own = (user.id_number if user else "") or ""
    asked = str(data.get("id_number") or own)
    return own if asked.upper() == own.upper() else ""


def _pool(region: Any) -> str:
    try:
        return pool_of(str(region)) if region else ""
    except UnknownRegion:
        return ""


def _months(account: Account, pool: str, on: dt.date) -> list[str]:
    months = months_here(account, pool=pool, on=on)
    return [] if months.are_enough else [f"{account.centre.name}：{months.sentence}"]


def _leaving(account: Account, pool: str, on: dt.date) -> list[str]:
    leave = may_leave(account, live_loans=live_loans_of(account), pool=pool, on=on)
    if leave.may:
        return []
    return [leave.sentence, *(f"可以{way}" for way in leave.ways)]
