"""The rows of the list of matters, as the sources give them: a pure reading of CSV files.

Each department has a folder. Its `matters.csv` holds the published names, most of them nothing but
a name; any further CSV file beside it has the same columns. A blank stays blank here.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).parent / "data"
COLUMNS = (
    "name",
    "batch",
    "department",
    "field",
    "mode",
    "applicant",
    "promised_days",
    "source_url",
    "mode_inferred",
    "legal_days",
    "item_code",
    "note",
)
LONGEST = {
    "name": 120,
    "batch": 80,
    "field": 20,
    "applicant": 20,
    "source_url": 400,
    "item_code": 80,
}
MODES = {
    "全程网办": "online",
    "异地代收代办": "collect",
    "多地联办": "joint",
    "异地授权": "delegated",
}
CERTAINTIES = ("stated", "inferred", "from_memory")
# 办件, and what is none: never counted together.
KINDS = {
    "": "application",
    "办理": "application",
    "查询": "query",
    "预约": "appointment",
    "机构间办理": "office_work",
}

MOST_DAYS = 3650

Key = tuple[str, str]  # name and batch, which together name a row


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one row or entry, in words for whoever keeps the data."""

    where: str
    name: str
    text: str
    column: str = ""

    def __str__(self) -> str:
        named = f"{self.where}《{self.name}》" if self.name else self.where
        return f"{named}：{self.column} {self.text}" if self.column else f"{named}：{self.text}"


@dataclass(frozen=True, slots=True)
class Fact:
    """One row of the list. Days are as printed there, without a unit; None where it has none."""

    where: str
    name: str
    batch: str
    department: str
    theme: str
    mode: str
    mode_inferred: str
    audience: str
    promised_days: int | None
    legal_days: int | None
    source_url: str
    item_code: str
    note: str
    certainty: str
    kind: str = "application"

    @property
    def key(self) -> Key:
        return self.name, self.batch

    @property
    def natural_key(self) -> tuple[str, str, str]:
        return self.source_url, self.name, self.batch

    @property
    def mode_and_certainty(self) -> tuple[str, str]:
        """A blank mode is 全程网办, marked as presumed 推定."""
        if self.mode:
            return MODES[self.mode], "stated"
        if self.mode_inferred:
            return MODES[self.mode_inferred], "inferred"
        return "online", "presumed"


def read_facts(folder: Path = DATA) -> tuple[list[Fact], list[Problem]]:
    """All rows of the list that are right, and what is wrong with the others."""
    facts: list[Fact] = []
    problems: list[Problem] = []
    seen: dict[Key, str] = {}
    departments: dict[Path, str] = {}
    for path in sorted(folder.glob("*/*.csv")):
        for where, row in _rows(path, problems):
            wrong = list(problems_of_row(row))
            department = departments.setdefault(path.parent, row["department"])
            if department != row["department"]:
                text = (
                    f"文件夹 {path.parent.name} 是{department}的，不能放{row['department']}的事项"
                )
                wrong.append(("", text))
            earlier = seen.setdefault((row["name"], row["batch"]), where)
            if earlier != where:
                wrong.append(("", f"与{earlier}的名称和来源批次相同"))
            problems += [Problem(where, row["name"], text, column) for column, text in wrong]
            if not wrong:
                facts.append(fact_of(where, row))
    return facts, problems


def file_name(path: Path) -> str:
    """A data file as problems call it: police/matters.csv."""
    return f"{path.parent.name}/{path.name}"


def _rows(path: Path, problems: list[Problem]) -> Iterator[tuple[str, dict[str, str]]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
        if missing:
            problems.append(Problem(file_name(path), "", f"缺少列 {'、'.join(missing)}"))
            return
        for row in reader:
            where = f"{file_name(path)} 第{reader.line_num}行"
            if None in row or None in row.values():
                name = row.get("name") or ""
                problems.append(Problem(where, name, "列数与表头不符"))
            else:
                yield where, {column: value.strip() for column, value in row.items()}


def problems_of_row(row: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What is wrong with a row, as (column, sentence without its name)."""
    for column in ("name", "batch", "department", "field", "source_url"):
        if not row[column]:
            yield column, "不能为空"
    for column, longest in LONGEST.items():
        if len(row[column]) > longest:
            yield column, f"超过 {longest} 个字符"
    for column in ("mode", "mode_inferred"):
        if row[column] and row[column] not in MODES:
            yield column, f"没有这种办理模式：{row[column]}"
    for column in ("promised_days", "legal_days"):
        days = row[column]
        if days and not (days.isascii() and days.isdecimal() and 0 < int(days) <= MOST_DAYS):
            yield column, f"须为正整数或留空：{days}"
    if row.get("certainty", "stated") not in CERTAINTIES:
        yield "certainty", f"须为 {'、'.join(CERTAINTIES)} 之一"
    if row.get("kind", "") not in KINDS:
        yield "kind", f"须为 查询、预约 或留空：{row['kind']}"


def fact_of(where: str, row: Mapping[str, str]) -> Fact:
    """A row in which nothing is wrong."""
    return Fact(
        where=where,
        name=row["name"],
        batch=row["batch"],
        department=row["department"],
        theme=row["field"],
        mode=row["mode"],
        mode_inferred=row["mode_inferred"],
        audience=row["applicant"],
        promised_days=int(row["promised_days"]) if row["promised_days"] else None,
        legal_days=int(row["legal_days"]) if row["legal_days"] else None,
        source_url=row["source_url"],
        item_code=row["item_code"],
        note=row["note"],
        certainty=row.get("certainty", "stated"),
        kind=KINDS[row.get("kind", "")],
    )
