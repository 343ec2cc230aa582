"""What a medical rule may be narrowed to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from matters.rules import Row
from matters.rules.scopes import Facts, Scope, at_least, at_most, is_so, one_of, texts


def _classes(given: Any) -> frozenset[frozenset[str]]:
    """`retired` or `tier_1+minor`: any of them, each with all of its parts."""
    return frozenset(frozenset(each.split("+")) for each in texts(given))


def _of_class(wanted: frozenset[frozenset[str]], facts: Facts) -> bool:
    return any(each <= facts.get("person_class", frozenset()) for each in wanted)


def _in_region(wanted: frozenset[str], facts: Facts) -> bool:
    """A place that is not told is no obstacle: the filing then says what it is."""
    region = facts.get("region") or ""
    return not region or any(region.startswith(each) for each in wanted)


class BenefitRow(Row):
    """A benefit rule of a 统筹区; its value is as docs/medical.md has it."""

    SCOPES: ClassVar[Mapping[str, Scope]] = {
        **{name: one_of(name) for name in ("insured_type", "level", "visit", "filing")},
        **{name: one_of(name) for name in ("place", "disease")},
        "person_class": Scope(_classes, _of_class, lambda wanted: min(map(len, wanted))),
        "region": Scope(texts, _in_region),
        "age_from": at_least("age"),
        "age_to": at_most("age"),
        "is_minor": is_so("is_minor"),
    }
