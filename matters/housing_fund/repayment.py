"""Repayment plans: 等额本息 and 等额本金. Rates in percent a year, yuan half-up to the fen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

FEN = Decimal("0.01")
SHORT_MONTHS = 60


@dataclass(frozen=True)
class Instalment:
    """One month: what is paid, of it interest and principal, and what is owed after it."""

    number: int
    payment: Decimal
    interest: Decimal
    principal: Decimal
    left: Decimal


def to_fen(amount: Decimal) -> Decimal:
    return amount.quantize(FEN, ROUND_HALF_UP)


def term_of(months: int) -> str:
    """five years and less have a rate of their own."""
    return "short" if months <= SHORT_MONTHS else "long"


def equal_payment(principal: Decimal, rate: Decimal, months: int) -> Decimal:
    """P·r(1+r)^n / ((1+r)^n − 1), a month's payment of 等额本息; P/n where the rate is 0."""
    if rate == 0:
        return to_fen(principal / months)
    with localcontext() as context:
        context.prec = 40
        monthly = rate / 1200
        growth = (1 + monthly) ** months
        return to_fen(principal * monthly * growth / (growth - 1))


def borrowable(payment: Decimal, rate: Decimal, months: int) -> Decimal:
    """What can be repaid by `payment` a month: the inverse of `equal_payment`, down to the fen."""
    if rate == 0:
        return to_fen(payment * months)
    with localcontext() as context:
        context.prec = 40
        monthly = rate / 1200
        growth = (1 + monthly) ** months
        return (payment * (growth - 1) / (monthly * growth)).quantize(FEN, "ROUND_DOWN")


def plan_of_equal_payments(principal: Decimal, rate: Decimal, months: int) -> Iterator[Instalment]:
    """Every month the same; the last one pays what is left, so that nothing remains."""
    payment, left = equal_payment(principal, rate, months), principal
    for number in range(1, months + 1):
        interest = to_fen(left * rate / 1200)
        part = left if number == months else min(payment - interest, left)
        left -= part
        yield Instalment(number, part + interest, interest, part, left)


def plan_of_equal_principal(principal: Decimal, rate: Decimal, months: int) -> Iterator[Instalment]:
    """Every month the same principal (the last one takes the rest), interest on what is left."""
    share, left = to_fen(principal / months), principal
    for number in range(1, months + 1):
        interest = to_fen(left * rate / 1200)
        part = left if number == months else min(share, left)
        left -= part
        yield Instalment(number, part + interest, interest, part, left)
