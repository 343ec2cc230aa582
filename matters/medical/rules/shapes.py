"""What a rule's value may look like, by its key: the shapes that the arithmetic knows.

Anything else in a file is refused when it is read, not when somebody's bill comes along.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from matters.rules import NONE, UNKNOWN

Check = Callable[[Any], str]


def _is_amount(value: Any) -> bool:
    return isinstance(value, Decimal) and value >= 0


def _is_share(value: Any) -> bool:
    return isinstance(value, Decimal) and 0 <= value <= 1


def _deductible(value: Any) -> str:
    same = isinstance(value, dict) and set(value) == {"same_as"}
    share = isinstance(value, dict) and set(value) == {"share", "of"}
    if share:
        share = _is_share(value["share"]) and _is_amount(value["of"])
    return "" if _is_amount(value) or same or share else "起付线应为金额、{share, of} 或 {same_as}"


def _bands(value: Any) -> str:
    """`{bands: [{to: 30000, ratio: 0.6}, {ratio: 0.65}], counted_from: zero|deductible}`"""
    if not isinstance(value, dict) or not isinstance(value.get("bands"), list):
        return "应有 bands"
    if set(value) - {"bands", "counted_from", "of"}:
        return "分段只认 bands、counted_from、of"
    if value.get("counted_from") not in ("zero", "deductible"):
        return "counted_from 应为 zero 或 deductible"
    if value.get("of", "bill") not in ("bill", "year"):
        return "of 应为 bill 或 year"
    ends: list[Any] = [band.get("to") for band in value["bands"] if isinstance(band, dict)]
    if len(ends) != len(value["bands"]) or not ends or ends[-1] is not None:
        return "最后一段不写 to"
    if not all(_is_amount(end) for end in ends[:-1]) or ends[:-1] != sorted(set(ends[:-1])):
        return "各段的 to 应递增"
    return (
        ""
        if all(_is_share(band.get("ratio")) for band in value["bands"])
        else "比例应在 0 与 1 之间"
    )


def _ratio(value: Any) -> str:
    if _is_share(value):
        return ""
    if isinstance(value, dict):
        if "bands" in value:
            return _bands(value)
        by_class = value.get("by_class")
        if isinstance(by_class, dict) and set(value) == {"by_class"}:
            return (
                "" if all(_is_share(each) for each in by_class.values()) else "比例应在 0 与 1 之间"
            )
        if set(value) == {"base", "per_year_of_age"}:
            return "" if all(_is_share(each) for each in value.values()) else "比例应在 0 与 1 之间"
    return "比例应为 0 与 1 之间的数、{bands}、{by_class} 或 {base, per_year_of_age}"


def _layer_ratio(value: Any) -> str:
    return "" if _is_share(value) else _bands(value)


def _bonus(value: Any) -> str:
    if _is_share(value):
        return ""
    by_age = value.get("by_age") if isinstance(value, dict) else None
    if isinstance(by_age, dict) and by_age and all(_is_share(each) for each in by_age.values()):
        return ""
    return "加成应为 0 与 1 之间的数或 {by_age: {50: 0.02}}"


def _cap(value: Any) -> str:
    return "" if _is_amount(value) or value in (NONE, UNKNOWN) else "限额应为金额、none 或 unknown"


def _floor(value: Any) -> str:
    return "" if _is_amount(value) or value == NONE else "下限应为金额或 none"


def _repeat(value: Any) -> str:
    wanted = {
        "none": set(), "linear": {"step"}, "compound": {"step"}, "fixed": {"less"},
        "waived": {"from"}, "shares": {"shares"},
    }  # fmt: skip
    shape = value.get("shape") if isinstance(value, dict) else None
    if shape not in wanted or set(value) - {"shape"} != wanted[shape]:
        return "多次住院应为 {shape: none|linear|compound|fixed|waived|shares} 及其参数"
    return ""


def _reduction(value: Any) -> str:
    """`none`, or any of the three shapes: off the ratio, on the deductible, off the top."""
    if value == NONE:
        return ""
    shapes = {
        "ratio": {"points", "replace"}, "deductible": {"add", "replace", "percent"},
        "off_top": {"share"}, "top_up": {"points"}, "major_illness": {"points"},
    }  # fmt: skip
    if not isinstance(value, dict) or not value or set(value) - set(shapes):
        return "降低应为 none 或 {ratio, deductible, off_top, top_up, major_illness}"
    for name, given in value.items():
        one = isinstance(given, dict) and len(given) == 1 and set(given) <= shapes[name]
        if not one or not all(_is_amount(each) for each in given.values()):
            return f"{name} 应为 {'、'.join(sorted(shapes[name]))} 之一"
    return ""


def _order(value: Any) -> str:
    if value in ("interface", "class_ratios"):
        return ""
    if isinstance(value, dict) and len(value) == 1:
        ((shape, given),) = value.items()
        if shape in ("gross_class", "class_ratios") and (
            given == "apart" or isinstance(given, list)
        ):
            return "" if shape == "class_ratios" or given != "apart" else "gross_class 要写类别"
    return "顺序应为 interface、{gross_class: [乙, 甲]} 或 {class_ratios: apart|[甲, 乙]}"


def _layers(value: Any) -> str:
    known = {"large_claim", "major_illness"}
    ok = value == UNKNOWN or (isinstance(value, list) and set(value) <= known)
    return "" if ok else "基本医保之上应为列表：large_claim、major_illness；或 unknown"


def _levels(value: Any) -> str:
    return "" if isinstance(value, dict) and value else "应为 {tier_3: tier_2}"


def _supplement(value: Any) -> str:
    """One liability: `{plan, liability, base: [psn_part_amt, -fulamt_ownpay_amt], deductible, ratio, cap?}`."""
    wanted = {"plan", "liability", "base", "deductible", "ratio"}
    if not isinstance(value, dict) or not wanted <= set(value) or set(value) - wanted - {"cap"}:
        return "补充保险责任应有 plan、liability、base、deductible、ratio，可有 cap"
    if not isinstance(value["base"], list) or not value["base"]:
        return "base 应为金额名称的列表"
    if not _is_amount(value["deductible"]) or _layer_ratio(value["ratio"]):
        return "deductible 应为金额，ratio 应为 0 与 1 之间的数或分段"
    return "" if _is_amount(value.get("cap", Decimal(0))) else "cap 应为金额"


SHAPES: dict[str, Check] = {
    "*.deductible": _deductible,
    "*.deductible.repeat": _repeat,
    "*.deductible.floor": _floor,
    "*.deductible.tcm": _levels,
    "*.ratio": _ratio,
    "*.ratio.bonus": _bonus,
    "*.ratio.ceiling": lambda value: "" if _is_share(value) else "上限应在 0 与 1 之间",
    "*.reduction": _reduction,
    "*.cap": _cap,
    "settlement.order": _order,
    "layers": _layers,
    "large_claim.ratio": _layer_ratio,
    "major_illness.ratio": _layer_ratio,
    "top_up.ratio": _layer_ratio,
    "supplement": _supplement,
}
# Whether a deductible is borne once a stay or visit, or once a calendar year.
PER = {"元/次": "visit", "元/年": "year"}
UNITS = {f"{visit}.deductible": frozenset(PER) for visit in ("inpatient", "outpatient", "chronic")}
