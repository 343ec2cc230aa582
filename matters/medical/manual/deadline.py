"""Until when fees may be claimed by hand: a rule row per 统筹区, never a guess."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from matters.medical.breakdown import RuleMissing
from matters.medical.rules import Row, RuleBook
from tongban.templatetags.formats import zh_date

KEY = "manual.apply_deadline"


@dataclass(frozen=True)
class LastDay:
    """usual: the last day; special: the last one with a special reason, None where none is set."""

    usual: dt.date
    special: dt.date | None
    row: Row

    @property
    def words(self) -> str:
        """'按2026年3月31日前申报的规定，' without the day itself: what the rule is called."""
        return f"{self.row.label}：" if self.row.label else ""


def last_day_to_claim(pool: str, ended_on: dt.date, *, book: RuleBook) -> LastDay | None:
    """The last days for a visit that ended on `ended_on`; None where no deadline is known."""
    try:
        row = book.value(KEY, pool, ended_on)
    except RuleMissing:
        return None
    usual, special = _days(row.value, ended_on)
    return LastDay(usual, special, row)


def in_words(last: LastDay) -> str:
    """The usual last day, and how sure it is."""
    certain = "" if last.row.certainty == "certain" else "（待核实）"
    return f"{zh_date(last.usual)}{certain}"


def _days(value: Any, ended_on: dt.date) -> tuple[dt.date, dt.date | None]:
    """{next_year: '03-31'}, or {months: 3, special_months: 12} after the visit ended."""
    if isinstance(value, Mapping):
        if "next_year" in value:
            month, day = (int(part) for part in str(value["next_year"]).split("-"))
            return dt.date(ended_on.year + 1, month, day), None
        special = value.get("special_months")
        usual = months_after(ended_on, int(value["months"]))
        return usual, months_after(ended_on, int(special)) if special else None
    return months_after(ended_on, int(Decimal(value))), None


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day so many months on; the month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))
