"""The clearing's days and shares, read from the dated rule rows `clearing.*`; nothing here is a figure.

Each comes with its certainty: most are 按记忆 or from another province's copy, and pages say so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from matters.medical.rules import rule_book
from matters.rules import RuleMissing

# The nation's own rows: no 统筹区 has terms of its own for what is cleared between provinces.
NATION = "000000"
CERTAINTY_WORDS = {
    "certain": "确定",
    "probable": "较可靠",
    "uncertain": "不确定，待核实",
    "recall": "按记忆，待核实",
}
LABELS = {
    "clearing.month_declare_by": "每月申报",
    "clearing.national_statement_day": "清算单出具日（次月，日）",
    "clearing.notice_to_finance": "收到通知后向财政申请（工作日）",
    "clearing.finance_to_transfer": "财政审核后划拨（工作日）",
    "clearing.year_final": "年终清算截止",
    "clearing.advance.size": "预付金额度",
    "clearing.advance.alert_yellow": "预付金黄色预警",
    "clearing.advance.alert_red": "预付金红色预警",
    "clearing.advance.annual_adjust_done": "预付金年度调整完成",
}


@dataclass(frozen=True)
class Term:
    """One figure with how sure it is and where it is from. text: the value as the row has it."""

    key: str
    label: str
    value: Any
    text: str
    certainty: str
    source: str

    @property
    def certainty_word(self) -> str:
        return CERTAINTY_WORDS.get(self.certainty, self.certainty)

    @property
    def is_sure(self) -> bool:
        return self.certainty == "certain"

    def figure(self, name: str = "") -> Decimal:
        """A number of the value: itself, or `name` of a value with several parts."""
        value = self.value
        if isinstance(value, Mapping):
            value = value[name]
        return Decimal(str(value))

    def day_of_year(self, year: int) -> dt.date:
        """A day such as 31 March, in that year; day `last` is the last one of the month."""
        month, day = int(self.figure("month")), self.value["day"]
        if day != "last":
            return dt.date(year, month, int(day))
        return dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)


def term(key: str, on: dt.date) -> Term:
    """The row that holds on that day. Raises RuleMissing."""
    row = rule_book().value(key, NATION, on)
    return Term(
        key, LABELS.get(key, key), row.value, _shown(key, row.value), row.certainty, row.source
    )


def known_terms(on: dt.date) -> list[Term]:
    """All terms that hold on a day, for pages; those that are missing are left out."""
    found = []
    for key in LABELS:
        try:
            found.append(term(key, on))
        except RuleMissing:
            continue
    return found


def declare_day(on: dt.date) -> int:
    """The day of the next month by which a month is declared."""
    return int(term("clearing.month_declare_by", on).figure("day"))


def most_carried(on: dt.date) -> int:
    """How many months late a line may be cleared before it is 年终清算's."""
    return int(term("clearing.month_declare_by", on).figure("delay_months"))


def statement_day(on: dt.date) -> int:
    return int(term("clearing.national_statement_day", on).figure("day"))


def year_final(year: int, on: dt.date) -> dt.date:
    """The day by which 年终清算 of `year` is declared."""
    return term("clearing.year_final", on).day_of_year(year + 1)


def _shown(key: str, value: Any) -> str:
    """The value in words; a share as a percentage, a value with parts by the key's own sentence."""
    if isinstance(value, Mapping):
        parts = {name: WORDS.get(str(part), part) for name, part in value.items()}
        return SENTENCES[key].format(**parts)
    return f"{Decimal(str(value)):.0%}" if key in SHARES else str(value)


SENTENCES = {
    "clearing.month_declare_by": "次月 {day} 日前，最多推迟 {delay_months} 个月",
    "clearing.year_final": "次年 {month} 月 {day} 日前",
    "clearing.advance.size": "上年第四季度月均的 {times} 倍",
    "clearing.advance.annual_adjust_done": "{month} 月{day}前",
}
SHARES = {"clearing.advance.alert_yellow", "clearing.advance.alert_red"}
WORDS = {"last": "底"}
