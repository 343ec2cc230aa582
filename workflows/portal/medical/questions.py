"""What is asked before the answer: one question a page, the answers in the page's address.

Nothing personal stands there: a person is named by a key that only whoever may look at them can use.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from django import forms

from matters.catalogue.regions import POOL, region_choices, region_name
from matters.medical.models import Insured, VisitKind
from matters.medical.rules import rule_book
from matters.medical.rules.words import LEVELS
from tongban.forms import DatePartsField
from tongban.offices.codes import pool_of
from tongban.templatetags.formats import zh_date, zh_money

from .people import Person

Choices = list[tuple[str, Any]]
TYPED = "typed"
BEFORE, INSIDE, PAID = "before", "inside", "paid"
EMERGENCY_STAY, EMERGENCY_VISIT = "emergency_stay", "emergency_visit"
VISITS = {
    "inpatient": "住院",
    "outpatient": "普通门诊",
    "chronic": "门诊慢特病（高血压、糖尿病、透析等）",
    EMERGENCY_STAY: "急诊抢救，住了院",
    EMERGENCY_VISIT: "急诊抢救，没有住院",
}
# What each is before the rules, and whether it is an emergency.
KINDS = {
    "inpatient": (VisitKind.INPATIENT, False),
    "outpatient": (VisitKind.OUTPATIENT, False),
    "chronic": (VisitKind.CHRONIC, False),
    EMERGENCY_STAY: (VisitKind.INPATIENT, True),
    EMERGENCY_VISIT: (VisitKind.OUTPATIENT, True),
}
STATES = {
    BEFORE: "还没去",
    INSIDE: "已经住进医院，还没出院结算",
    PAID: "看完了，钱已经全部自己付了",
}
# Higher levels first: who does not know goes by the first.
TIERS = ("tier_3", "tier_2", "tier_1", "community_2", "community")
OUTSIDE = {
    "0": "不清楚，先按都在医保范围内算",
    "10": "大约一成",
    "20": "大约两成",
    "30": "大约三成",
}
ESTIMATE = "estimate"
YEARS_BACK = 2
MINOR = "minor"
OF_AGE = 18


@dataclass(frozen=True)
class Question:
    """One page. kind: choice, list (a drop-down), number, money or day."""

    code: str
    title: str
    kind: Literal["choice", "list", "number", "money", "day"] = "choice"
    hint: str = ""
    choices: Choices = field(default_factory=list)
    first: dt.date | None = None
    last: dt.date | None = None

    def field(self) -> forms.Field:
        missing = {"required": "请选择一项", "invalid_choice": "请从所列的选项中选一项"}
        shared: dict[str, Any] = {"label": self.title, "help_text": self.hint}
        if self.kind == "choice":
            return forms.ChoiceField(
                choices=self.choices, widget=forms.RadioSelect, error_messages=missing, **shared
            )
        if self.kind == "list":
            offered = [("", "请选择"), *self.choices]
            return forms.ChoiceField(choices=offered, error_messages=missing, **shared)
        if self.kind == "day":
            return DatePartsField(
                validators=[self._in_span],
                error_messages={"required": "请填写年、月、日"},
                **shared,
            )
        numbers: dict[str, tuple[int, int, str]] = {
            "number": (0, 120, "请填写 0 到 120 之间的周岁数"),
            "money": (1, 2_000_000, "请填写 1 到 2000000 之间的整数"),
        }
        least, most, words = numbers[self.kind]
        said = dict.fromkeys(("required", "invalid", "min_value", "max_value"), words)
        box = forms.NumberInput({"class": "w-8", "inputmode": "numeric"})
        return forms.IntegerField(
            min_value=least, max_value=most, widget=box, error_messages=said, **shared
        )

    def _in_span(self, day: dt.date) -> None:
        if self.first is not None and day < self.first:
            raise forms.ValidationError(f"不能早于{zh_date(self.first)}")
        if self.last is not None and day > self.last:
            raise forms.ValidationError(f"不能晚于{zh_date(self.last)}")

    def in_words(self, answer: str) -> str:
        if self.kind == "day":
            return zh_date(dt.date.fromisoformat(answer))
        if self.kind == "money":
            return zh_money(Decimal(answer))
        if self.kind == "number":
            return f"{answer} 岁"
        return _flat(self.choices).get(answer, answer)


class QuestionForm(forms.Form):
    """One question, with what was typed or said before."""

    def __init__(self, question: Question, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.question = question
        self.fields[question.code] = question.field()

    @property
    def answer(self) -> str:
        value = self.cleaned_data[self.question.code]
        return value.isoformat() if isinstance(value, dt.date) else str(value)


@dataclass(frozen=True)
class Visitor:
    """Who asks: the people whose insurance they may look at (none without signing in), and today."""

    people: tuple[Person, ...]
    today: dt.date

    def person(self, answers: Mapping[str, str]) -> Person | None:
        return next((p for p in self.insured if p.key == answers.get("who")), None)

    @property
    def insured(self) -> tuple[Person, ...]:
        return tuple(person for person in self.people if person.insured is not None)


@dataclass(frozen=True)
class Walk:
    """How far the answers go: those that are right, in order, and the next question if one is open."""

    asked: tuple[Question, ...]
    answers: dict[str, str]
    open: Question | None

    def question(self, code: str) -> Question | None:
        return next((q for q in self.asked if q.code == code), None)


def walk(visitor: Visitor, given: Mapping[str, str]) -> Walk:
    """Ask one after the other; what is not right is asked again, and what is not asked is dropped."""
    answers: dict[str, str] = {}
    asked: list[Question] = []
    for question in _questions(visitor, answers, wants_sum=ESTIMATE in given):
        asked.append(question)
        answer = _right(question, given.get(question.code, ""))
        if answer is None:
            return Walk(tuple(asked), answers, question)
        answers[question.code] = answer
    return Walk(tuple(asked), answers, None)


def _right(question: Question, given: str) -> str | None:
    """The answer if it is one. A day stands in the address as 2026-11-21, and is typed as three numbers."""
    if question.kind == "day":
        parts = given.split("-")
        names = (f"{question.code}_{part}" for part in ("year", "month", "day"))
        form = QuestionForm(question, dict(zip(names, parts, strict=False)))
    else:
        form = QuestionForm(question, {question.code: given})
    return form.answer if form.is_valid() else None


def _questions(
    visitor: Visitor, answers: Mapping[str, str], *, wants_sum: bool
) -> Iterator[Question]:
    """In order; each is made when the one before it has been answered."""
    if visitor.insured:
        yield _who(visitor)
    if visitor.person(answers) is None:
        yield from _cover(answers)
    yield Question(
        "to",
        "打算去哪里看病？",
        "list",
        "选重庆，或者四川的一个市（州）。",
        choices=list(region_choices(POOL)),
    )
    yield Question("visit", "这次是哪种看病？", choices=list(VISITS.items()))
    yield Question("now", "现在到哪一步了？", choices=_states(answers["visit"]))
    yield _day(answers["now"], visitor.today)
    if wants_sum:
        yield from _sum(cover_of(visitor, answers), answers["visit"])


def _who(visitor: Visitor) -> Question:
    named: Choices = [
        (person.key, f"{person.name}（我本人）" if person.is_me else f"{person.name}（我代办的）")
        for person in visitor.insured
    ]
    hint = "替家人办过医保事项、委托还有效的，可以直接选。"
    return Question(
        "who", "谁去看病？", hint=hint, choices=[*named, (TYPED, "其他人，由我填写参保情况")]
    )


def _cover(answers: Mapping[str, str]) -> Iterator[Question]:
    yield Question(
        "pool", "医保在哪里参加的？", "list", "看病的人交医保的地方，不一定是户口所在地。",
        choices=list(region_choices(POOL)),
    )  # fmt: skip
    yield Question(
        "type",
        "参加的是哪种医保？",
        choices=[
            ("employee", "职工医保（在单位参保，或自己按职工参保；退休人员也选这个）"),
            ("resident", "居民医保（城乡居民、学生、儿童）"),
        ],
    )
    yield Question("age", "看病的人今年多大？", "number", "填周岁，例如 72。")
    if classes := classes_of(answers["pool"], answers["type"]):
        yield Question(
            "class",
            "属于下面哪一类？",
            hint="分不清的，可以查医保电子凭证或拨打 12393。",
            choices=classes,
        )


def classes_of(pool: str, insured_type: str) -> Choices:
    """The classes that the pool's rules know; what follows from the age alone is not asked."""
    found = rule_book().pools.get(pool)
    known = found.classes.get(insured_type, {}) if found else {}
    return [(code, words) for code, words in known.items() if MINOR not in code.split("+")]


def diseases_of(cover: Insured) -> Choices:
    """The kinds of chronic disease that the pool's rules tell apart."""
    rows = rule_book().rows(pool=cover.pool_id, key="chronic.ratio")
    fitting = [row for row in rows if cover.insured_type in row.scope.get("insured_type", ())]
    found = sorted({str(each) for row in fitting for each in row.scope.get("disease", ())})
    return [(name, name) for name in found]


def _states(visit: str) -> Choices:
    stays = visit in ("inpatient", EMERGENCY_STAY)
    left = {code: words for code, words in STATES.items() if stays or code != INSIDE}
    if KINDS[visit][1]:
        # Nobody plans an emergency.
        left[BEFORE] = "正在急诊，或刚送到"
    return list(left.items())


def _day(now: str, today: dt.date) -> Question:
    back, ahead = _years(today, -YEARS_BACK), _years(today, 1)
    if now == INSIDE:
        return Question("on", "哪天住进去的？", "day", "例如 2026 11 3", first=back, last=today)
    if now == PAID:
        return Question(
            "on", "哪天看完（出院）的？", "day", "例如 2026 11 3", first=back, last=today
        )
    return Question("on", "打算哪天去？", "day", "说不准就填今天。", first=today, last=ahead)


def _sum(cover: Insured, visit: str) -> Iterator[Question]:
    if visit == "chronic" and (diseases := diseases_of(cover)):
        hint = "看慢特病待遇认定书，或问参保地医保局。"
        yield Question("disease", "认定的是哪一类慢特病？", hint=hint, choices=diseases)
    levels: Choices = [(code, f"{LEVELS[code]}医院") for code in TIERS[:3]]
    levels += [
        ("community_2", "二级社区卫生服务机构"),
        ("community", "社区卫生服务中心、乡镇卫生院"),
    ]
    yield Question(
        "level",
        "去哪一级的医院？",
        hint="不知道的先选三级；在定点医院名录里能查到。",
        choices=levels,
    )
    yield Question("sum", "估计一共要花多少元？", "money", "不用准，填个整数，例如 20000。")
    yield Question(
        "outside",
        "其中大约有多少不在医保范围？",
        hint="自费药、自费材料、超限价的部分，医生或医院医保办能告诉您。",
        choices=list(OUTSIDE.items()),
    )


def cover_of(visitor: Visitor, answers: Mapping[str, str]) -> Insured:
    """The cover that the answers mean: a row of the register, or one as it was typed (not saved)."""
    person = visitor.person(answers)
    if person is not None and person.insured is not None:
        return person.insured
    age = int(answers["age"])
    return Insured(
        pool_id=pool_of(answers["pool"]),
        insured_type=answers["type"],
        person_class=_class(answers, age),
        born_on=_years(visitor.today, -age),
        valid_from=_years(visitor.today, -YEARS_BACK - 1),
    )


def _class(answers: Mapping[str, str], age: int) -> str:
    found = rule_book().pools.get(answers["pool"])
    known = found.classes.get(answers["type"], {}) if found else {}
    minor = f"{answers.get('class', '')}+{MINOR}"
    return minor if age < OF_AGE and minor in known else answers.get("class", "")


def where(answers: Mapping[str, str]) -> str:
    return region_name(answers["to"])


def _years(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)


def _flat(choices: Choices) -> dict[str, str]:
    """Grouped choices too."""
    flat: dict[str, str] = {}
    for code, words in choices:
        flat.update(dict(words) if isinstance(words, list) else {code: words})
    return flat
