"""The book of benefit rules: the project's files, and what is looked up only here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from matters import rules
from matters.rules import RuleFile, Vocabulary, read_folder
from matters.rules.book import NATION

from .exemptions import EXEMPTION, Exemption, exemption_among
from .rows import BenefitRow
from .shapes import SHAPES, UNITS
from .words import in_words, name_of_key

DATA = Path(__file__).resolve().parent.parent / "data"
WORDS = Vocabulary(
    row=BenefitRow,
    shapes=SHAPES,
    units=UNITS,
    several=frozenset({"supplement", EXEMPTION}),
    name_of=name_of_key,
    about=in_words,
    place="统筹区",
)


class RuleBook(rules.RuleBook):
    """All benefit rules, the provinces' and the nation's with them."""

    def __init__(self, files: Iterable[RuleFile]) -> None:
        super().__init__(files, WORDS)

    def is_parent(self, pool: str) -> bool:
        """The nation, or a province whose cities have files: nobody is insured there as such."""
        cities = (code for code in self.pools if code[:2] == pool[:2] and code != pool)
        return pool == NATION or (pool.endswith("0000") and any(cities))

    def exemption(
        self, *, from_pool: str, to_region: str, insured_type: str, visit: str, on: dt.date
    ) -> Exemption | None:
        """Whether somebody insured in `from_pool` needs a filing to be treated in `to_region` (codes).

        None: nothing is known of an exemption, so a filing is needed. `applies` False with a doubt:
        it is known to be unknown, so file.
        """
        facts = {"insured_type": insured_type, "visit": visit, "region": to_region}
        rows = [
            row
            for code in (from_pool, from_pool[:2] + "0000")
            for row in self._rows.get((code, EXEMPTION), ())
        ]
        return exemption_among(rows, to_region=to_region, facts=facts, on=on)


@cache
def _own() -> tuple[RuleFile, ...]:
    return tuple(read_folder(DATA, 0, WORDS))


@cache
def _book(extra: tuple[Path, ...]) -> RuleBook:
    more = (file for nth, folder in enumerate(extra, 1) for file in read_folder(folder, nth, WORDS))
    return RuleBook((*_own(), *more))


def rule_book(extra: Sequence[Path] = ()) -> RuleBook:
    """The project's rule files plus those of extra directories (an extra row goes first where it fits).

    Cached per process. Raises RuleFileWrong with file and place.
    """
    return _book(tuple(Path(each).resolve() for each in extra))
