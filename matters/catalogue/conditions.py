"""When something applies: a question, a paper, a sentence of the guide, by what was answered.

    Condition(field="applicant_kind", one_of=("company", "partnership"))
    Condition(field="children", at_least=1)
    Condition(field="moved_on", at_least=date(2021, 1, 1), at_most=date(2025, 12, 31))
    Condition(field="agent_name")                      # answered at all

In a YAML file the same is `{field: children, at_least: 1}`. Nothing here knows of forms: the answers
may be as somebody typed them, as a form cleaned them or as a case keeps them.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import Field, field_validator

from matters.catalogue.part import Code, Part, Text

# A number or a day; "2" is read as a number, "2025-01-01" as a day.
Bound = Annotated[Decimal | dt.date, Field(union_mode="left_to_right")]

YES, NO = "yes", "no"
MONTH = len("2025-03")


class Condition(Part):
    """What one answer must be; all that is given must be met, and no answer meets nothing.

    one_of: codes of choices, `yes`/`no` of a yes-or-no question, codes of regions; of several
    choices one is enough. at_least, at_most: for numbers, money and days, the bound included.
    None of them: the question has been answered.
    """

    field: Code
    one_of: tuple[Text, ...] = ()
    at_least: Bound | None = None
    at_most: Bound | None = None

    @field_validator("one_of", mode="before")
    @classmethod
    def _yes_and_no(cls, given: Any) -> Any:
        """YAML reads a bare yes as true."""
        return [_plain(each) for each in given] if isinstance(given, list | tuple) else given

    def is_met(self, answer: Any) -> bool:
        """Whether this one answer is as it must be."""
        given = _several(answer)
        if not given or (self.one_of and not given & set(self.one_of)):
            return False
        within = (
            bound is None or _compares(answer, bound, sign)
            for bound, sign in ((self.at_least, 1), (self.at_most, -1))
        )
        return all(within)


def holds(conditions: Iterable[Condition], answers: Mapping[str, Any]) -> bool:
    """Whether all of them are met by the answers by field code; of none at all, yes.

    A question that is not shown has no answer, so whatever depends on it does not hold either.
    """
    return all(each.is_met(answers.get(each.field)) for each in conditions)


def _several(answer: Any) -> set[str]:
    """The answer as one or more words; none if nothing was answered."""
    if isinstance(answer, list | tuple | set | frozenset):
        return {word for each in answer for word in _several(each)}
    if answer is None or isinstance(answer, Mapping):
        return {"given"} if answer else set()
    word = str(_plain(answer)).strip()
    return {word} if word else set()


def _plain(answer: Any) -> Any:
    if isinstance(answer, bool):
        return YES if answer else NO
    return answer


def _compares(answer: Any, bound: Decimal | dt.date, sign: int) -> bool:
    """answer ≥ bound (sign 1) or answer ≤ bound (-1); what cannot be compared does not hold."""
    read = _day(answer) if isinstance(bound, dt.date) else _number(answer)
    if read is None:
        return False
    higher, lower = (read, bound) if sign > 0 else (bound, read)
    return bool(higher >= lower)  # type: ignore[operator]  # both days or both numbers


def _number(answer: Any) -> Decimal | None:
    if isinstance(answer, bool) or not isinstance(answer, str | int | Decimal):
        return None
    try:
        read = Decimal(answer)
    except InvalidOperation:
        return None
    return read if read.is_finite() else None


def _day(answer: Any) -> dt.date | None:
    if isinstance(answer, dt.datetime):
        return answer.date()
    if isinstance(answer, dt.date):
        return answer
    try:
        if isinstance(answer, str):
            # A month is kept as 2025-03 and means its first day.
            return dt.date.fromisoformat(f"{answer}-01" if len(answer) == MONTH else answer)
        return None
    except ValueError:
        return None
