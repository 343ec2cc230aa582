"""Words that several pages of the desk use."""

from __future__ import annotations

from workflows.cases.models import Case

PROVINCE_SHORT = {"500000": "渝", "510000": "川"}
MODE_NAMES = {
    "online": "全程网办",
    "collect": "异地代收代办",
    "joint": "多地联办",
    "delegated": "委托受理",
}
OUTCOMES = {
    "done": ("已办结", "good"),
    "disapproved": ("不予批准", "bad"),
    "refused": ("不予受理", "bad"),
    "returned": ("已退件", "warn"),
    "withdrawn": ("已撤回", ""),
}


def direction(case: Case) -> str:
    """渝→川, or 渝 alone where it stays within one province."""
    here, there = (PROVINCE_SHORT.get(p, p) for p in (case.origin_province, case.owner_province))
    return f"{here}→{there}" if case.crosses_border else here


def light_shown(case: Case, light: str) -> str:
    """The light with the pause told apart from having no limit at all."""
    return "paused" if light == "none" and case.is_suspended else light
