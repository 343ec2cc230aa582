"""What a played person answers before any form, and what a played clerk feeds back."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

from django.utils import timezone

from matters.catalogue.definition import Definition
from matters.catalogue.elsewhere import elsewhere_of
from matters.catalogue.pinned import definition_of
from matters.catalogue.situations import (
    CAN,
    Precheck,
    Question,
    choices_of,
    finding,
    open_question,
)
from workflows.cases.feeding_back import NUMBER, RESULT, TIME

# Most people who get as far as a form can have it done; who can't is found within a few tries.
TRIES = 30


def situation(definition: Definition, on: dt.date, luck: Random) -> dict[str, str]:
    """Answers with which it can be done on that day; none where the matter asks nothing."""
    asked = definition.precheck
    if asked is None:
        return {}
    for _ in range(TRIES):
        answers = _answers(asked, on, luck)
        if finding(asked, answers, on).kind == CAN:
            return answers
    return {}


def carried_as_typed(definition: Definition, answers: dict[str, str]) -> dict[str, str]:
    """Those that are answers of the form too."""
    fields = {field.code for field in definition.fields}
    return {code: answer for code, answer in answers.items() if code in fields}


def fed_back(case: Any, step: str, luck: Random, at: dt.datetime) -> dict[str, Any]:
    """Number, time and result where this step is taken in another system."""
    declared = case.STEPS[step]
    elsewhere = elsewhere_of(
        definition_of(case.version_id), step=step, stage=case.stage, decides=declared.decides
    )
    if elsewhere is None:
        return {}
    moment = at.astimezone(timezone.get_current_timezone()).strftime("%Y-%m-%dT%H:%M")
    number = f"YW{at:%Y%m%d}{luck.randrange(10**8):08d}"
    return {NUMBER: number, TIME: moment, RESULT: "已办结"}


def _answers(asked: Precheck, on: dt.date, luck: Random) -> dict[str, str]:
    answers: dict[str, str] = {}
    while (question := open_question(asked, answers)) is not None:
        answers[question.code] = _answer(question, on, luck)
    return answers


def _answer(question: Question, on: dt.date, luck: Random) -> str:
    if question.kind == "date":
        return (on + dt.timedelta(days=luck.randrange(-900, 80))).isoformat()
    return luck.choice(choices_of(question))[0]
