"""On the page of a month's case, and of its signing: what is cleared, and the way to its lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from matters.medical.clearing.months import month_name
from matters.medical.clearing.statements import in_force
from matters.medical.models import ClearingMonth, Statement
from workflows.cases.flow import Panel

if TYPE_CHECKING:
    from workflows.cases.act import Situation


@dataclass(frozen=True)
class ClearingPanel:
    """href: the month's own page. statement: the one in force, None before it is made."""

    name: str
    href: str
    statement: Statement | None


def panel_of(situation: Situation) -> Panel | None:
    """Two statements; none for a case that has no month."""
    month_id = situation.case.facts.get("month_id")
    month = ClearingMonth.objects.filter(pk=month_id).first() if month_id else None
    if month is None:
        return None
    shown = ClearingPanel(
        month_name(month.month), f"/desk/clearing/{month.case_number}/", in_force(month)
    )
    return Panel("medical/clearing.html", shown)
