"""Reading the data files: CSV with a header, and every problem named with its line."""

import csv
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

DATA = Path(__file__).parent / "data"

Row = Mapping[str, str]


class BadData(ValueError):
    """Data that cannot be taken in; `problems` are Chinese sentences, one for each mistake."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def rows(path: Path, *columns: str) -> Iterator[tuple[str, Row]]:
    """("regions.csv 第3行", row) for each line. Raises BadData for a missing file or column."""
    if not path.is_file():
        raise BadData([f"找不到数据文件 {path}"])
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = [column for column in columns if column not in (reader.fieldnames or ())]
        if missing:
            raise BadData([f"{path.name} 缺少列:{'、'.join(missing)}"])
        for row in reader:
            yield (
                f"{path.name} 第{reader.line_num}行",
                {key: (value or "").strip() for key, value in row.items() if key},
            )


def day_or_none(text: str) -> date | None:
    """An ISO day, None for nothing. Raises ValueError for anything else."""
    return date.fromisoformat(text) if text else None


def listed(text: str) -> list[str]:
    """The parts of a cell that holds several, separated by |."""
    return [part for part in text.split("|") if part]
