"""One person's loan limit by the formula of the loan city: the shapes that rule files name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from .deposits import TooShort, average_balance, floored, net_by_month, weighted
from .household import Depositor, LoanRequest
from .quote import Refused, yuan
from .reader import Reader

Formula = Callable[[Mapping[str, Any], Depositor, LoanRequest, Reader], tuple[Decimal, str]]


def by_formula(depositor: Depositor, request: LoanRequest, reader: Reader) -> tuple[Decimal, str]:
    """The amount, yuan, and how it came about. Raises RuleMissing, Refused."""
    rule = reader.value("loan.formula", request.city, product=depositor.product)
    amount, text = SHAPES[rule["shape"]](rule, depositor, request, reader)
    if step := rule.get("floor_to"):
        rounded = floored(amount, step)
        return rounded, f"{text}，按{yuan(step)}取整为{yuan(rounded)}"
    return amount, text


def _balance_multiple(
    rule: Mapping[str, Any], depositor: Depositor, request: LoanRequest, _reader: Reader
) -> tuple[Decimal, str]:
    multiple = rule["multiple"]
    amount = depositor.today * multiple
    text = f"账户余额{yuan(depositor.today)}×{multiple}倍"
    if "time" in rule or "elsewhere" in rule:
        factor = _time_factor(rule, depositor, request)
        amount *= factor
        text += f"×缴存时间系数{factor}"
    return amount, f"{text}={yuan(amount)}"


def _time_factor(rule: Mapping[str, Any], depositor: Depositor, request: LoanRequest) -> Decimal:
    if "elsewhere" in rule and depositor.deposited_at not in ("", request.city):
        return Decimal(rule["elsewhere"])
    for band in rule.get("time", [{"factor": Decimal(1)}]):
        if "under" not in band or depositor.count < band["under"]:
            return Decimal(band["factor"])
    raise AssertionError("the last band has no end")


def _average_multiple(
    rule: Mapping[str, Any], depositor: Depositor, _request: LoanRequest, _reader: Reader
) -> tuple[Decimal, str]:
    over = int(rule["over_months"])
    try:
        average = average_balance(depositor, over)
    except TooShort:
        sentence = f"要按最近 {over} 个月的日均余额计算，请提供最近 {over} 个月的逐月缴存。"
        raise Refused("months_needed", sentence) from None
    amount = average * rule["multiple"]
    return amount, f"最近{over}个月日均余额{yuan(average)}×{rule['multiple']}倍={yuan(amount)}"


def _weighted_months(
    _rule: Mapping[str, Any], depositor: Depositor, request: LoanRequest, reader: Reader
) -> tuple[Decimal, str]:
    if not depositor.months:
        raise Refused("months_needed", "这座城市按逐月缴存计算额度，请提供逐月缴存和提取。")
    if depositor.today > depositor.net:
        sentence = (
            f"逐月缴存只合计{yuan(depositor.net)}，账户余额是{yuan(depositor.today)}："
            "更早的月份权数更大，请把逐月明细补全。"
        )
        raise Refused("months_incomplete", sentence)
    coefficient = reader.value("loan.coefficient", request.city)
    rent = reader.value_if_any("loan.rent_counts", request.city)
    keeps = int(rent["within_months"]) if rent else 0
    total = weighted(net_by_month(depositor.months, keeps_rent_of=keeps))
    amount = total * coefficient
    return amount, f"Σ（每月缴存净额×月份数）={yuan(total)}，×存贷系数{coefficient}={yuan(amount)}"


def _projected(
    rule: Mapping[str, Any], depositor: Depositor, _request: LoanRequest, _reader: Reader
) -> tuple[Decimal, str]:
    """(what the months come to + what was there before) × a multiple."""
    amount = depositor.today * rule["multiple"]
    return amount, f"（缴存合计与余额）{yuan(depositor.today)}×{rule['multiple']}={yuan(amount)}"


SHAPES: dict[str, Formula] = {
    "balance_multiple": _balance_multiple,
    "average_multiple": _average_multiple,
    "weighted_months": _weighted_months,
    "projected": _projected,
}
