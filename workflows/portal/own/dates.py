"""The dates that people mix up, each with the one sentence that says what hangs on it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from matters.catalogue.definition import Definition
from workflows.cases.flow import Flow


@dataclass(frozen=True)
class DateShown:
    key: str
    value: str
    hint: str


EFFECTIVE = {
    "application": "从申请当月起计发：窗口收下申请的月份算数，转递和审查用了多久都不影响。",
    "approval": "从作出同意决定的当月起计发。",
}


def dates_shown(case: Flow, definition: Definition) -> list[DateShown]:
    """申请日, 收到日, 受理日, and 计发月 where money is paid by the month."""
    over = not case.is_open
    rows = [
        DateShown("申请日", _day(case.handed_in_on), "您在网上或任一窗口提交申请的那一天。"),
        DateShown(
            "收到日",
            _day(case.received_on) or ("未到这一步" if over else "属地尚未收到"),
            "属地机关收到申请的那一天；是否受理，从这一天起算。",
        ),
        DateShown(
            "受理日",
            _day(case.accepted_on) or ("未受理" if over else "尚未受理"),
            "属地机关正式受理的那一天；法定办理时限从受理起算。",
        ),
    ]
    if definition.effective_month:
        month = case.effective_month
        value = f"{month.year}年{month.month}月" if month else ("无" if over else "作出决定后确定")
        rows.append(DateShown("计发月", value, EFFECTIVE[definition.effective_month]))
    return rows


def _day(day: dt.date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""
