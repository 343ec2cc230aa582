"""Pure sums over a history of deposits. Yuan, Decimal, no rounding here."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal

from .household import ZERO, Depositor, Month


class TooShort(ValueError):
    """The history given doesn't reach back far enough for the average."""


def average_balance(depositor: Depositor, over: int) -> Decimal:
    """The mean of the balances at the ends of the last `over` months, months taken as equally long.

    What was there before the first month given is the rest of the balance. Raises TooShort.
    """
    opening = depositor.today - depositor.net
    if len(depositor.months) < over:
        if opening != 0 or not depositor.months:
            raise TooShort
        # The account began with the first month: before it there was nothing.
        return sum(_balances(depositor.months, ZERO), ZERO) / over
    balances = _balances(depositor.months, opening)
    return sum(balances[-over:], ZERO) / over


def _balances(months: Sequence[Month], opening: Decimal) -> list[Decimal]:
    found, standing = [], opening
    for month in months:
        standing += month.deposit - month.withdrawn
        found.append(standing)
    return found


def net_by_month(months: Sequence[Month], *, keeps_rent_of: int = 0) -> list[Decimal]:
    """What is left of each month's deposit once withdrawals have taken the latest money first (LIFO).

    keeps_rent_of: of that many last months, what was withdrawn for rent counts as still there. What was
    there before the first month bears the rest.
    """
    left: list[Decimal] = []
    for place, month in enumerate(months):
        left.append(month.deposit)
        is_recent = place >= len(months) - keeps_rent_of
        taken = month.withdrawn - (month.for_rent if is_recent else ZERO)
        for at in range(len(left) - 1, -1, -1):
            part = min(left[at], taken)
            left[at] -= part
            taken -= part
    return left


def weighted(net: Sequence[Decimal]) -> Decimal:
    """Σ net_m × i_m, i = 1 for the latest month and one more for each before it."""
    return sum((amount * i for i, amount in enumerate(reversed(net), start=1)), ZERO)


def floored(amount: Decimal, step: Decimal) -> Decimal:
    """Down to a whole number of steps: 23,400 by 1,000 is 23,000."""
    return (amount / step).to_integral_value(ROUND_DOWN) * step
