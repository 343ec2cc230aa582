"""Until when fees may be claimed by hand: a rule row per 统筹区, never a guess."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from typing import Any

from matters.medical.rules import RuleBook
from matters.rules import Row, RuleMissing
from tongban.templatetags.formats import zh_date

KEY = "manual.apply_deadline"


@dataclass(frozen=True)
class LastDay:
    """usual: the last day; special: the last one with a special reason, None where none is set."""

    usual: dt.date
    special: dt.date | None
    row: Row


def last_day_to_claim(pool: str, ended_on: dt.date, *, book: RuleBook) -> LastDay | None:
    """The last days for a visit that ended on `ended_on`; None where no deadline is known."""
    try:
        row = book.value(KEY, pool, ended_on)
    except RuleMissing:
        return None
    usual, special = _days(row, ended_on)
    return LastDay(usual, special, row)


def in_words(last: LastDay) -> str:
    """The usual last day, and how sure it is."""
    certain = "" if last.row.certainty == "certain" else "（待核实）"
    return f"{zh_date(last.usual)}{certain}"


def _days(row: Row, ended_on: dt.date) -> tuple[dt.date, dt.date | None]:
    """{month: 3, day: 31, year: next}, or {months_after_discharge: 3}.

    A longer time that somebody claims (a rival) is that of special cases: it is given nobody unasked.
    """
    usual = _day(row.value, ended_on)
    longer = [day for rival in row.rivals if (day := _day(rival, ended_on)) > usual]
    return usual, max(longer, default=None)


def _day(value: Any, ended_on: dt.date) -> dt.date:
    if "months_after_discharge" in value:
        return months_after(ended_on, int(value["months_after_discharge"]))
    year = ended_on.year + (value["year"] == "next")
    return dt.date(year, int(value["month"]), int(value["day"]))


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day so many months on; the month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))
