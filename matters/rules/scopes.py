"""What may narrow a rule row: how a file writes it, and whether the facts of a case fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Scope:
    """read raises ValueError with a Chinese sentence. weight: how much it narrows, for the choice between
    two rows that both fit."""

    read: Callable[[Any], Any]
    fits: Callable[[Any, Facts], bool]
    weight: Callable[[Any], int] = lambda _wanted: 1


def one_of(name: str) -> Scope:
    """A set of allowed values; a single one may be written without brackets."""
    return Scope(texts, lambda wanted, facts: facts.get(name) in wanted)


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
    return Scope(bool, lambda wanted, facts: facts.get(name, False) is wanted)


def texts(given: Any) -> frozenset[str]:
    many = given if isinstance(given, list) else [given]
    return frozenset(str(each) for each in many)


def _whole(given: Any) -> int:
    if isinstance(given, str) or int(given) != given:
        raise ValueError("应为整数")
    return int(given)
