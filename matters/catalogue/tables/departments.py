"""主管部门 as official lists write it, 四川省公安厅 or 市卫生健康委员会, and as ours do; kinds of offices."""

import csv
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from matters.catalogue.facts import DATA
from tongban.offices.tables import DATA as OFFICES
from tongban.offices.tables import rows

_PLACE = re.compile(r"^(四川省|重庆市|四川|重庆|国家|省|市|区|县)")
_OFFICE = re.compile(r"(委员会|总局|厅|局|委|办公室)$")


def department_named(text: str) -> str:
    """Our name for a department; what is not known comes back as it was written."""
    known = _names()
    core = _PLACE.sub("", text.strip())
    for name in (text, core, _OFFICE.sub("", core)):
        if name in known:
            return known[name]
    return text


@cache
def office_kinds() -> Mapping[str, str]:
    """Every kind of office and what it is called: police → 公安局/派出所."""
    return {
        row["kind"]: row["title"] for _, row in rows(OFFICES / "office-kinds.csv", "kind", "title")
    }


@cache
def _names(path: Path = DATA / "department-names.csv") -> Mapping[str, str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {row["name"]: row["department"] for row in csv.DictReader(file)}
