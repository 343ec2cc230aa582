"""Rules across the questions of one form: an end not before its start, shares that sum up, ages.

    {kind: order, fields: [lease_from, lease_to]}
    {kind: sum, fields: [own_share, other_share], at_most: 100}
    {kind: sum, fields: [rent, deposit], at_most_field: budget}
    {kind: same, fields: [account_holder, applicant_name]}
    {kind: different, fields: [transferor_id, transferee_id]}
    {kind: age, field: child_id, on_field: admitted_on, at_least: 6}     # without on_field: today
    {kind: some, fields: [phone, email]}
    {kind: bookable, field: visit_on, region_field: owner_region, within: 30}

Every rule may have `when` (conditions) and `message`, the sentence for whoever broke it; without
one it gets a sentence made of the labels. A rule is silent while an answer that it needs is missing
or wrong by itself. ID numbers are compared as they were typed, and never stand in a sentence.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field

from matters.catalogue.conditions import Condition, holds
from matters.catalogue.part import Code, Part
from tongban.accounts.identity import birth_date
from tongban.offices.calendar import calendar_for

# Days that hold everywhere in the zone: either province's own are the nation's.
NATION = "510000"


class Broken(NamedTuple):
    """A rule that does not hold: at which question, and the sentence."""

    code: str
    sentence: str


class _Rule(Part):
    when: tuple[Condition, ...] = ()
    message: str = ""

    @property
    def codes(self) -> tuple[str, ...]:
        """The questions that the rule compares, the one that carries the sentence last."""
        raise NotImplementedError

    def holds_for(self, answers: Mapping[str, Any], today: dt.date) -> bool:
        raise NotImplementedError

    def sentence(self, labels: Mapping[str, str]) -> str:
        raise NotImplementedError


Several = Annotated[tuple[Code, ...], Field(min_length=2, max_length=10)]
Two = Annotated[tuple[Code, ...], Field(min_length=2, max_length=2)]


class Order(_Rule):
    """The second is not before, or not less than, the first: days, months, money, numbers."""

    kind: Literal["order"]
    fields: Two

    @property
    def codes(self) -> tuple[str, ...]:
        return self.fields

    def holds_for(self, answers: Mapping[str, Any], today: dt.date) -> bool:
        del today
        first, then = (answers.get(code) for code in self.fields)
        comparable = isinstance(first, dt.date) == isinstance(then, dt.date)
        return first is None or then is None or not comparable or bool(first <= then)

    def sentence(self, labels: Mapping[str, str]) -> str:
        first, then = (labels[code] for code in self.fields)
        return f"“{then}”不能早于或小于“{first}”"


class Sum(_Rule):
    """The numbers together are at most `at_most`, or at most what `at_most_field` says."""

    kind: Literal["sum"]
    fields: Several
    at_most: Decimal | None = None
    at_most_field: Code | None = None

    @property
    def codes(self) -> tuple[str, ...]:
        named = (self.at_most_field,) if self.at_most_field else ()
        return (*named, *self.fields)

    def holds_for(self, answers: Mapping[str, Any], today: dt.date) -> bool:
        del today
        most = answers.get(self.at_most_field) if self.at_most_field else self.at_most
        numbers = [answers[code] for code in self.fields if answers.get(code) is not None]
        return most is None or not numbers or bool(sum(numbers) <= most)

    def sentence(self, labels: Mapping[str, str]) -> str:
        named = "、".join(f"“{labels[code]}”" for code in self.fields)
        most = f"“{labels[self.at_most_field]}”" if self.at_most_field else f"{self.at_most}"
        return f"{named}合计不能超过{most}"


class Same(_Rule):
    """Both are the same person or number."""

    kind: Literal["same"]
    fields: Two

    @property
    def codes(self) -> tuple[str, ...]:
        return self.fields

    def holds_for(self, answers: Mapping[str, Any], today: dt.date) -> bool:
        del today
        first, then = (_named(answers.get(code)) for code in self.fields)
        return not first or not then or first == then

    def sentence(self, labels: Mapping[str, str]) -> str:
        first, then = (labels[code] for code in self.fields)
        return f"“{then}”应与“{first}”一致"


class Different(_Rule):
    """Nobody is named twice; of a list of people every one is meant."""

    kind: Literal["different"]
    fields: Several

    @property
    def codes(self) -> tuple[str, ...]:
        return self.fields

    def holds_for(self, answers: Mapping[str, Any], today: dt.date) -> bool:
        del today
        named = [_named(answers.get(code)) for code in self.fields]
        return len(set().union(*named)) == sum(len(each) for each in named)

    def sentence(self, labels: Mapping[str, str]) -> str:
        named = "、".join(f"“{labels[code]}”" for code in self.fields)
        return f"{named}不能是同一个"


class Age(_Rule):
    """How old somebody is, by ID number or birthday, on the day of `on_field` or today."""

    kind: Literal["age"]
    field: Code
    on_field: Code | None = None
    at_least: int | None = Field(default=None, ge=0, le=150)
    at_most: int | None = Field(default=None, ge=0, le=150)

    @property
    def codes(self) -> tuple[str, ...]:
        return (self.on_field, self.field) if self.on_field else (self.field,)

    def holds_for(self, answers: Mapping[str, Any], today: dt.date) -> bool:
        born = _birthday(answers.get(self.field))
        on = answers.get(self.on_field) if self.on_field else today
        if born is None or not isinstance(on, dt.date):
            return True
        age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
        return (self.at_least is None or age >= self.at_least) and (
            self.at_most is None or 0 <= age <= self.at_most
        )

    def sentence(self, labels: Mapping[str, str]) -> str:
        day = f"在“{labels[self.on_field]}”当天" if self.on_field else "现在"
        bounds = [f"年满{self.at_least}周岁"] if self.at_least is not None else []
        bounds += [f"不超过{self.at_most}周岁"] if self.at_most is not None else []
        return f"“{labels[self.field]}”所填的人{day}应{'、'.join(bounds)}"


class Some(_Rule):
    """At least one of several has to be answered."""

    kind: Literal["some"]
    fields: Several

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(reversed(self.fields))

    def holds_for(self, answers: Mapping[str, Any], today: dt.date) -> bool:
        del today
        return any(answers.get(code) not in (None, "", (), []) for code in self.fields)

    def sentence(self, labels: Mapping[str, str]) -> str:
        named = "、".join(f"“{labels[code]}”" for code in self.fields)
        return f"{named}请至少填写一项"


class Bookable(_Rule):
    """A day on which the office works, from tomorrow on and not too far ahead.

    region_field: the question that names the office's region; without one the nation's days count.
    """

    kind: Literal["bookable"]
    field: Code
    region_field: Code | None = None
    within: int = Field(default=30, ge=1, le=365)

    @property
    def codes(self) -> tuple[str, ...]:
        return (self.region_field, self.field) if self.region_field else (self.field,)

    def holds_for(self, answers: Mapping[str, Any], today: dt.date) -> bool:
        day = answers.get(self.field)
        if not isinstance(day, dt.date):
            return True
        region = answers.get(self.region_field) if self.region_field else None
        calendar = calendar_for(str(region or NATION))
        return 0 < (day - today).days <= self.within and calendar.is_working(day)

    def sentence(self, labels: Mapping[str, str]) -> str:
        return f"“{labels[self.field]}”须是明天起 {self.within} 天以内的工作日"


Rule = Annotated[
    Order | Sum | Same | Different | Age | Some | Bookable, Field(discriminator="kind")
]


def broken(
    rules: tuple[Rule, ...],
    answers: Mapping[str, Any],
    labels: Mapping[str, str],
    today: dt.date,
) -> Iterator[Broken]:
    """Every rule that the cleaned `answers` break, at the last question of it that is asked.

    labels: of the questions that are asked now; a rule about none of them is silent.
    """
    for rule in rules:
        asked = [code for code in rule.codes if code in labels]
        everything = {code: labels.get(code, code) for code in rule.codes}
        if asked and holds(rule.when, answers) and not rule.holds_for(answers, today):
            yield Broken(asked[-1], rule.message or rule.sentence(everything))


def _named(answer: Any) -> set[str]:
    """Who or what an answer names: of a list of people their numbers, or names."""
    if isinstance(answer, list | tuple):
        return {str(row.get("id_number") or row.get("name")) for row in answer} - {"None", ""}
    return {str(answer)} if answer not in (None, "") else set()


def _birthday(answer: Any) -> dt.date | None:
    if isinstance(answer, dt.date):
        return answer
    try:
        return birth_date(answer) if isinstance(answer, str) else None
    except (ValueError, IndexError):
        return None
