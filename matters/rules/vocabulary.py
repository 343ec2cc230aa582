"""What the rule files of one field may say, and how its rules are named before people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .pool import Pool
from .rows import Row
from .scopes import Facts

Check = Callable[[Any], str]


@dataclass(frozen=True)
class Vocabulary:
    """row: its kind of row, with its scopes. shapes: a check of the value by key (or by `*.rest` of it),
    "" if it is right. units: by key, where one is needed. several: keys of which rows of one scope may
    hold together. about: the facts of a case in words. place: what a place without a file is called.
    """

    row: type[Row]
    shapes: Mapping[str, Check] = field(default_factory=dict)
    units: Mapping[str, frozenset[str]] = field(default_factory=dict)
    several: frozenset[str] = frozenset()
    name_of: Callable[[str], str] = str
    about: Callable[[Facts, Pool | None], str] = lambda _facts, _pool: ""
    place: str = "区划"

    def problem_with(self, key: str, value: Any) -> str:
        """What is wrong with a value of this key, in Chinese; keys without a shape take anything."""
        check = self.shapes.get(key) or self.shapes.get("*." + key.partition(".")[2])
        return check(value) if check else ""
