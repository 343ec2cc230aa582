"""Words of the catalogue as the portal says them: modes, certainties, limits, the forms of papers."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

from matters.catalogue.definition import Definition, Limit
from matters.catalogue.models import Mode
from workflows.cases.clocks import local_day

NOT_PUBLISHED = "未公布"

# What a mode means for somebody who applies (国办发〔2020〕35号).
MODES = {
    Mode.ONLINE: "全程在网上办：网上申请、网上受理和审查，不用到窗口，也不用回属地。",
    Mode.COLLECT: "就近到您所在地的窗口交材料：窗口核验身份、收下材料并转给属地，"
    "由属地审查和决定，结果寄回或发电子件给您。",
    Mode.JOINT: "只到一个地方办：需要两地各办一部分的，由两地机关自己衔接，您不用两头跑。",
    Mode.DELEGATED: "属地委托您所在地的窗口受理，就近办理，标准与属地一致。",
}
MODE_NAMES = {**dict(Mode.choices), Mode.DELEGATED: "委托受理"}
# A calm mark beside what no source states; stated facts carry none.
MARKS = {"inferred": "推断", "presumed": "推定", "from_memory": "待核实"}
MARK_MEANINGS = [
    ("推定", "公布的清单没有写明办理方式，暂按全程网办处理。"),
    ("推断", "由已公布的资料推断得出。"),
    ("待核实", "尚未与公布的原文核对。"),
]
PAPER_FORMS = {"original": "原件", "copy": "复印件", "electronic": "电子件"}
PAPER_SOURCES = {"self": "申请人自备", "government": "政府部门核发", "other": "其他"}


class Fact(NamedTuple):
    """One line of a guide: what it is about, the text, how sure it is ('' where a source states it)."""

    key: str
    text: str
    mark: str = ""


def last_day(due_at: dt.datetime | None) -> dt.date | None:
    """The last day on which something is in time; a clock runs out with the midnight after it."""
    return local_day(due_at - dt.timedelta(microseconds=1)) if due_at else None


def mark_of(certainty: str) -> str:
    return MARKS.get(certainty, "")


def limit_text(limit: Limit | None) -> str:
    return limit.text if limit else NOT_PUBLISHED


def promise_of(stored: dict[str, Any]) -> str:
    """The promised limit out of a definition as it is stored: lists need no more of it."""
    text = stored.get("promise")
    return Limit.parse(text).text if text else NOT_PUBLISHED


def fact(definition: Definition, name: str, key: str, text: str) -> Fact:
    """A line with the mark that the definition keeps for `name`; what is not published needs none."""
    known = text != NOT_PUBLISHED
    return Fact(key, text, mark_of(definition.certainty.get(name, "")) if known else "")
