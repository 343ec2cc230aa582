"""Do the questions of a precheck, its outcomes and what depends on them hold together?"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from matters.catalogue.conditions import Condition
from matters.catalogue.situations import LATER, OTHER, DayFrom, Outcome, Precheck, Sentence

if TYPE_CHECKING:
    from matters.catalogue.definition import Definition


def problems_of_situations(definition: "Definition") -> Iterator[str]:
    """In sentences, for whoever keeps the data."""
    precheck = definition.precheck
    questions = precheck.questions if precheck else ()
    known = {question.code for question in questions} | {field.code for field in definition.fields}
    for paper in definition.materials:
        yield from _unknown(paper.when, known, f"材料 {paper.code}")
    for sentence in definition.conditions:
        if isinstance(sentence, Sentence):
            yield from _unknown(sentence.when, known, f"条件“{sentence.text[:20]}”")
    if precheck is not None:
        yield from _problems_of_questions(precheck)
        yield from _problems_of_carried(precheck, definition)
        for place, outcome in enumerate(precheck.outcomes, 1):
            yield from _problems_of_outcome(precheck, outcome, f"预检结论 {place}")


def _problems_of_questions(precheck: Precheck) -> Iterator[str]:
    before: set[str] = set()
    for question in precheck.questions:
        if question.code in before:
            yield f"预检问题 {question.code} 写了两次"
        if (question.kind == "choice") != bool(question.choices):
            yield f"预检问题 {question.code}：选择题须有选项，其他不能有"
        yield from _unknown(question.when, before, f"预检问题 {question.code}")
        before.add(question.code)


def _problems_of_carried(precheck: Precheck, definition: "Definition") -> Iterator[str]:
    """A question with the code of a field answers that field: it must ask the same."""
    fields = {field.code: field for field in definition.fields}
    for question in precheck.questions:
        field = fields.get(question.code)
        if field is None:
            continue
        if (field.kind, tuple(field.choices)) != (question.kind, question.choices):
            yield f"预检问题 {question.code} 与同名字段的类型或选项不同"
        if question.when:
            yield f"预检问题 {question.code} 会带入同名字段，不能写 when"


def _problems_of_outcome(precheck: Precheck, outcome: Outcome, where: str) -> Iterator[str]:
    days = {question.code for question in precheck.questions if question.kind == "date"}
    yield from _unknown(outcome.when, {question.code for question in precheck.questions}, where)
    for reckoned in (outcome.before, outcome.since):
        if isinstance(reckoned, DayFrom) and reckoned.field not in days:
            yield f"{where} 按 {reckoned.field} 推算日期，但没有这个日期问题"
    if outcome.kind == LATER and outcome.before is None:
        yield f"{where} 是以后可办（later），须写 before"
    if outcome.kind == OTHER and not (outcome.matter or outcome.office_kind or outcome.phone):
        yield f"{where} 是另一条路（other），须写 matter、office_kind 或 phone"


def _unknown(conditions: Iterable[Condition], known: set[str], where: str) -> Iterator[str]:
    for condition in conditions:
        if condition.field not in known:
            yield f"{where} 取决于 {condition.field}，但没有这个问题或字段"
