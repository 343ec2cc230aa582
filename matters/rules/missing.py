"""A rule that is not known is named; nobody guesses in its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class MissingRule:
    """key, place (region code), day, and the Chinese sentence that says what is not known."""

    key: str
    pool: str
    on: str
    sentence: str


class RuleMissing(Exception):
    """The sum stops. doubts: what would come out under each value that somebody claims."""

    def __init__(self, missing: Sequence[MissingRule], doubts: Sequence[Any] = ()) -> None:
        super().__init__("；".join(each.sentence for each in missing))
        self.missing = tuple(missing)
        self.doubts = tuple(doubts)
