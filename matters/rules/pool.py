"""A place with rules of its own, and what its file holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .rows import Row


@dataclass(frozen=True)
class Pool:
    """One place with rules of its own (or a province, or the nation): its code and names.

    classes, levels: words of its own for what its rows are narrowed to, where the field has such.
    """

    code: str
    names: tuple[str, ...]
    classes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    levels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RuleFile:
    pool: Pool
    rows: tuple[Row, ...]
