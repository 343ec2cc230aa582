"""The fund's share: level, bonus, reduction; one for all, by bands of the amount, or by class."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .bill import ZERO, Bill, BillRefused, YearToDate
from .reading import Reading

if TYPE_CHECKING:
    from .reckoning import Scope

ONE = Decimal(1)


@dataclass(frozen=True)
class Ratio:
    """parts: (what, amount, share) that the fund pays; home: before bonus and reduction, None where
    there are several; bonus: added; points: taken away."""

    parts: tuple[tuple[str, Decimal, Decimal], ...]
    home: Decimal | None
    bonus: Decimal
    points: Decimal

    @property
    def paid(self) -> Decimal:
        """Not rounded yet."""
        return sum((amount * share for _, amount, share in self.parts), ZERO)

    @property
    def only(self) -> Decimal | None:
        """The one share, None where parts differ."""
        shares = {share for _, _, share in self.parts}
        return shares.pop() if len(shares) == 1 else None


def ratio_of(
    bill: Bill, year: YearToDate, kind: str, scope: Scope, reduction: dict[str, Any], look: Reading
) -> Ratio:
    """Step 4: level ratio + bonus (not above the pool's ceiling) − reduction, within 0 and 1."""
    value = look.value(f"{kind}.ratio")
    bonus = _bonus(bill, kind, look)
    row = look.maybe(f"{kind}.ratio.ceiling") if bonus else None
    ceiling: Decimal | None = look.of(row) if row else None
    how: dict[str, Decimal] = reduction.get("ratio") or {}

    def adjusted(share: Decimal) -> Decimal:
        if "replace" in how:
            return how["replace"]
        raised = share + bonus
        if ceiling is not None:
            raised = min(raised, ceiling)
        return min(max(raised - how.get("points", ZERO), ZERO), ONE)

    parts = tuple(
        (name, amount, adjusted(share)) for name, amount, share in _parts(bill, year, scope, value)
    )
    home = value if isinstance(value, Decimal) else None
    return Ratio(parts, home, bonus, how.get("points", ZERO))


def _parts(
    bill: Bill, year: YearToDate, scope: Scope, value: Any
) -> Iterator[tuple[str, Decimal, Decimal]]:
    if isinstance(value, Decimal):
        yield "", scope.base, value
    elif "bands" in value:
        before = year.inscp_scp_amt if value.get("of") == "year" else ZERO
        start = before + (scope.dedc if value["counted_from"] == "zero" else ZERO)
        yield from banded(start, start + scope.base, value["bands"])
    elif "by_class" in value:
        yield from _by_class(scope, value["by_class"])
    elif bill.age is None:
        raise BillRefused("age_needed", "这里的报销比例按年龄计算，请给出年龄。")
    else:
        yield "", scope.base, value["base"] + value["per_year_of_age"] * bill.age


def _by_class(scope: Scope, ratios: dict[str, Decimal]) -> Iterator[tuple[str, Decimal, Decimal]]:
    if not scope.parts:
        raise BillRefused("items_needed", "这里按药品类别分别计算，需要逐项费用明细（items）。")
    for name, amount in scope.parts:
        if name not in ratios:
            raise BillRefused("class", f"没有“{name}”类费用的报销比例。")
        yield name, amount, ratios[name]


def banded(
    start: Decimal, end: Decimal, bands: list[dict[str, Decimal]]
) -> Iterator[tuple[str, Decimal, Decimal]]:
    """How much of start..end lies in each band, with the band's share."""
    low = ZERO
    for band in bands:
        high = band.get("to")
        amount = (end if high is None else min(end, high)) - max(start, low)
        if amount > 0:
            yield (
                (f"{low:f} 元以上" if high is None else f"{low:f}–{high:f} 元"),
                amount,
                band["ratio"],
            )
        if high is None or high >= end:
            return
        low = high


def of_bands(amount: Decimal, value: Any) -> Decimal:
    """What a flat or banded ratio pays on 0..amount, not rounded."""
    return beyond(amount, ZERO, value)


def beyond(amount: Decimal, threshold: Decimal, value: Any, points: Decimal = ZERO) -> Decimal:
    """What a flat or banded ratio, less `points`, pays on the part above a threshold; not rounded.

    Bands count from the threshold or from zero, as the value says."""
    over = max(amount - threshold, ZERO)
    if isinstance(value, Decimal):
        return over * max(value - points, ZERO)
    start = threshold if value["counted_from"] == "zero" else ZERO
    bands = banded(start, start + over, value["bands"])
    return sum((part * max(share - points, ZERO) for _, part, share in bands), ZERO)


def _bonus(bill: Bill, kind: str, look: Reading) -> Decimal:
    """All that is added for who the person is. An age that nobody told adds nothing, and is said."""
    total = ZERO
    for row in look.all(f"{kind}.ratio.bonus"):
        value = look.of(row)
        if isinstance(value, Decimal):
            total += value
        elif bill.age is None:
            look.lacks_age = True
        else:
            reached = [share for age, share in value["by_age"].items() if bill.age >= age]
            total += max(reached, default=ZERO)
    return total
