"""情形: a few questions before any form, and what follows from the answers to them.

Answers are kept as text by question code: `yes`/`no`, the code of a choice, an ISO day. No question
asks for anything personal, so the answers may stand in an address and in a case as they are.
"""

import calendar
import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from matters.catalogue.conditions import Condition, holds
from matters.catalogue.part import Code, Part, Text

LEAST_QUESTIONS, MOST_QUESTIONS = 3, 6
CAN, LATER, OTHER = "can", "later", "other"
Answers = Mapping[str, Any]


class Question(Part):
    """One question. `when`: it is asked only if the answers before it are so."""

    code: Code
    label: Text
    kind: Literal["yes_no", "choice", "date"]
    help: str = ""
    choices: tuple[tuple[Code, Text], ...] = ()
    when: tuple[Condition, ...] = ()


class DayFrom(Part):
    """A day reckoned from an answered one: so many months, then so many days, on or back."""

    field: Code
    months: int = Field(default=0, ge=-1200, le=1200)
    days: int = Field(default=0, ge=-3660, le=3660)

    def on(self, answers: Answers) -> dt.date | None:
        """None where the day was not answered. The last of a shorter month stands for a later day."""
        try:
            start = dt.date.fromisoformat(str(answers.get(self.field) or ""))
            years, month = divmod(start.month - 1 + self.months, 12)
            year = start.year + years
            last = calendar.monthrange(year, month + 1)[1]
            day = dt.date(year, month + 1, min(start.day, last))
            return day + dt.timedelta(days=self.days)
        except (ValueError, OverflowError):
            return None


class Outcome(Part):
    """What the answers mean. The first outcome that holds counts.

    when: what was answered. before: it holds until the day before that day; `since`: from that day
    on. kind `later` needs `before`: that is the day from which it can be done. kind `other` says
    where to: another matter by name, a kind of office, a phone.
    """

    kind: Literal["can", "later", "other"]
    text: Text
    when: tuple[Condition, ...] = ()
    before: DayFrom | None = None
    since: DayFrom | None = None
    matter: Text | None = None
    office_kind: Code | None = None
    phone: Annotated[str, StringConstraints(pattern=r"^[0-9-]{3,20}$")] | None = None
    certainty: Literal["stated", "inferred", "from_memory"] = "inferred"

    def is_so(self, answers: Answers, on: dt.date) -> bool:
        if not holds(self.when, answers):
            return False
        before = self.before.on(answers) if self.before else None
        since = self.since.on(answers) if self.since else None
        if (self.before and before is None) or (self.since and since is None):
            return False
        return (before is None or on < before) and (since is None or on >= since)


class Precheck(Part):
    """先问几句: the questions in their order, and the outcomes in the order in which they count."""

    questions: tuple[Question, ...] = Field(min_length=LEAST_QUESTIONS, max_length=MOST_QUESTIONS)
    outcomes: tuple[Outcome, ...] = Field(min_length=1)


class Sentence(Part):
    """A condition for applying that is said in some situations only."""

    text: Text
    when: tuple[Condition, ...] = Field(min_length=1)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Finding:
    """What the answers say. `from_on`: the day from which a `later` one can be done."""

    kind: str
    text: str
    from_on: dt.date | None = None
    outcome: Outcome | None = None


def asked_in(precheck: Precheck, answers: Answers) -> list[Question]:
    """The questions that these answers lead to, answered or not yet."""
    return [question for question in precheck.questions if holds(question.when, answers)]


def open_question(precheck: Precheck, answers: Answers) -> Question | None:
    """The first question still to be answered; None when all are."""
    return next((q for q in asked_in(precheck, answers) if not answers.get(q.code)), None)


def understood(precheck: Precheck, given: Answers) -> dict[str, str]:
    """Of what was given, the right answers to questions that are asked; the rest is left out."""
    kept: dict[str, str] = {}
    for question in precheck.questions:
        answer = given.get(question.code)
        if holds(question.when, kept) and isinstance(answer, str) and _fits(question, answer):
            kept[question.code] = answer
    return kept


def finding(precheck: Precheck, answers: Answers, on: dt.date) -> Finding:
    """What all the answers together mean on that day; where no outcome holds, it can be done."""
    for outcome in precheck.outcomes:
        if outcome.is_so(answers, on):
            later = outcome.before if outcome.kind == LATER else None
            return Finding(
                outcome.kind, outcome.text, later.on(answers) if later else None, outcome
            )
    return Finding(CAN, "")


def said_in(sentences: Iterable[str | Sentence], answers: Answers | None) -> list[str]:
    """The sentences for a situation; all of them while it is not known (None)."""
    return [
        str(each)
        for each in sentences
        if answers is None or isinstance(each, str) or holds(each.when, answers)
    ]


def in_words(question: Question, answer: str) -> str:
    """An answer as a page shows it."""
    if question.kind == "date":
        day = dt.date.fromisoformat(answer)
        return f"{day.year}年{day.month}月{day.day}日"
    return dict(choices_of(question)).get(answer, answer)


def choices_of(question: Question) -> tuple[tuple[str, str], ...]:
    """What one can choose from; nothing where a day is asked for."""
    if question.kind == "yes_no":
        return (("yes", "是"), ("no", "否"))
    return question.choices


def _fits(question: Question, answer: str) -> bool:
    if question.kind != "date":
        return any(answer == code for code, _ in choices_of(question))
    try:
        return 1900 <= dt.date.fromisoformat(answer).year <= 2200 and len(answer) == 10
    except ValueError:
        return False
