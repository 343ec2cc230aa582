"""How much may be withdrawn, and what forbids it: by dated rows, naming what nobody published. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from matters.rules import Row, RuleBook, RuleMissing

from .household import ZERO
from .quote import Limit, yuan
from .reader import Reader
from .rent import RentRequest, areas_of, quote_rent
from .words import AREAS

RETIREMENT, PURCHASE, RENT, REPAYMENT = "retirement", "purchase", "rent", "repayment"
HOMES = "withdrawal.homes"
RULES = {
    RETIREMENT: "withdrawal.retirement",
    PURCHASE: "withdrawal.purchase",
    REPAYMENT: "withdrawal.repayment",
}


@dataclass(frozen=True)
class Used:
    """What was taken out before, by this person and for this home, loan or year. Yuan.

    forbids: (code, sentence) of what the registers say against it. homes: when the person last withdrew for
    each other home. business: what is under way on the account, in sentences.
    """

    rent: Decimal = ZERO
    home: Decimal = ZERO
    loan: Decimal = ZERO
    forbids: tuple[tuple[str, str], ...] = ()
    homes: tuple[dt.date, ...] = ()
    business: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ask:
    """One withdrawal. status, balance: of the account, None where its books are not on this site.

    proof: the number of a proof of retirement. paid: for the home; repaid: in that year, as the loan
    city says. born_on, is_woman: of who retires.
    """

    kind: str
    city: str
    on: dt.date
    status: str | None = None
    status_words: str = ""
    balance: Decimal | None = None
    used: Used = Used()
    proof: str = ""
    born_on: dt.date | None = None
    is_woman: bool = False
    rent: Decimal | None = None
    area: str = ""
    people: int = 1
    children: int = 0
    paid: Decimal = ZERO
    repaid: Decimal = ZERO


@dataclass
class Reckoned:
    """limits: the lowest is the most there is. refused: (code, sentence). open: what no rule settles,
    so that the centre decides and says on what basis."""

    limits: list[Limit] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    rules: list[Row] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    @property
    def lowest(self) -> Limit | None:
        return min(self.limits, key=lambda limit: limit.amount, default=None)

    @property
    def amount(self) -> Decimal | None:
        return self.lowest.amount if self.lowest else None


def reckon(ask: Ask, *, book: RuleBook) -> Reckoned:
    """Raises nothing for what is not known: it stands in `open`."""
    found, reader = Reckoned(), Reader(book, ask.on)
    if ask.status in ("moving", "frozen", "closed"):
        found.refused.append(("account_state", f"账户{ask.status_words}，不能提取"))
    found.refused += ask.used.forbids
    KINDS[ask.kind](ask, reader, found)
    if ask.balance is not None:
        found.limits.append(Limit("balance", "账户余额", ask.balance, f"余额{yuan(ask.balance)}"))
    if found.amount is not None and found.amount <= 0 and not found.refused:
        lowest = found.lowest
        found.refused.append(
            ("nothing_left", f"没有可以提取的金额：{lowest.text if lowest else ''}")
        )
    found.rules += reader.used.values()
    return found


def _retirement(ask: Ask, reader: Reader, found: Reckoned) -> None:
    rule = _rule(ask, reader, found)
    if rule is None:
        return
    if rule.get("account") and ask.status is not None and ask.status not in rule["account"]:
        sentence = f"退休提取要先封存账户，现在是{ask.status_words}，请单位办理封存"
        found.refused.append(("not_sealed", sentence))
    if rule.get("no_open_business"):
        found.refused += [
            ("open_business", f"{each}，办结以前不能提取") for each in ask.used.business
        ]
    if ask.proof:
        return
    until = rule.get("ages_until")
    if until and ask.on > dt.date.fromisoformat(until):
        sentence = "退休年龄已逐步推迟，不能只按年龄认定，请填写退休证明编号"
        found.refused.append(("proof_missing", sentence))
    elif ask.born_on is not None:
        age = rule["age_women"] if ask.is_woman else rule["age_men"]
        if _age(ask.born_on, ask.on) < age:
            sentence = f"未满{age}周岁；已经退休的，请填写退休证明编号"
            found.refused.append(("too_young", sentence))


def _purchase(ask: Ask, reader: Reader, found: Reckoned) -> None:
    _rule(ask, reader, found)
    _homes(ask, reader, found)
    left = ask.paid - ask.used.home
    text = f"已付房款{yuan(ask.paid)}"
    if ask.used.home:
        text += f"－就这套住房已提取{yuan(ask.used.home)}={yuan(left)}"
    found.limits.append(Limit("home", "已付房款", left, text))


def _homes(ask: Ask, reader: Reader, found: Reckoned) -> None:
    """So many homes in so many years, where the place has such a rule."""
    try:
        rule = reader.value(HOMES, ask.city)
    except RuleMissing:
        return
    most, years = int(rule["homes"]), int(rule["years"])
    since = _years_before(ask.on, years)
    count = sum(day > since for day in ask.used.homes)
    if count >= most:
        sentence = f"{years}年内已就{count}套其他住房提取过，最多{most}套"
        found.refused.append(("too_many_homes", sentence))


def _repayment(ask: Ask, reader: Reader, found: Reckoned) -> None:
    _rule(ask, reader, found)
    left = ask.repaid - ask.used.loan
    text = f"贷款城市确认当年已还{yuan(ask.repaid)}"
    if ask.used.loan:
        text += f"－就这笔贷款当年已提取{yuan(ask.used.loan)}={yuan(left)}"
    found.limits.append(Limit("loan", "当年已还贷款", left, text))


def _rent(ask: Ask, reader: Reader, found: Reckoned) -> None:
    """The year's limit less what the household has taken out in it."""
    known = areas_of(ask.city, book=reader.book)
    if known and ask.area not in known:
        word = AREAS.get(ask.area, ask.area)
        found.refused.append(("area", f"缴存地的限额没有分“{word}”，请更正房屋所在片区"))
        return
    request = RentRequest(
        ask.city, ask.on, ask.area, people=ask.people, children=ask.children, rent=ask.rent
    )
    try:
        quote = quote_rent(request, book=reader.book)
    except RuleMissing as unknown:
        found.open.append(f"{unknown}")
        if ask.rent is not None:
            found.limits.append(_left("rent", "实际租金", ask.rent * 12, ask.used.rent))
        return
    found.limits += [
        _left(each.name, each.label, each.amount, ask.used.rent) for each in quote.limits
    ]
    found.rules += quote.rules
    found.doubts += [doubt.text for doubt in quote.doubts]


def _left(name: str, label: str, amount: Decimal, used: Decimal) -> Limit:
    text = f"一年{yuan(amount)}"
    if used:
        text += f"－今年已提取{yuan(used)}={yuan(max(amount - used, ZERO))}"
    return Limit(name, label, max(amount - used, ZERO), text)


def _rule(ask: Ask, reader: Reader, found: Reckoned) -> Any | None:
    missing: Iterable[Any] = ()
    try:
        return reader.value(RULES[ask.kind], ask.city)
    except RuleMissing as unknown:
        missing = unknown.missing
    found.open += [each.sentence for each in missing]
    return None


def _years_before(on: dt.date, years: int) -> dt.date:
    """The same day; of 29 February the 28th."""
    try:
        return on.replace(year=on.year - years)
    except ValueError:
        return on.replace(year=on.year - years, day=28)


def _age(born_on: dt.date, on: dt.date) -> int:
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


KINDS = {RETIREMENT: _retirement, PURCHASE: _purchase, RENT: _rent, REPAYMENT: _repayment}
