"""Kinds of certificates, and which province takes the other's: the mapping table 证照种类对照表.

It is data (`data/kinds.yaml`), read once a process: a row is changed by review, not at run time.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

DATA = Path(__file__).parent / "data" / "kinds.yaml"
CHONGQING, SICHUAN = "500000", "510000"
PROVINCES = {CHONGQING: "重庆", SICHUAN: "四川"}
CERTAINTIES = {
    "stated": "来源载明",
    "inferred": "推断，待核实",
    "from_memory": "凭记忆，待核实",
}
RECOGNITIONS = {"mutual": "两地亮证互认", "nationwide": "全国统一，两地通用", "none": "不互认"}


class Kind(BaseModel):
    """One thing that both provinces, or one of them, certify. The file explains the keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = Field(pattern=r"^[a-z][a-z-]{1,39}$")
    name: str = Field(min_length=2)
    chongqing: str
    sichuan: str
    standard: str = ""
    department: str
    recognition: Literal["mutual", "nationwide", "none"]
    holder: Literal["person", "enterprise"] = "person"
    since: dt.date | None = None
    ground: str
    source: str = ""
    certainty: Literal["stated", "inferred", "from_memory"]
    note: str = ""
    papers: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _holds_together(self) -> Kind:
        if self.recognition == "none" and not self.note:
            raise ValueError(f"{self.code}: what is not taken is said in a note")
        if self.recognition != "none" and not (self.chongqing and self.sichuan):
            raise ValueError(f"{self.code}: without a counterpart nothing is taken")
        if self.certainty == "stated" and not self.source:
            raise ValueError(f"{self.code}: what is stated has a source")
        return self

    def name_in(self, province: str) -> str:
        """What that province calls it, '' where it has nothing of the kind."""
        return self.chongqing if province == CHONGQING else self.sichuan

    @property
    def is_of_person(self) -> bool:
        return self.holder == "person"

    @property
    def how_sure(self) -> str:
        return CERTAINTIES[self.certainty]

    @property
    def recognised(self) -> str:
        return RECOGNITIONS[self.recognition]


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Whether a certificate counts in a province, and the sentence that says why or why not."""

    is_accepted: bool
    text: str


@cache
def kinds() -> dict[str, Kind]:
    """By code, in the order of the file. Raises ValueError for a file that doesn't hold together."""
    rows = [Kind.model_validate(row) for row in yaml.safe_load(DATA.read_text("utf-8"))["kinds"]]
    found = {row.code: row for row in rows}
    if len(found) != len(rows):
        raise ValueError("kinds.yaml names a code twice")
    return found


@cache
def _by_paper() -> dict[str, str]:
    found: dict[str, str] = {}
    for kind in kinds().values():
        for name in {kind.name, kind.chongqing, kind.sichuan, kind.standard, *kind.papers} - {""}:
            if found.setdefault(name, kind.code) != kind.code:
                raise ValueError(f"kinds.yaml: two kinds stand in for the paper {name}")
    return found


def kind_for_paper(name: str) -> str | None:
    """The kind of certificate that a paper of that name is, word for word; None if none is."""
    return _by_paper().get(name)


def acceptance(kind: Kind, *, issued_in: str, used_in: str, on: dt.date) -> Acceptance:
    """Whether what one province has issued counts in the other. Provinces are codes."""
    there = PROVINCES[used_in]
    if issued_in == used_in:
        return Acceptance(True, f"由{there}签发，在{there}使用")
    if kind.recognition == "none":
        return Acceptance(False, kind.note)
    if kind.since is not None and on < kind.since:
        return Acceptance(False, f"{kind.name}自 {kind.since} 起互认，之前仍需提交原件。")
    names = f"{kind.name_in(issued_in)}即{there}的{kind.name_in(used_in)}"
    is_same = kind.name_in(issued_in) == kind.name_in(used_in)
    said = "两地名称相同" if is_same else names
    return Acceptance(True, f"{kind.recognised}（{said}；依据：{kind.ground}；{kind.how_sure}）")
