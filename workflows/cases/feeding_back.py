"""回填: what another system decided is given with the step: its number, its time, its result."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from matters.catalogue.elsewhere import Elsewhere, elsewhere_of
from tongban.accounts.identity import is_resident_id

from .clocks import local_day
from .models import CaseNumber
from .numbers import LONGEST_NUMBER, is_taken, plain_number

if TYPE_CHECKING:
    from .act import Act, Situation
    from .declarations import Step

NUMBER, TIME, RESULT = "elsewhere_number", "elsewhere_at", "elsewhere_result"
TAKEN = "这个编号已回填到另一个办件，请核对；没有任何改动。"


def elsewhere_for(situation: Situation, step: Step) -> Elsewhere | None:
    """The other system in which this step is really taken in this case."""
    return elsewhere_of(
        situation.definition,
        step=step.code,
        stage=situation.case.stage,
        decides=step.decides,
    )


def elsewhere_now(situation: Situation) -> Elsewhere | None:
    """The other system in which the next step of the case as it stands is taken; None if in none."""
    case = situation.case
    steps = [step for step in case.STEPS.values() if case.state in step.source]
    found = (elsewhere_for(situation, step) for step in steps)
    return next((each for each in found if each is not None), None)


def questions(situation: Situation, elsewhere: Elsewhere) -> dict[str, forms.Field]:
    """What the step's form asks besides its own questions. Checking costs one statement."""
    return {
        NUMBER: forms.CharField(
            label=elsewhere.number,
            max_length=LONGEST_NUMBER,
            help_text=f"{elsewhere.system}里的编号，一个编号只能回填到一个办件",
            validators=[_is_free(situation, elsewhere)],
            widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            error_messages={
                "required": f"请填写{elsewhere.system}的{elsewhere.number}",
                "max_length": f"编号最多{LONGEST_NUMBER}个字符",
            },
        ),
        TIME: forms.DateTimeField(
            label="办理时间",
            help_text=f"在{elsewhere.system}办完的时间",
            validators=[_is_in_the_case(situation)],
            widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"],
            error_messages={
                "required": "请填写办理时间",
                "invalid": "请填写日期和时间，例如 2026-12-31 15:30",
            },
        ),
        RESULT: forms.CharField(
            label=f"{elsewhere.system}的办理结果",
            max_length=200,
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
            error_messages={"required": "请填写办理结果", "max_length": "结果最多200个字符"},
        ),
    }


def feed_back(act: Act) -> None:
    """Keep what the step's form took back: in the event, and on the case's numbers. One statement.

    A second stage of the same case may name the same number again.
    """
    elsewhere = elsewhere_for(act.situation, act.step)
    if elsewhere is None or NUMBER not in act.data:
        return
    number, at = plain_number(act.data[NUMBER]), act.data[TIME]
    act.note(
        fed_back={
            "system": elsewhere.system,
            "name": elsewhere.number,
            "number": number,
            "at": at,
            "result": act.data[RESULT],
        }
    )
    result = act.data[RESULT]
    # The step's body sees its own answers only: what was fed back is recorded apart.
    act.data = {name: v for name, v in act.data.items() if name not in (NUMBER, TIME, RESULT)}
    known = CaseNumber.objects.filter(
        case_id=act.case.pk, kind=CaseNumber.Kind.ELSEWHERE, system=elsewhere.system, number=number
    )
    if known.exists():
        return
    act.numbers.append(
        CaseNumber(
            case_id=act.case.pk,
            kind=CaseNumber.Kind.ELSEWHERE,
            system=elsewhere.system,
            name=elsewhere.number,
            number=number,
            result=result,
            happened_at=at,
            seq=act.seq,
        )
    )


def _is_free(situation: Situation, elsewhere: Elsewhere) -> Any:
    def check(typed: str) -> None:
        if is_resident_id(plain_number(typed)):
            raise ValidationError("这像是身份证号，请填写业务系统的编号", code="resident_id")
        if is_taken(system=elsewhere.system, number=typed, case_id=situation.case.pk):
            raise ValidationError(TAKEN, code="taken")

    return check


def _is_in_the_case(situation: Situation) -> Any:
    """After it was handed in, and not in the time to come."""

    def check(at: dt.datetime) -> None:
        if at > situation.at:
            raise ValidationError("办理时间不能晚于现在", code="to_come")
        if local_day(at) < situation.case.handed_in_on:
            raise ValidationError("办理时间不能早于申请日", code="before")

    return check
