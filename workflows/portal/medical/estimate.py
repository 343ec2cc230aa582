"""试算: what a visit may come to, by the settlement's own arithmetic and rules; nothing is booked.

Whoever is known is reckoned with what their year has counted so far (`ledger.preview`); for whom is not,
the year is taken as empty, and the page says so. A rule that is missing is named, never guessed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from matters.catalogue.regions import region_name
from matters.medical.bill import ZERO, Bill, BillRefused, YearToDate, to_fen
from matters.medical.breakdown import Breakdown, Doubt
from matters.medical.ledger import NotBooked, Order, preview
from matters.medical.models import Insured
from matters.medical.rules import rule_book
from matters.medical.rules.words import FILINGS
from matters.medical.settlement import settle
from matters.rules import MissingRule, RuleMissing

ESTIMATED = "estimate"
# What somebody can still become by filing before they settle, and what else a doubtful exemption may mean.
INSTEAD = {
    "unfiled": ("referral", "other_temporary"),
    "exempt": ("other_temporary", "unfiled"),
}
TITLES = {
    "home": "在参保地",
    "exempt": "如果免备案",
    "referral": "如果按异地转诊备案",
    "other_temporary": "如果自己去、按其他临时外出备案",
    "unfiled": "如果没有备案",
    "emergency": "按急诊抢救",
}


@dataclass(frozen=True)
class Scenario:
    """One outcome: the sum, or why there is none."""

    filing: str
    words: str
    breakdown: Breakdown | None = None
    missing: tuple[MissingRule, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    refused: str = ""


@dataclass(frozen=True)
class Asked:
    """What is estimated. outside: yuan that no insurance pays; age in years."""

    cover: Insured
    place: str
    visit: str
    on: dt.date
    level: str
    total: Decimal
    outside: Decimal
    age: int
    disease: str
    is_by_hand: bool


def asked_of(
    cover: Insured,
    answers: Mapping[str, str],
    *,
    visit: str,
    place: str,
    on: dt.date,
    by_hand: bool,
) -> Asked:
    total = to_fen(Decimal(answers["sum"]))
    return Asked(
        cover=cover,
        place=place,
        visit=visit,
        on=on,
        level=answers["level"],
        total=total,
        outside=to_fen(total * Decimal(answers["outside"]) / 100),
        age=_age(cover.born_on, on),
        disease=answers.get("disease", ""),
        is_by_hand=by_hand,
    )


def scenarios(asked: Asked, filing: str, *, is_sure: bool) -> list[Scenario]:
    """As it stands; and what filing would change, or what it would be if the exemption no longer holds.

    Five statements each at most.
    """
    others = () if asked.is_by_hand or (filing == "exempt" and is_sure) else INSTEAD.get(filing, ())
    return [_scenario(asked, way) for way in (filing, *others)]


def assumptions(asked: Asked, *, is_covered: bool = True) -> list[str]:
    """What the sum rests on, in sentences. is_covered: whether benefits stand on that day."""
    outside = (
        f"其中 {asked.outside} 元按医保范围外（全自费）算"
        if asked.outside
        else "全部按医保范围内算"
    )
    said = [f"总费用按 {asked.total} 元，{outside}；先行自付、超限价没有单独计算。"]
    if asked.cover.pk is None:
        said.append(
            "今年以前没有住院、没有用过门诊统筹，起付线和年度限额都从头算；没有计算个人账户。"
        )
    else:
        said.append("按现在登记的参保情况、今年已经结算的次数和金额计算。")
    if not is_covered:
        said.insert(0, "现在待遇不在正常状态：这个试算只在待遇恢复、费用能报销时才适用。")
    said.append("规则按试算当天能查到的版本，以参保地实际结算为准。")
    return said


def _scenario(asked: Asked, filing: str) -> Scenario:
    by_hand = "没有备案，手工报销" if asked.is_by_hand and filing == "unfiled" else ""
    words = by_hand or TITLES.get(filing) or f"按已办的备案（{FILINGS.get(filing, filing)}）"
    reckon: Callable[[Asked, str], Breakdown] = (
        _of_nobody if asked.cover.pk is None else _of_somebody
    )
    try:
        found = reckon(asked, filing)
    except RuleMissing as missing:
        named = tuple(_with_place(rule) for rule in missing.missing)
        return Scenario(filing, words, missing=named, doubts=missing.doubts)
    except (BillRefused, NotBooked) as refused:
        return Scenario(filing, words, refused=refused.sentence)
    return Scenario(filing, words, breakdown=found, doubts=found.doubts)


def _with_place(rule: MissingRule) -> MissingRule:
    """A pool that has no rule file goes by its region's name, not by its code."""
    code = rule_book().name_of(rule.pool)
    return replace(rule, sentence=rule.sentence.replace(code, region_name(rule.pool), 1))


def _of_nobody(asked: Asked, filing: str) -> Breakdown:
    bill = Bill(
        pool=asked.cover.pool_id,
        insured_type=asked.cover.insured_type,
        person_class=asked.cover.person_class,
        age=asked.age,
        level=asked.level,
        visit=asked.visit,
        on=asked.on,
        filing=filing,
        treated_at=asked.place,
        medfee_sumamt=asked.total,
        fulamt_ownpay_amt=asked.outside,
        disease=asked.disease,
    )
    return settle(bill, YearToDate(), book=rule_book())


def _of_somebody(asked: Asked, filing: str) -> Breakdown:
    order = Order(
        institution=None,
        level=asked.level,
        visit=asked.visit,
        began_on=asked.on,
        on=asked.on,
        filing=filing,
        treated_at=asked.place,
        medfee_sumamt=asked.total,
        fulamt_ownpay_amt=asked.outside,
        overlmt_selfpay=ZERO,
        preselfpay_amt=ZERO,
        mdtrt_id=ESTIMATED,
        disease=asked.disease,
        kind="manual" if asked.is_by_hand else "direct",
        use_account=not asked.is_by_hand,
    )
    return preview(insured=asked.cover, order=order)


def _age(born_on: dt.date, on: dt.date) -> int:
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))
