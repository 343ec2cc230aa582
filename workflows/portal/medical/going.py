"""我能去那边看病吗，要花多少？ One question a page, then the answer, then a trial sum if it is wanted."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from matters.catalogue.models import MatterVersion
from matters.medical.filing import NoPlace
from tongban.accounts.models import User

from .answer import CLAIM, FILE, answer_of
from .estimate import asked_of, assumptions, scenarios
from .people import people_of
from .questions import (
    BEFORE,
    ESTIMATE,
    INSIDE,
    KINDS,
    PAID,
    Question,
    QuestionForm,
    Visitor,
    Walk,
    cover_of,
    walk,
)

ASKING, CHANGE = "asking", "change"
# What the states are called among the questions of the filing matter (filing.yaml).
SAID_AS = {BEFORE: "not_yet", INSIDE: "admitted", PAID: "paid"}


@require_safe
@never_cache
def going(request: HttpRequest) -> HttpResponse:
    """The next question, or the answer. Twenty statements at most, with a trial sum."""
    visitor = visitor_of(request)
    given = request.GET.dict()
    taken = walk(visitor, given)
    typed = taken.question(request.GET.get(ASKING, ""))
    if typed is not None:
        form = QuestionForm(typed, request.GET)
        if form.is_valid():
            return redirect(_address(given, taken.answers | {typed.code: form.answer}))
        return _question(request, taken, typed, form, given)
    question = taken.question(request.GET.get(CHANGE, "")) or taken.open
    if question is not None:
        initial = {question.code: _initial(question, taken, visitor.today)}
        return _question(request, taken, question, QuestionForm(question, initial=initial), given)
    return _answer(request, visitor, taken, given)


def visitor_of(request: HttpRequest) -> Visitor:
    """Three statements for somebody who has signed in."""
    today = timezone.localdate()
    user = request.user
    people = tuple(people_of(user, today)) if isinstance(user, User) else ()
    return Visitor(people, today)


def _initial(question: Question, taken: Walk, today: dt.date) -> Any:
    answer = taken.answers.get(question.code)
    if question.kind != "day":
        return answer
    if answer:
        return dt.date.fromisoformat(answer)
    return today if question.first == today else None


def _address(given: dict[str, str], answers: dict[str, str], **more: str) -> str:
    kept = answers | ({ESTIMATE: "1"} if ESTIMATE in given else {}) | more
    return f"{reverse('portal:medical_going')}?{urlencode(kept)}"


def _question(
    request: HttpRequest, taken: Walk, question: Question, form: QuestionForm, given: dict[str, str]
) -> HttpResponse:
    place = taken.asked.index(question)
    others = {code: said for code, said in taken.answers.items() if code != question.code}
    kept = others | {ASKING: question.code} | ({ESTIMATE: "1"} if ESTIMATE in given else {})
    before = taken.asked[place - 1].code if place else ""
    back = (
        _address(given, taken.answers, **{CHANGE: before}) if place else reverse("portal:medical")
    )
    context = {
        "question": question,
        "form": form,
        "kept": kept,
        "place": place + 1,
        "back": back,
        "here": request.get_full_path(),
    }
    return render(request, "portal/medical/question.html", context)


def _answer(
    request: HttpRequest, visitor: Visitor, taken: Walk, given: dict[str, str]
) -> HttpResponse:
    answers = taken.answers
    cover = cover_of(visitor, answers)
    try:
        found = answer_of(cover, answers, today=visitor.today)
    except NoPlace as wrong:
        form = QuestionForm(cast(Question, taken.question("to")), answers)
        form.add_error("to", str(wrong))
        return _question(request, taken, cast(Question, taken.question("to")), form, given)
    visit = KINDS[answers["visit"]][0]
    person = visitor.person(answers)
    directory = {"place": answers["to"], "visit": visit}
    context: dict[str, Any] = {
        "answer": found,
        "person": person,
        "name": person.name if person else "",
        "is_inside": answers["now"] == INSIDE,
        "is_paid": answers["now"] == PAID,
        "rows": _rows(taken, given),
        "file_now": _file_now(found.matters.get(FILE), answers),
        "filing_matter": found.matters.get(FILE),
        "claim_matter": found.matters.get(CLAIM),
        "hospitals": f"{reverse('portal:medical_hospitals')}?{urlencode(directory)}",
        "estimate": _address({ESTIMATE: "1"}, answers),
        "here": request.get_full_path(),
    }
    if ESTIMATE in given:
        on = dt.date.fromisoformat(answers["on"])
        settled_on = visitor.today if answers["now"] == INSIDE else on
        asked = asked_of(
            cover,
            answers,
            visit=visit,
            place=answers["to"],
            on=settled_on,
            by_hand=answers["now"] == PAID,
        )
        context["scenarios"] = scenarios(
            asked, found.standing.filing, is_sure=not found.standing.doubts
        )
        context["assumptions"] = assumptions(asked, is_covered=found.standing.benefit.is_ok)
        context["sums"] = _rows(taken, given, of=("disease", "level", "sum", "outside"))
    return render(request, "portal/medical/answer.html", context)


def _file_now(version: MatterVersion | None, answers: dict[str, str]) -> str:
    """The filing's own first questions, as far as they are answered here; what it does not ask it drops."""
    if version is None:
        return ""
    slug = version.matter.slug
    if not version.definition.get("precheck"):
        return reverse("portal:guide", args=[slug])
    said = "emergency" if KINDS[answers["visit"]][1] else SAID_AS[answers["now"]]
    return (
        f"{reverse('portal:precheck', args=[slug])}?{urlencode({'now': said, 'same_pool': 'no'})}"
    )


def _rows(taken: Walk, given: dict[str, str], of: tuple[str, ...] = ()) -> list[dict[str, str]]:
    """What was answered, each with a way to change it."""
    about_money = ("disease", "level", "sum", "outside")
    return [
        {
            "key": question.title.removesuffix("？"),
            "value": question.in_words(taken.answers[question.code]),
            "href": _address(given, taken.answers, **{CHANGE: question.code}),
        }
        for question in taken.asked
        if question.code in taken.answers
        and ((question.code in of) if of else question.code not in about_money)
    ]
