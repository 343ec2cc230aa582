"""What the registers and the rules say of a withdrawal: its kind, its account, the amount, what forbids it.

The questions that its matter asks say which kind it is: a home's number, a month's rent, a loan's
number, or none of these, which is retirement.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from matters.catalogue.answers import opened_data
from matters.catalogue.definition import Definition
from matters.housing_fund.models import Account
from matters.housing_fund.withdrawals import Purpose, used_before
from matters.housing_fund.withdrawing import (
    PURCHASE,
    RENT,
    REPAYMENT,
    RETIREMENT,
    Ask,
    Reckoned,
    Used,
    reckon,
)
from matters.housing_fund.words import rule_book
from tongban.accounts.identity import birth_date, is_resident_id
from tongban.accounts.personal import blind_index
from workflows.cases.act import Situation
from workflows.cases.models import Party

from .fund_accounts import account_at, pool_at

if TYPE_CHECKING:
    from workflows.cases.flow import Flow

OWNER = "owner"
ASKED_BY = {"home_number": PURCHASE, "rent": RENT, "loan_number": REPAYMENT}
WHOSE = (Party.Role.APPLICANT, Party.Role.BENEFICIARY)


@dataclass(frozen=True)
class Examined:
    """account: None where nobody is found; has_books: whether that centre's accounts are on this site."""

    kind: str
    account: Account | None
    has_books: bool
    purpose: Purpose
    reckoned: Reckoned

    @property
    def most(self) -> Decimal | None:
        return self.reckoned.amount


def kind_of(definition: Definition) -> str:
    asked = {field.code for field in definition.fields}
    return next((kind for code, kind in ASKED_BY.items() if code in asked), RETIREMENT)


def answers_of(case: Flow, definition: Definition) -> dict[str, Any]:
    """What was applied for, in clear."""
    return opened_data(definition, case.data)


def examined(situation: Situation) -> Examined:
    """Eight statements at most."""
    case, definition = situation.case, situation.definition
    said, kind = answers_of(case, definition), kind_of(definition)
    found = account_at(situation, OWNER)
    purpose = purpose_of(kind, said, on=situation.today, case_number=case.number)
    ask = ask_of(
        kind,
        said,
        city=pool_at(case, OWNER),
        on=situation.today,
        account=found.account,
        used=used_before(found.account, purpose),
        repaid=_money((case.facts.get("lender") or {}).get("repaid")) or Decimal(0),
    )
    reckoned = reckon(ask, book=rule_book())
    if found.is_missing:
        reckoned.refused.insert(0, ("no_account", "在缴存地没有找到申请人的公积金账户"))
    reckoned.refused += _of_people(situation, kind, said, found.account)
    if not found.has_books:
        reckoned.open.append("账册不在本站，由缴存地按自己的账册核定金额")
    if kind == REPAYMENT:
        reckoned.refused += _of_lender(case)
    return Examined(kind, found.account, found.has_books, purpose, reckoned)


def purpose_of(kind: str, said: Mapping[str, Any], *, on: dt.date, case_number: str) -> Purpose:
    people = [_index(said.get("id_number"))]
    if kind == RENT and said.get("spouse_id"):
        people.append(_index(said["spouse_id"]))
    home = _plain(said.get("home_number")) if kind == PURCHASE else ""
    return Purpose(
        kind=kind,
        year=int(said["loan_year"]) if kind == REPAYMENT else on.year,
        case_number=case_number,
        persons=tuple(people),
        home=blind_index(home, "fund_home") if home else "",
        loan=_plain(said.get("loan_number")) if kind == REPAYMENT else "",
    )


def ask_of(
    kind: str,
    said: Mapping[str, Any],
    *,
    city: str,
    on: dt.date,
    account: Account | None,
    used: Used,
    repaid: Decimal = Decimal(0),
) -> Ask:
    """Pure. repaid: as the loan city says."""
    number = str(said.get("id_number") or "").upper()
    return Ask(
        kind=kind,
        city=city,
        on=on,
        status=account.status if account else None,
        status_words=account.get_status_display() if account else "",
        balance=account.balance if account else None,
        used=used,
        proof=str(said.get("proof_number") or "").strip(),
        born_on=birth_date(number) if is_resident_id(number) else None,
        is_woman=is_resident_id(number) and int(number[16]) % 2 == 0,
        rent=_money(said.get("rent")),
        area=str(said.get("rent_area") or ""),
        people=2 if said.get("spouse_id") else 1,
        children=int(said.get("children") or 0),
        paid=_money(said.get("paid")) or Decimal(0),
        repaid=repaid,
    )


def _of_people(
    situation: Situation, kind: str, said: dict[str, Any], account: Account | None
) -> list[tuple[str, str]]:
    """Nobody withdraws from another's account, nor to another's bank account."""
    against = []
    own = {p.id_number_index for p in situation.parties if p.role in WHOSE and p.id_number_index}
    if own and _index(said.get("id_number")) not in own:
        against.append(("not_own", "申请人不是这个公积金账户的本人"))
    payee = str(said.get("account_name") or "").strip()
    if account is not None and kind != REPAYMENT and payee != account.name:
        against.append(("other_payee", "收款账户不是本人的，请更正为本人的银行账户"))
    return against


def _of_lender(case: Flow) -> list[tuple[str, str]]:
    lender = case.facts.get("lender")
    if not lender:
        return [("facts_missing", "贷款城市还没有答复贷款情况，请先请贷款城市核实")]
    if not lender["is_confirmed"]:
        return [("facts_differ", f"贷款城市答复不符：{lender['text']}")]
    return []


def _index(number: Any) -> str:
    return blind_index(str(number or "").upper(), "id_number")


def _plain(number: Any) -> str:
    """One spelling of a contract's number: full-width signs, spaces and small letters are the same."""
    return "".join(unicodedata.normalize("NFKC", str(number or "")).upper().split())[:40]


def _money(given: Any) -> Decimal | None:
    return Decimal(str(given)) if given not in (None, "") else None
