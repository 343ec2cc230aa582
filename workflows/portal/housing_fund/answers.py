"""A quotation in words that anybody understands: the amount, why no more, what is known and what is not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from matters.catalogue.regions import region_name
from matters.housing_fund.answering import answer
from matters.housing_fund.words import rule_book
from matters.rules.rows import CERTAINTIES
from tongban.templatetags.formats import zh_money

LABEL = "试算，以公积金中心审核为准"
TONES = {"certain": "good", "probable": "warn"}
# Why it is no more, by what set the amount.
REASONS = {
    "formula": "按账户里的钱和缴存的时间，{city}最多能借给您这么多。继续缴存，能借的会变多。",
    "cap": "这是{city}规定的最高额度：账户里的钱再多，也只能借到这里。",
    "price": "房价减去首付只差这么多，贷款不会超过这个差额。",
    "repayment": "贷款中心核定您每月还得起的，只够借这么多。",
    "rent": "房租只有这么多，提取不能超过实际付的房租。",
    "balance": "账户里只有这么多，提取不能超过余额。",
}
RENT_CAP = "这是{city}规定的租房提取限额，房租再高也只能提这么多。"


@dataclass(frozen=True)
class RuleRow:
    name: str
    value: str
    place: str
    certainty: str
    kind: str
    span: str
    source: str
    note: str


@dataclass(frozen=True)
class Answer:
    """problem: why there is no amount. limits: those that were compared, the binding one said so."""

    ok: bool
    amount: Decimal = Decimal(0)
    reason: str = ""
    limits: list[dict[str, Any]] = field(default_factory=list)
    rules: list[RuleRow] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    problem: str = ""
    ways: list[str] = field(default_factory=list)
    raw: Mapping[str, Any] = field(default_factory=dict)
    label: str = LABEL


def answered(asked: Mapping[str, Any]) -> Answer:
    """No statement, but one a minute for a place's name."""
    place = str(asked["city"])
    found = answer(asked, book=rule_book())
    if not found["ok"]:
        problem = found["problem"]
        return Answer(
            False,
            problem=_with_place(problem["sentence"], place),
            ways=list(problem.get("ways", ())),
            missing=_sentences(problem.get("missing", ()), place),
            raw=found,
        )
    limits = found.get("limits", [])
    binding = found.get("binding", "")
    for limit in limits:
        limit["amount"], limit["binds"] = Decimal(limit["amount"]), limit["name"] == binding
        limit["text"] = _with_place(limit["text"], place)
    is_rent_cap = found["kind"] == "rent" and binding == "cap"
    reason = RENT_CAP if is_rent_cap else REASONS.get(binding, "")
    return Answer(
        True,
        amount=Decimal(found["amount"]),
        reason=reason.format(city=city_name(place)),
        limits=limits,
        rules=[_rule(row) for row in found["rules"]],
        doubts=[doubt["text"] for doubt in found.get("doubts", ())],
        missing=_sentences(found.get("missing", ()), place),
        raw=found,
    )


def city_name(code: str) -> str:
    """As the rule files call it, else the region's own name."""
    book = rule_book()
    return book.name_of(code) if code in book.pools else region_name(code)


def _with_place(sentence: str, place: str) -> str:
    """A city that has no rule file goes by its name, not by its code."""
    book = rule_book()
    if place in book.pools:
        return sentence
    return sentence.replace(book.name_of(place), region_name(place))


def _sentences(missing: Any, place: str) -> list[str]:
    return [_with_place(each["sentence"], place) for each in missing]


def _rule(row: Mapping[str, Any]) -> RuleRow:
    key = str(row["key"])
    return RuleRow(
        name=rule_book().words.name_of(key),
        value=VALUES.get(key, _plainly)(row["value"]),
        place=row["place"],
        certainty=CERTAINTIES[row["certainty"]],
        kind=TONES.get(row["certainty"], "bad"),
        span=row["span"],
        source=row["source"],
        note=row["note"],
    )


def _plainly(value: Any) -> str:
    return f"{value}" if isinstance(value, str) else ""


def _share(value: Any) -> str:
    return f"{Decimal(value):.0%}"


def _formula(value: Any) -> str:
    shapes = {
        "balance_multiple": "账户余额的 {multiple} 倍",
        "average_multiple": "最近 {over_months} 个月日均余额的 {multiple} 倍",
        "weighted_months": "每月缴存净额按存入时间加权，再乘存贷系数",
        "projected": "缴存合计与余额的 {multiple} 倍",
    }
    return shapes[value["shape"]].format_map(value)


def _money(value: Any) -> str:
    return zh_money(Decimal(value))


VALUES: dict[str, Callable[[Any], str]] = {
    "loan.formula": _formula,
    "loan.cap": _money,
    "loan.cap.affordable": lambda value: f"最高额度的 {value} 倍",
    "loan.down_payment": _share,
    "loan.min_months": lambda value: f"{value} 个月",
    "loan.rate": lambda value: f"{value}%",
    "loan.rent_counts": lambda value: f"{value['within_months']} 个月内的租房提取加回",
    "rent.month": lambda value: f"每月 {_money(value)}",
}
