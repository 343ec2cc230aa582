"""One cell into one value of a definition, and back. A `Way` is how a column is written."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from matters.catalogue.definition_text import Unreadable as BadText
from matters.catalogue.definition_text import plain_of

UNITS = {
    "个工作日": "G",
    "工作日": "G",
    "工作天": "G",
    "g": "G",
    "个自然日": "Z",
    "自然日": "Z",
    "自然天": "Z",
    "z": "Z",
    "小时": "H",
    "h": "H",
    "分钟": "M",
}
UNIT_WORDS = {"G": "个工作日", "Z": "个自然日", "H": "小时", "M": "分钟"}


@dataclass(frozen=True)
class Way:
    """read: a cell's text (never blank) → a value; raises ValueError with a Chinese sentence.

    write: a value → the cell's text.
    """

    read: Callable[[str], Any]
    write: Callable[[Any], str]


def limit(text: str) -> str:
    """「20个工作日」「60 自然日」「4小时」「20G」 → 20G."""
    match = re.fullmatch(r"([1-9][0-9]{0,3})(.*)", re.sub(r"\s", "", text).casefold())
    if match is None:
        raise ValueError(f"“{text}”不是时限，请写成 20个工作日、60个自然日或 4小时")
    unit = unit_of(match[2]) if match[2] else None
    if unit is None:
        raise ValueError(f"“{text}”没有写明单位是工作日、自然日还是小时")
    return f"{match[1]}{unit}"


def unit_of(text: str) -> str | None:
    """G, Z or H; None for anything else, 天 and 日 included: they do not say which days."""
    return UNITS.get(re.sub(r"\s", "", text).casefold())


def limit_words(value: Any) -> str:
    text = str(value)
    return f"{text[:-1]}{UNIT_WORDS[text[-1]]}"


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def integer(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise ValueError(f"“{text}”须为整数")
    return int(text)


def structure(text: str) -> Any:
    """What is too deep for a cell of its own stands in it as YAML."""
    try:
        return plain_of(text)
    except BadText as bad:
        raise ValueError("；".join(str(trouble) for trouble in bad.troubles)) from None


def structure_text(value: Any) -> str:
    plain = json.loads(json.dumps(value))
    dumped: str = yaml.safe_dump(
        plain, allow_unicode=True, sort_keys=False, default_flow_style=None, width=100
    )
    return dumped.removesuffix("...\n").strip()


def pairs(text: str) -> list[list[str]]:
    """Choices, one a line: `first=一级`."""
    found = [line.partition("=") for line in lines(text)]
    if wrong := [code for code, sign, label in found if not (sign and code.strip() and label)]:
        raise ValueError(f"选项“{wrong[0]}”须写成 代码=文字，每行一个")
    return [[code.strip(), label.strip()] for code, _, label in found]


def pair_lines(value: Any) -> str:
    return "\n".join(f"{code}={label}" for code, label in value)


def words(known: Mapping[Any, str]) -> Way:
    """A choice by its Chinese word or its code."""
    codes = {heading: code for code, word in known.items() for heading in (word, str(code))}

    def read(text: str) -> Any:
        if text not in codes:
            raise ValueError(f"没有“{text}”，可以填 {'、'.join(known.values())}")
        return codes[text]

    return Way(read, lambda value: known.get(value, str(value)))


TEXT = Way(str, str)
LIMIT = Way(limit, limit_words)
LINES = Way(lines, "\n".join)
INTEGER = Way(integer, str)
PAIRS = Way(pairs, pair_lines)
STRUCTURE = Way(structure, structure_text)
YES_NO = words({True: "是", False: "否"})
