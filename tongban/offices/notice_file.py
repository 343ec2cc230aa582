"""Reading a published arrangement of holidays, as an operator types it from the notice.

    # 来源: 国务院办公厅关于2027年部分节假日安排的通知(国办发明电〔2026〕×号)
    # 地区: 513400          (only for a region's own arrangement)
    day,kind,name
    2027-01-01,放假,元旦
    2027-01-03,调休上班,元旦

A region's file names only the days on which it differs from the nation.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from .calendar_sources import DayFact, statutory_days
from .codes import PROVINCES
from .models import CalendarDay
from .tables import BadData

Kind = CalendarDay.Kind
KINDS = {
    **{kind.value: kind for kind in Kind},
    **{kind.label: kind for kind in Kind},
    "调休": Kind.IN_LIEU,
    "上班": Kind.MAKE_UP,
    "补班": Kind.MAKE_UP,
}
HEADER = re.compile(r"^#\s*(来源|source|地区|region)\s*[:：]\s*(.+?)[\s,]*$", re.IGNORECASE)
FESTIVALS = ("元旦", "春节", "清明", "劳动节", "端午", "中秋", "国庆")
LONGEST_NAME = 32


@dataclass(frozen=True, slots=True)
class Notice:
    """A checked arrangement of one year."""

    year: int
    region: str | None
    source: str
    days: tuple[DayFact, ...]


def read_notice(text: str) -> Notice:
    """Raises BadData with a sentence for every line that is wrong, and for what is missing."""
    lines = text.lstrip("\ufeff").splitlines()
    headers = {m[1].lower(): m[2] for line in lines if (m := HEADER.match(line.strip()))}
    source = headers.get("来源") or headers.get("source") or ""
    region = headers.get("地区") or headers.get("region")
    problems = [] if source else ["没有写来源:请在开头加一行「# 来源: 通知名称和文号」"]
    if region and region[:2] not in PROVINCES:
        problems.append(f"地区 {region} 不在重庆、四川")
    facts: dict[date, DayFact] = {}
    for number, row in _rows(lines, problems):
        fact = _fact(row, source, region)
        if isinstance(fact, str):
            problems.append(f"第{number}行:{fact}")
        elif fact.day in facts:
            problems.append(f"第{number}行:{fact.day} 重复")
        else:
            facts[fact.day] = fact
    year = max(facts).year if facts else 0
    problems += _problems_of_year(year, facts) if facts else ["没有读到任何一天"]
    if facts and region is None:
        problems += _missing(year, facts)
    if problems:
        raise BadData(problems)
    return Notice(year, region, source, tuple(facts[day] for day in sorted(facts)))


def _rows(lines: list[str], problems: list[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """(line number, row) of each line below the column names; comments and blanks are skipped."""
    kept = [
        (number, line)
        for number, line in enumerate(lines, 1)
        if line.strip(", \t") and not line.lstrip().startswith("#")
    ]
    if not kept or [cell.strip() for cell in kept[0][1].split(",")][:3] != ["day", "kind", "name"]:
        problems.append("没有列名:数据上方应有一行「day,kind,name」")
        return
    for number, line in kept[1:]:
        cells = [cell.strip() for cell in next(csv.reader([line]))]
        cells += [""] * (3 - len(cells))
        yield number, dict(zip(("day", "kind", "name"), cells, strict=False))


def _fact(row: dict[str, str], source: str, region: str | None) -> DayFact | str:
    """The day that a row speaks of, or what is wrong with the row."""
    try:
        day = date.fromisoformat(row["day"])
    except ValueError:
        return f"日期应写成 2027-01-01 的样子,不是「{row['day']}」"
    kind = KINDS.get(row["kind"])
    if kind is None:
        return f"类别只能是 放假、调休放假、调休上班,不是「{row['kind']}」"
    if not row["name"] or len(row["name"]) > LONGEST_NAME:
        return f"节日名称不能空,也不能超过 {LONGEST_NAME} 个字"
    if kind == Kind.MAKE_UP and day.weekday() < 5 and region is None:
        return f"{day} 本来就是工作日,不能是调休上班"
    return DayFact(day, region, kind, row["name"], source, announced=True)


def _problems_of_year(year: int, facts: dict[date, DayFact]) -> Iterator[str]:
    """A notice speaks of one year; only New Year's leave may begin in the December before."""
    for day in sorted(facts):
        if day < date(year - 1, 12, 20):
            yield f"{day} 不在 {year} 年(一个文件只写一年的安排)"


def _missing(year: int, facts: dict[date, DayFact]) -> Iterator[str]:
    """What a national notice must name: seven festivals, and each statutory day as a day off."""
    off = {day: fact.name for day, fact in facts.items() if not fact.is_working}
    for festival in FESTIVALS:
        if not any(festival in name for name in off.values()):
            yield f"缺少节日:{festival}"
    fixed = {date(year, *md) for md in ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))}
    by_law = {f.day for f in statutory_days() if f.kind == Kind.HOLIDAY and f.day.year == year}
    for day in sorted((fixed | by_law) - off.keys()):
        yield f"{day} 是法定节假日,却不是放假"
