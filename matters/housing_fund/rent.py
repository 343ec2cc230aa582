"""租房提取: how much a month and a year may be taken out for rent."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from matters.rules import RuleBook

from .quote import Doubt, Limit, Quote, yuan
from .reader import Reader

MONTHS = 12


@dataclass(frozen=True)
class RentRequest:
    """area: central | district | suburb | unregistered. rent: what is really paid a month, yuan."""

    city: str
    on: dt.date
    area: str
    people: int = 1
    children: int = 0
    rent: Decimal | None = None
    balance: Decimal | None = None


def areas_of(city: str, *, book: RuleBook) -> set[str]:
    """The areas that the city's limits tell apart; none where no limit is known."""
    return {
        area for row in book.rows(pool=city, key="rent.month") for area in row.scope.get("area", ())
    }


def quote_rent(request: RentRequest, *, book: RuleBook) -> Quote:
    """A year's highest amount, yuan. Raises RuleMissing."""
    reader = Reader(book, request.on)
    row = book.row_at("many_children.from", request.city, request.on, {})
    is_many = row is not None and request.children >= row.value
    month = _month(request, reader, is_many=is_many)
    limits = [Limit("cap", "每年限额", month * MONTHS, f"每月{yuan(month)}×{MONTHS}个月")]
    if request.rent is not None:
        paid = request.rent * MONTHS
        limits.append(Limit("rent", "实际租金", paid, f"每月租金{yuan(request.rent)}×{MONTHS}个月"))
    if request.balance is not None:
        limits.append(Limit("balance", "账户余额", request.balance, f"余额{yuan(request.balance)}"))
    lowest = min(limits, key=lambda limit: limit.amount)
    doubts = []
    if row is not None and is_many and not row.is_sure_enough and request.children == row.value:
        plain = _month(request, Reader(book, request.on), is_many=False) * MONTHS
        amount = min(plain, *(limit.amount for limit in limits[1:]), plain)
        text = f"{row.note}；若不算多子女家庭，则为{yuan(amount)}。"
        doubts = [Doubt(row.key, text, amount)] if amount != lowest.amount else []
    return Quote(
        kind="rent",
        amount=lowest.amount,
        binding=lowest.name,
        limits=tuple(limits),
        explanation=(
            *(f"{limit.label}：{limit.text}={yuan(limit.amount)}" for limit in limits),
            f"取最低的一项（{lowest.label}）：每年可提取{yuan(lowest.amount)}。",
        ),
        rules=tuple(reader.used.values()),
        doubts=tuple(doubts),
    )


def _month(request: RentRequest, reader: Reader, *, is_many: bool) -> Decimal:
    found: Decimal = reader.value(
        "rent.month",
        request.city,
        area=request.area,
        family="family" if request.people > 1 else "single",
        children="more" if is_many else "other",
    )
    return found
