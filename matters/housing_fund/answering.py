"""One request of any kind answered as JSON: a quotation, or what is wrong, unknown or refused."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from matters.rules import RuleBook, RuleFileWrong, RuleMissing

from .loan import quote_loan
from .quote import Quote, Refused, missing_json, rule_json, text_of
from .reader import Reader
from .rent import quote_rent
from .repayment import (
    equal_payment,
    plan_of_equal_payments,
    plan_of_equal_principal,
    term_of,
)
from .requests import RequestWrong, day, loan_request, money, rent_request, whole
from .words import HOMES

METHODS = {"equal_payment": plan_of_equal_payments, "equal_principal": plan_of_equal_principal}
LONGEST = 600
RATE_DIGITS = 4


def answer(asked: Any, *, book: RuleBook) -> dict[str, Any]:
    """{"ok": true, …quotation} or {"ok": false, "problem": {code, sentence, …}}. Never raises for input.

    asked: JSON read with `parse_float=Decimal`.
    """
    try:
        if not isinstance(asked, Mapping):
            raise RequestWrong("", "请求应为对象")
        kind = asked.get("kind")
        if not isinstance(kind, str) or kind not in KINDS:
            raise RequestWrong("kind", f"应为 {'、'.join(KINDS)} 之一")
        return {"ok": True, **KINDS[kind](asked, book)}
    except RequestWrong as wrong:
        return _problem("invalid", str(wrong), place=wrong.place)
    except Refused as refused:
        return _problem(refused.code, refused.sentence, ways=list(refused.ways))
    except RuleMissing as unknown:
        missing = [missing_json(each) for each in unknown.missing]
        return _problem(
            "rule_missing", f"{unknown}。不能估算，请向公积金中心（12329）咨询。", missing=missing
        )
    except RuleFileWrong as wrong_file:
        return _problem("rules_wrong", str(wrong_file))


def _problem(code: str, sentence: str, **more: Any) -> dict[str, Any]:
    return {"ok": False, "problem": {"code": code, "sentence": sentence, **more}}


def _loan(asked: Mapping[str, Any], book: RuleBook) -> dict[str, Any]:
    return _of(quote_loan(loan_request(asked, book), book=book))


def _rent(asked: Mapping[str, Any], book: RuleBook) -> dict[str, Any]:
    return _of(quote_rent(rent_request(asked, book), book=book))


def _of(quote: Quote) -> dict[str, Any]:
    return quote.as_json()


def _repayment(asked: Mapping[str, Any], book: RuleBook) -> dict[str, Any]:
    """The first month's payment, the total of interest, and every instalment."""
    known = {"kind", "city", "on", "principal", "months", "rate", "home", "method"}
    if strange := sorted(str(name) for name in set(asked) - known):
        raise RequestWrong("", f"不认识的项：{'、'.join(strange)}")
    principal = money(asked, "principal")
    if not principal:
        raise RequestWrong("principal", "应为大于 0 的金额")
    months = whole(asked, "months", 0, least=1, most=LONGEST)
    method = asked.get("method", "equal_payment")
    if not isinstance(method, str) or method not in METHODS:
        raise RequestWrong("method", f"应为 {'、'.join(METHODS)} 之一")
    rate, rules = _rate(asked, months, book)
    plan = list(METHODS[method](principal, rate, months))
    interest = sum((each.interest for each in plan), Decimal(0))
    return {
        "kind": "repayment",
        "amount": text_of(
            equal_payment(principal, rate, months) if method == "equal_payment" else plan[0].payment
        ),
        "rate": str(rate),
        "interest": text_of(interest),
        "plan": [
            {
                "number": each.number,
                "payment": text_of(each.payment),
                "interest": text_of(each.interest),
                "principal": text_of(each.principal),
                "left": text_of(each.left),
            }
            for each in plan
        ],
        "rules": rules,
    }


def _rate(
    asked: Mapping[str, Any], months: int, book: RuleBook
) -> tuple[Decimal, list[dict[str, Any]]]:
    """As given, else the fund's rate of that day; a rate known only from memory is not used."""
    if asked.get("rate") is not None:
        given = asked["rate"]
        try:
            rate = Decimal(str(given))
        except ArithmeticError:
            raise RequestWrong("rate", "应为百分数，如 3.25") from None
        if isinstance(given, bool) or not rate.is_finite() or not 0 <= rate <= 100:
            raise RequestWrong("rate", "应为百分数，如 3.25")
        if rate != round(rate, RATE_DIGITS):
            raise RequestWrong("rate", f"最多 {RATE_DIGITS} 位小数")
        return rate, []
    home = asked.get("home", "first")
    if not isinstance(home, str) or home not in HOMES:
        raise RequestWrong("home", f"应为 {'、'.join(HOMES)} 之一")
    reader = Reader(book, day(asked, "on"))
    found: Decimal = reader.value("loan.rate", "000000", home=home, term=term_of(months))
    return found, [rule_json(row) for row in reader.used.values()]


KINDS = {"loan": _loan, "rent": _rent, "repayment": _repayment}
