"""The settlement: ten steps from a bill to who pays what. Pure: no SQL, no clock, no float."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from matters.rules import CERTAINTIES, NONE, UNKNOWN, MissingRule, Row, RuleMissing

from .bill import Bill, BillRefused, YearToDate
from .breakdown import Breakdown, Doubt
from .explanation import explained, fund_lines
from .reading import Reading, claims, in_words, used_rule
from .reckoning import Sums, reckon, refuse_contradictions
from .rules import RuleBook
from .rules.words import INSURED_TYPES, name_of_key

__all__ = ["Bill", "BillRefused", "Breakdown", "MissingRule", "RuleMissing", "YearToDate", "settle"]


def settle(bill: Bill, year: YearToDate, *, book: RuleBook) -> Breakdown:
    """Reckon one bill by the rules of the day it names. year: what was counted before it.

    Raises RuleMissing where a rule that the sum needs is not known, or rests on a value that nobody
    could confirm; BillRefused where the bill contradicts itself. The steps: docs/medical.md.
    A probable rule is used; where somebody claims another value that would change the amounts,
    `doubts` has that outcome too.
    """
    refuse_contradictions(bill, year)
    _refuse_class(bill, book)
    look = Reading(bill, book)
    sums = reckon(bill, year, look)
    rows = list(look.used.values())
    idle = _stop_on_unsure(sums, rows, book)
    doubts = [
        *_age_doubts(sums, look, book),
        *(doubt for row in rows for doubt in _doubts(row, sums, book)),
        *_vague(rows, bill),
        *_not_joined(bill, look),
    ]
    return _breakdown(sums, look, idle, doubts)


def _refuse_class(bill: Bill, book: RuleBook) -> None:
    pool = book.pools.get(bill.pool)
    classes = pool.classes.get(bill.insured_type) if pool else None
    if not classes:
        return
    wanted = set(bill.person_class.split("+"))
    if not any(wanted == set(code.split("+")) for code in classes):
        known = "、".join(f"{name}（{code}）" for code, name in classes.items())
        kind = INSURED_TYPES.get(bill.insured_type, bill.insured_type)
        raise BillRefused(
            "person_class", f"{book.name_of(bill.pool)}{kind}的人员类别应为 {known} 之一。"
        )


def _other(row: Row, value: Any, sums: Sums, book: RuleBook) -> dict[str, Decimal] | None:
    """The amounts if that row said that; None where the sum could not go on."""
    try:
        tried = reckon(sums.bill, sums.year, Reading(sums.bill, book, {row.id: value}))
    except (RuleMissing, BillRefused):
        return None
    return tried.amounts


def _stop_on_unsure(sums: Sums, rows: list[Row], book: RuleBook) -> frozenset[str]:
    """Ids of unconfirmed rows that this sum does not rest on. Raises RuleMissing for one that it does:
    then `doubts` has what each claimed value would give."""
    idle, missing, doubts = set(), [], []
    for row in rows:
        if row.is_sure_enough or row.value == UNKNOWN:
            continue
        outcomes = [(value, _other(row, value, sums, book)) for value in _claims(row)[1:]]
        if outcomes and all(amounts == sums.amounts for _, amounts in outcomes):
            idle.add(row.id)
            continue
        why = (
            f"没有查实（{row.note}），这一次的金额取决于它"
            if row.note
            else "没有查实，这一次的金额取决于它"
        )
        missing.append(book.missing(row.key, row.pool, sums.bill.on, why=why))
        told = [(claims(row)[0], sums.amounts), *outcomes][: len(claims(row))]
        doubts += [_doubt(row, value, amounts) for value, amounts in told if amounts]
    if missing:
        raise RuleMissing(missing, doubts)
    return frozenset(idle)


def _claims(row: Row) -> list[Any]:
    """The claimed values; a lone unconfirmed share or cap is tried against none, to see if it matters."""
    found = claims(row)
    if len(found) == 1 and row.key.endswith(".ratio"):
        return [*found, Decimal(0)]
    if len(found) == 1 and row.key.endswith(".cap"):
        return [*found, NONE]
    return found


def _doubts(row: Row, sums: Sums, book: RuleBook) -> Iterator[Doubt]:
    if row.value == UNKNOWN:
        yield Doubt(row.key, f"{name_of_key(row.key)}：{row.note or '没有查到'}，未计入。", {})
    elif row.is_sure_enough:
        for value in row.rivals:
            amounts = _other(row, value, sums, book)
            if amounts is not None and amounts != sums.amounts:
                yield _doubt(row, value, amounts)


def _doubt(row: Row, value: Any, amounts: dict[str, Decimal]) -> Doubt:
    # Where no value is confirmed there is nothing that the others differ from.
    other = "另有说法" if row.is_sure_enough else "若按"
    text = (
        f"{name_of_key(row.key)}{other}：{in_words(value)}"
        f"（{row.note or CERTAINTIES[row.certainty]}）。那样基金支付 {amounts['fund_pay_sumamt']:,.2f} 元，"
        f"个人负担 {amounts['psn_part_amt']:,.2f} 元。"
    )
    return Doubt(row.key, text, amounts)


def _vague(rows: list[Row], bill: Bill) -> Iterator[Doubt]:
    for row in rows:
        if row.begins_vaguely(bill.on):
            text = f"{name_of_key(row.key)}从哪一天起没有查到（{row.span}），按已经开始计算。"
            yield Doubt(row.key, text, {})


def _age_doubts(sums: Sums, look: Reading, book: RuleBook) -> Iterator[Doubt]:
    """Nobody told the age: what would be added at each."""
    if not look.lacks_age:
        return
    for row in look.used.values():
        value = look.of(row)
        ages = value.get("by_age", {}) if isinstance(value, dict) else {}
        for age in ages:
            bill = replace(sums.bill, age=int(age))
            amounts = reckon(bill, sums.year, Reading(bill, book)).amounts
            if amounts != sums.amounts:
                yield Doubt(
                    row.key,
                    f"没有给出年龄。满 {age} 岁的，基金支付 {amounts['fund_pay_sumamt']:,.2f} 元。",
                    amounts,
                )


def _not_joined(bill: Bill, look: Reading) -> Iterator[Doubt]:
    """互助 is another insurance: it pays for who joined it, and nobody said that this person did."""
    if bill.visit != "inpatient" or "互助" in bill.plans:
        return
    row = look.book.row_at("top_up.ratio", bill.pool, bill.on, look.facts)
    if row:
        yield Doubt(row.key, "参加了大病医疗互助补充保险的，另有互助支付，未计入。", {})


def _breakdown(sums: Sums, look: Reading, idle: frozenset[str], doubts: list[Doubt]) -> Breakdown:
    bill, ratio = sums.bill, sums.ratio
    base = sums.scope.base
    share = ratio.only if ratio.only is not None else (ratio.paid / base if base else Decimal(0))
    return Breakdown(
        medfee_sumamt=bill.medfee_sumamt,
        fulamt_ownpay_amt=bill.fulamt_ownpay_amt,
        overlmt_selfpay=bill.overlmt_selfpay,
        preselfpay_amt=sums.scope.preself,
        inscp_scp_amt=sums.scope.scope,
        act_pay_dedc=sums.scope.dedc,
        base=base,
        ratio=share,
        hifp_pay=sums.hifp,
        hifob_pay=sums.above.hifob,
        hifmi_pay=sums.above.hifmi,
        fund_pay_sumamt=sums.fund,
        hosp_part_amt=bill.hosp_part_amt,
        psn_part_amt=sums.psn_part,
        acct_pay=sums.acct,
        acct_mulaid_pay=sums.mulaid,
        psn_cash_pay=sums.cash,
        year_before=sums.year,
        year_after=sums.year_after,
        fund_lines=fund_lines(sums),
        explanation=explained(sums, look.book),
        rules=tuple(used_rule(row, bears=row.id not in idle) for row in look.used.values()),
        doubts=tuple(doubts),
    )
