"""How much may be lent: the loan city's rules, the deposit city's data, the house city's highest amount."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from matters.housing_fund.answering import answer
from matters.housing_fund.models import Account
from matters.housing_fund.own import depositor_of
from matters.housing_fund.words import rule_book
from workflows.cases.act import Situation
from workflows.cases.places import office_name

from .loan_people import LOAN, account_anywhere, account_at, answers_of, pool_at

if TYPE_CHECKING:
    from workflows.cases.flow import Flow

NO_ACCOUNT = "没有查到{who}的缴存账户，额度不能核算"


def borrowers_of(situation: Situation) -> list[tuple[str, Account | None]]:
    """The borrower at the deposit city, and the co-borrower wherever they deposit. Two statements."""
    found = [("借款人", account_at(situation))]
    if answers_of(situation.case, situation.definition).get("couple") == "yes":
        found.append(("配偶", account_anywhere(situation, who="spouse_id")))
    return found


def reckon(situation: Situation, credit: Mapping[str, Any]) -> dict[str, Any]:
    """As `answering.answer` gives it, with whose deposits went in. credit: `ReckonForm`'s.

    Two statements, and two a borrower.
    """
    people = borrowers_of(situation)
    missing = [who for who, account in people if account is None]
    if missing:
        sentence = NO_ACCOUNT.format(who="、".join(missing))
        return {"ok": False, "problem": {"code": "no_account", "sentence": f"{sentence}。"}}
    accounts = [(who, account) for who, account in people if account is not None]
    on = situation.today
    household = [depositor_of(account, on=on) | {"name": who} for who, account in accounts]
    asked = _asked(situation, credit) | {"household": household}
    told = [
        {
            "who": who,
            "centre": office_name(account.centre_id),
            "months": depositor["in_a_row"],
            "balance": depositor["balance"],
        }
        for (who, account), depositor in zip(accounts, household, strict=True)
    ]
    return answer(asked, book=rule_book()) | {"household": told}


def _asked(situation: Situation, credit: Mapping[str, Any]) -> dict[str, Any]:
    case = situation.case
    given = answers_of(case, situation.definition)
    asked = {
        "kind": "loan",
        "city": pool_at(case, LOAN),
        "on": situation.today.isoformat(),
        "cap_of": given["house_region"],
        "price": str(worth_of(case, given)),
        "down_payment": str(given["down_payment"]),
        "children": int(given["children"]),
        "home": given["home"],
        "housing": given["housing"],
        "credit": {
            name: credit[name] for name in ("consecutive", "total", "overdue_now", "dishonest")
        },
    }
    if credit.get("repayment_limit"):
        asked["repayment_limit"] = str(credit["repayment_limit"])
    return asked


def worth_of(case: Flow, given: Mapping[str, Any]) -> Decimal:
    """Price less what the valuation is below it: the lower of the two counts."""
    valuation = case.facts.get("valuation")
    price: Decimal = given["price"]
    return min(price, Decimal(valuation["value"])) if valuation else price
