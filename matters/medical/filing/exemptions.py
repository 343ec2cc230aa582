"""免备案: what the rule book says of going from one pool to another place, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from matters.medical.models import Insured, VisitKind
from matters.medical.rules import rule_book
from tongban.templatetags.formats import zh_date

if TYPE_CHECKING:
    from matters.medical.rules import Exemption, RuleBook

CERTAINTY_WORDS: Final = {
    "certain": "确定",
    "probable": "较可能，未见正式文件",
    "uncertain": "不确定",
    "recall": "凭记忆，待核对",
}


@dataclass(frozen=True)
class ExemptionRow:
    """One line for people who have to judge it: for which visit, whether, since when, from where."""

    visit: str
    sentence: str
    since: str
    certainty: str
    source: str
    doubt: str
    applies: bool


def exemption_for(
    *, insured: Insured, place: str, visit: str, on: date, book: RuleBook | None = None
) -> Exemption | None:
    """The row about going to `place` for that kind of visit; it may say that it is unknown. No SQL."""
    return (book or rule_book()).exemption(
        from_pool=insured.pool_id,
        to_region=place,
        insured_type=insured.insured_type,
        visit=visit,
        on=on,
    )


def doubts_of(exempt: Exemption) -> tuple[str, ...]:
    """What is not certain about it, in sentences."""
    return (exempt.doubt,) if exempt.doubt else ()


def exemption_rows(
    *, insured: Insured, place: str, on: date, book: RuleBook | None = None
) -> list[ExemptionRow]:
    """Per kind of visit what the rule book knows, for the clerk who files. No SQL."""
    rows = []
    for code, words in VisitKind.choices:
        found = exemption_for(insured=insured, place=place, visit=code, on=on, book=book)
        if found is not None:
            rows.append(_row(words, found))
    return rows


def _row(visit: str, found: Exemption) -> ExemptionRow:
    row = found.row
    return ExemptionRow(
        visit=visit,
        sentence="免备案" if found.applies else "是否免备案未知",
        since=zh_date(row.valid_from) or "起始日期未公布",
        certainty=CERTAINTY_WORDS.get(row.certainty, row.certainty),
        source=row.source or "未找到",
        doubt=found.doubt,
        applies=found.applies,
    )
