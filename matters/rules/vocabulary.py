"""What the rule files of one field may say: what narrows a row, and what its value looks like."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Scope:
    """One thing that narrows a row: how a file's value is read, and whether facts fit it.

    read raises ValueError with a Chinese sentence. weight: how much it narrows, for the choice
    between two rows that both fit.
    """

    read: Callable[[Any], Any]
    fits: Callable[[Any, Facts], bool]
    weight: Callable[[Any], int] = lambda _wanted: 1


def one_of(name: str) -> Scope:
    """A set of allowed values; a single one may be written without brackets."""
    return Scope(_texts, lambda wanted, facts: facts.get(name) in wanted)


def at_least(name: str) -> Scope:
    """A whole number: the fact must be known and not below it."""
    return Scope(
        _whole, lambda wanted, facts: facts.get(name) is not None and facts[name] >= wanted
    )


def at_most(name: str) -> Scope:
    return Scope(
        _whole, lambda wanted, facts: facts.get(name) is not None and facts[name] <= wanted
    )


def is_so(name: str) -> Scope:
    return Scope(bool, lambda wanted, facts: bool(facts.get(name, False)) is wanted)


@dataclass(frozen=True)
class Vocabulary:
    """scopes by name; shapes: a check of the value by key (or by `*.rest` of it), "" if it is right."""

    scopes: Mapping[str, Scope]
    shapes: Mapping[str, Callable[[Any], str]] = field(default_factory=dict)
    units: Mapping[str, frozenset[str]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    def problem_with(self, key: str, value: Any) -> str:
        """What is wrong with a value of this key, in Chinese; keys without a shape take anything."""
        check = self.shapes.get(key) or self.shapes.get("*." + key.partition(".")[2])
        return check(value) if check else ""

    def name_of(self, key: str) -> str:
        """What a rule is called before people; the key itself where nobody named it."""
        return self.names.get(key, key)


def _texts(given: Any) -> frozenset[str]:
    many = given if isinstance(given, list) else [given]
    return frozenset(str(each) for each in many)


def _whole(given: Any) -> int:
    number = int(given)
    if number != given:
        raise ValueError("应为整数")
    return number
