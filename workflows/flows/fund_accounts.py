"""A transfer and the registers of depositors: whose accounts they are at the two centres, and what they hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from matters.catalogue.definition import Definition
from matters.catalogue.forms import opened_data
from matters.housing_fund.leaving import live_loans_of
from matters.housing_fund.models import Account, DepositMonth
from tongban.accounts.personal import blind_index
from tongban.offices.codes import pool_of
from workflows.cases.act import Situation

if TYPE_CHECKING:
    from workflows.cases.flow import Flow


@dataclass(frozen=True)
class Found:
    """What a centre's register says of the person. has_books: its accounts are on this site."""

    account: Account | None
    has_books: bool

    @property
    def is_missing(self) -> bool:
        """The register is here, and the person is not in it."""
        return self.has_books and self.account is None


def pool_at(case: Flow, seat: str) -> str:
    """The place whose rules hold for that side."""
    return pool_of(case.region_of(seat))


def account_at(situation: Situation, seat: str) -> Found:
    """The person's open account at the centre of that seat. Two statements, one where there is one."""
    case = situation.case
    centre = case.office_of(seat)
    kept = Account.objects.kept_here().filter(centre_id=centre)
    account = kept.filter(id_number_index=index_of(case, situation.definition)).exclude(
        status=Account.Status.CLOSED
    )
    found = account.first()
    return Found(found, found is not None or kept.exists())


def index_of(case: Flow, definition: Definition) -> str:
    """By which the person's accounts are found."""
    known: dict[str, Any] = opened_data(definition, case.data)
    number = str(known.get("id_number") or "").upper()
    return blind_index(number, "id_number")


def kept_account(case: Flow, seat: str) -> int | None:
    """The account that this case moves, once its centre has confirmed it."""
    kept: int | None = case.facts.get("fund", {}).get(seat)
    return kept


def keep_account(case: Flow, seat: str, account: Account | None) -> None:
    if account is not None:
        fund = {**case.facts.get("fund", {}), seat: account.pk}
        case.facts = {**case.facts, "fund": fund}


def sheet_of(account: Account) -> dict[str, Any]:
    """账户信息表 as the register has it: balance, months deposited anywhere, loans. Three statements."""
    months = DepositMonth.objects.filter(account=account, deposited__gt=0)
    return {
        "principal": account.balance,
        "months": months.values("month").distinct().count(),
        "loan_uses": account.loans_used,
        "live_loans": live_loans_of(account),
    }
