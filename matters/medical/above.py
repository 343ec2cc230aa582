"""Above the basic fund: 大额 beyond its cap, 大病 on the year's own share, 互助 for who joined it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .bill import ZERO, Bill, YearToDate, to_fen
from .ratios import beyond, of_bands
from .reading import Reading

if TYPE_CHECKING:
    from .reckoning import Scope

TOP_UP = "互助"
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Above:
    """over: inside the scope but beyond the fund's cap; large, top_up: what 大额 and 互助 pay (together
    hifob_pay); hifmi: 大病; selfpay: what counts for 大病; *_left: what each could still pay."""

    over: Decimal = ZERO
    large: Decimal = ZERO
    large_left: Decimal | None = None
    hifmi: Decimal = ZERO
    hifmi_left: Decimal | None = None
    threshold: Decimal | None = None
    top_up: Decimal = ZERO
    top_up_left: Decimal | None = None
    selfpay: Decimal = ZERO

    @property
    def hifob(self) -> Decimal:
        return self.large + self.top_up


def above(
    bill: Bill, year: YearToDate, kind: str, scope: Scope, paid: Decimal, hifp: Decimal,
    reduction: dict[str, Any], look: Reading,
) -> Above:  # fmt: skip
    """Step 5. Ordinary outpatient visits end with the basic fund: nothing is known above it."""
    if kind == "outpatient":
        return Above()
    named = look.value("layers")
    layers = [] if named == UNKNOWN else named
    over = _over(scope.base, paid, hifp)
    large, large_left = ZERO, None
    if "large_claim" in layers and over:
        large_left = _left(look.value("large_claim.cap"), year.hifob_pay)
        large = _limited(_step(year.over_cap, over, look.value("large_claim.ratio")), large_left)
    selfpay = scope.scope - hifp - large
    hifmi, hifmi_left, threshold = ZERO, None, None
    if "major_illness" in layers and selfpay:
        threshold = look.value("major_illness.deductible")
        hifmi_left = _left(look.value("major_illness.cap"), year.hifmi_pay)
        hifmi = _major_illness(year.scope_selfpay, selfpay, threshold, reduction, look)
        # What one bill brings is never more than what the person still bears of it.
        hifmi = min(_limited(hifmi, hifmi_left), selfpay)
    top_up, top_left = ZERO, None
    if TOP_UP in bill.plans:
        top_left = _left(look.value("top_up.cap"), year.hifob_pay + large)
        top_up = _limited(_top_up(selfpay - hifmi, reduction, look), top_left)
    return Above(over, large, large_left, hifmi, hifmi_left, threshold, top_up, top_left, selfpay)


def _over(base: Decimal, paid: Decimal, hifp: Decimal) -> Decimal:
    """The part of the base that the fund no longer pays on: the cap is in money paid, so the base is
    split in the same proportion. `paid`: before rounding and cap. Rounded to the fen."""
    if to_fen(paid) <= hifp:
        return ZERO
    return to_fen(base * (paid - hifp) / paid)


def _step(before: Decimal, more: Decimal, ratio: Any) -> Decimal:
    """What a year's total pays after this bill, less what it paid before: cuts of a year into bills
    come to the same."""
    return to_fen(of_bands(before + more, ratio)) - to_fen(of_bands(before, ratio))


def _left(cap: Any, used: Decimal) -> Decimal | None:
    return max(cap - used, ZERO) if isinstance(cap, Decimal) else None


def _limited(amount: Decimal, left: Decimal | None) -> Decimal:
    return amount if left is None else min(amount, left)


def _major_illness(
    before: Decimal, selfpay: Decimal, threshold: Decimal, reduction: dict[str, Any], look: Reading
) -> Decimal:
    ratio = look.value("major_illness.ratio")
    points = reduction.get("major_illness", {}).get("points", ZERO)

    def paid(year: Decimal) -> Decimal:
        return to_fen(beyond(year, threshold, ratio, points))

    return max(paid(before + selfpay) - paid(before), ZERO)


def _top_up(remaining: Decimal, reduction: dict[str, Any], look: Reading) -> Decimal:
    points = reduction.get("top_up", {}).get("points", ZERO)
    return to_fen(beyond(remaining, ZERO, look.value("top_up.ratio"), points))
