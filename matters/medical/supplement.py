"""Supplementary insurance 惠蓉保, 渝快保…: settles after the basic part, on what that left to the person.

It is a commercial insurer's money: no part of fund_pay_sumamt, of the year's counters or of clearing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from matters.rules import RuleMissing

from .bill import ZERO, to_fen
from .breakdown import UsedRule
from .ratios import beyond
from .reading import in_words, used_rule
from .rules import RuleBook

KEY = "supplement"


@dataclass(frozen=True)
class Liability:
    """What one liability 责任 pays: `(base − deductible) × ratio`, to the fen, within its cap. Yuan."""

    name: str
    base: Decimal
    deductible: Decimal
    ratio: Any
    pay: Decimal
    text: str


@dataclass(frozen=True)
class Supplement:
    """One plan's answer. untold: liabilities whose amounts nobody gave, so that they were not reckoned."""

    plan: str
    liabilities: tuple[Liability, ...]
    untold: tuple[str, ...]
    rules: tuple[UsedRule, ...]

    @property
    def pay(self) -> Decimal:
        return sum((each.pay for each in self.liabilities), ZERO)

    def as_json(self) -> dict[str, Any]:
        return {
            "plan": self.plan,
            "pay": str(to_fen(self.pay)),
            "liabilities": [
                {"name": each.name, "base": str(to_fen(each.base)), "deductible": str(each.deductible),
                 "ratio": in_words(each.ratio), "pay": str(to_fen(each.pay)), "text": each.text}
                for each in self.liabilities
            ],
            "untold": list(self.untold),
            "rules": [{"id": rule.id, "certainty": rule.certainty, "source": rule.source} for rule in self.rules],
        }  # fmt: skip


def supplement(
    plan: str,
    amounts: Mapping[str, Decimal],
    *,
    pool: str,
    on: dt.date,
    book: RuleBook,
    used: Mapping[str, Decimal] | None = None,
) -> Supplement:
    """amounts: a breakdown's by national names, and what else the plan looks at (特药费用…). used: what
    of each liability's deductible was borne before this year, by its name. Raises RuleMissing."""
    rows = [
        row
        for row in book.rows(pool=pool, key=KEY)
        if row.value["plan"] == plan and row.holds_on(on)
    ]
    if not rows:
        raise RuleMissing([book.missing(f"{KEY}.{plan}", pool, on)])
    found, untold = [], []
    for row in rows:
        rule = row.value
        base = _base(rule["base"], amounts)
        if base is None:
            untold.append(rule["liability"])
            continue
        borne = (used or {}).get(rule["liability"], ZERO)
        found.append(_liability(rule, base, max(rule["deductible"] - borne, ZERO)))
    return Supplement(plan, tuple(found), tuple(untold), tuple(used_rule(row) for row in rows))


def _base(names: list[str], amounts: Mapping[str, Decimal]) -> Decimal | None:
    """`[psn_part_amt, -fulamt_ownpay_amt]`: amounts added and taken away; None where one is not told."""
    total = ZERO
    for name in names:
        amount = amounts.get(name.removeprefix("-"))
        if amount is None:
            return None
        total += -amount if name.startswith("-") else amount
    return max(total, ZERO)


def _liability(rule: Mapping[str, Any], base: Decimal, deductible: Decimal) -> Liability:
    pay = to_fen(beyond(base, deductible, rule["ratio"]))
    if "cap" in rule:
        pay = min(pay, rule["cap"])
    text = (
        f"{rule['plan']}{rule['liability']}：{base:,.2f} 元，超过 {deductible:,.2f} 元的部分"
        f"赔 {in_words(rule['ratio'])}，即 {pay:,.2f} 元。"
    )
    return Liability(rule["liability"], base, deductible, rule["ratio"], pay, text)
