"""The definitions written out by hand: `data/<department>/*.yaml`, and the general ones.

Such a file is `parts` (free: a place for YAML anchors) and `matters`, a list of entries
{applies_to: [{name, batch}], flow, definition}. `general.yaml` has one {flow, definition} for each
mode, and each kind that is no application, for every matter of which no source says more than its name.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from matters.catalogue.facts import DATA, Key, Problem, file_name

# The C loader is some ten times faster; its wheels are there for every common machine.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Entry(BaseModel):
    """A flow's code and a definition that is not validated yet."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    flow: str
    definition: dict[str, Any]


class _Applied(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    batch: str


class _DeepEntry(Entry):
    applies_to: tuple[_Applied, ...]


class _DeepFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    parts: Any = None
    matters: tuple[_DeepEntry, ...]


@dataclass(frozen=True, slots=True)
class Deep:
    """What is written out for one matter, and in which file."""

    where: str
    entry: Entry


def read_deep(folder: Path = DATA) -> tuple[dict[Key, Deep], list[Problem]]:
    """Every entry by the (name, batch) that it applies to."""
    entries: dict[Key, Deep] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*/*.yaml")):
        where = file_name(path)
        try:
            read = _DeepFile.model_validate(yaml.load(path.read_bytes(), _Loader))  # noqa: S506
        except (yaml.YAMLError, ValidationError) as error:
            problems.append(Problem(where, "", in_chinese(error)))
            continue
        for entry in read.matters:
            for applied in entry.applies_to:
                key = (applied.name, applied.batch)
                if key in entries:
                    text = f"{applied.batch} 在 {entries[key].where} 已有定义"
                    problems.append(Problem(where, applied.name, text))
                entries[key] = Deep(where, entry)
    return entries, problems


def read_general(folder: Path = DATA) -> dict[str, Entry]:
    """The general definition of each mode, and of each kind that is no application.

    Raises ValidationError.
    """
    read = yaml.load((folder / "general.yaml").read_bytes(), _Loader)  # noqa: S506
    entries = read["modes"] | read.get("kinds", {})
    return {code: Entry.model_validate(entry) for code, entry in entries.items()}


@cache
def _words() -> dict[str, str]:
    return {
        "extra_forbidden": "没有这个键",
        "missing": "缺少",
        "literal_error": "不是允许的值",
        "string_type": "须为文字",
        "string_too_short": "不能为空",
        "string_too_long": "过长",
        "string_pattern_mismatch": "写法不对",
        "int_parsing": "须为整数",
        "bool_parsing": "须为 true 或 false",
        "tuple_type": "须为列表",
        "dict_type": "须为键值",
        "model_type": "须为键值",
    }


def in_chinese(error: Exception) -> str:
    """One line that says where in the definition what is wrong."""
    if not isinstance(error, ValidationError):
        return f"读不懂：{' '.join(str(error).split())}"
    parts = []
    for found in error.errors(include_url=False):
        place = ".".join(str(step) for step in found["loc"]) or "整体"
        what = _words().get(found["type"], found["msg"])
        parts.append(f"{place} {what}({found['input']!r:.60})")
    return ";".join(parts)
