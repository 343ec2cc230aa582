"""The vocabulary of the housing fund's rule files: what narrows a row, what a value may look like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from matters.rules import Row, RuleBook, Scope, Vocabulary, read_folder
from matters.rules.scopes import at_least, at_most, one_of

DATA = Path(__file__).resolve().parent / "data"

PRODUCTS = {
    "employee": "单位职工",
    "flex_monthly": "灵活就业按月缴存",
    "flex_lump": "灵活就业一次性缴存",
    "flex_free": "灵活就业自由缴存",
}
AREAS = {
    "central": "中心城区",
    "district": "其他区县",
    "suburb": "郊区新城",
    "unregistered": "未备案租赁",
}
HOMES = {"first": "首套", "second": "二套"}
FAMILIES = {"single": "单人缴存", "family": "双方缴存"}
FORMULAS = {
    "balance_multiple": {"multiple", "time", "elsewhere"},
    "average_multiple": {"multiple", "over_months"},
    "weighted_months": set(),
    "projected": {"multiple"},
}


def _is_amount(value: Any) -> bool:
    return isinstance(value, Decimal) and value >= 0


def _amount(value: Any) -> str:
    return "" if _is_amount(value) else "应为不小于 0 的数"


def _share(value: Any) -> str:
    return "" if _is_amount(value) and value <= 1 else "应在 0 与 1 之间"


def _formula(value: Any) -> str:
    """`{shape, multiple, over_months, time: [{under, factor}, {factor}], elsewhere, floor_to}`"""
    shape = value.get("shape") if isinstance(value, dict) else None
    if shape not in FORMULAS:
        return f"公式应为 {'、'.join(FORMULAS)} 之一"
    given = set(value) - {"shape", "floor_to"}
    needed = FORMULAS[shape] & {"multiple", "over_months"}
    if given - FORMULAS[shape] or needed - given:
        return f"{shape} 应有 {sorted(needed)}，可有 {sorted(FORMULAS[shape] - needed)} 和 floor_to"
    if not all(_is_amount(value[name]) for name in given - {"time"}):
        return "倍数和月数应为数"
    return _time(value["time"]) if "time" in value else ""


def _time(bands: Any) -> str:
    """By months of deposit: `[{under: 12, factor: 0.5}, …, {factor: 1}]`."""
    if not isinstance(bands, list) or not bands or not all(isinstance(b, dict) for b in bands):
        return "time 应为列表"
    ends = [band.get("under") for band in bands]
    if ends[-1] is not None or ends[:-1] != sorted(end for end in ends[:-1] if _is_amount(end)):
        return "time 的 under 应递增，最后一段不写"
    return "" if all(_is_amount(band.get("factor")) for band in bands) else "factor 应为数"


class FundRow(Row):
    """A rule of a housing-fund centre."""

    SCOPES: ClassVar[Mapping[str, Scope]] = {
        **{name: one_of(name) for name in ("product", "family", "children", "home", "area")},
        **{name: one_of(name) for name in ("term", "housing")},
        "months_from": at_least("months"),
        "months_to": at_most("months"),
    }


_NAMES = {
    "loan.formula": "贷款额度计算公式",
    "loan.cap": "贷款最高额度",
    "loan.cap.affordable": "保障性住房贷款上浮",
    "loan.coefficient": "存贷系数",
    "loan.rent_counts": "租房提取加回计算",
    "loan.down_payment": "最低首付比例",
    "loan.min_months": "申请贷款的缴存月数",
    "loan.rate": "公积金贷款利率",
    "loan.income_share": "月供占收入的上限",
    "loan.longest_term": "最长贷款期限",
    "loan.credit_refuse": "征信不予贷款的情形",
    "loan.home_count": "住房套数的认定",
    "loan.overdue_deduction": "逾期贷款跨区域划扣",
    "rent.month": "租房提取每月限额",
    "withdrawal.retirement": "退休提取的条件",
    "withdrawal.purchase": "购房提取的条件和额度",
    "withdrawal.repayment": "偿还贷款提取的条件和额度",
    "withdrawal.homes": "购房提取的套数",
    "many_children.from": "多子女家庭的认定",
}
WORDS = Vocabulary(
    row=FundRow,
    shapes={
        "loan.formula": _formula,
        "loan.cap": _amount,
        "loan.cap.affordable": _amount,
        "loan.coefficient": _amount,
        "loan.down_payment": _share,
        "loan.rate": _amount,
        "loan.min_months": _amount,
        "rent.month": _amount,
    },
    units={"loan.cap": frozenset({"元"}), "rent.month": frozenset({"元/月"})},
    name_of=lambda key: _NAMES.get(key, key),
)


@cache
def _book(extra: tuple[Path, ...]) -> RuleBook:
    folders = (DATA, *extra)
    files = [
        file for layer, folder in enumerate(folders) for file in read_folder(folder, layer, WORDS)
    ]
    return RuleBook(files, WORDS)


def rule_book(extra: Sequence[Path] = ()) -> RuleBook:
    """The project's rule files plus those of extra directories. Cached; raises RuleFileWrong."""
    return _book(tuple(Path(each).resolve() for each in extra))
