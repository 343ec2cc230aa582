"""Finding a case by a number: any of its numbers whole, its own also by beginning or last digits."""

from __future__ import annotations

import re

from django import forms
from django.db.models import Q, QuerySet

from tongban.accounts.actors import Actor
from workflows.cases.models import Case
from workflows.cases.numbers import LONGEST_NUMBER, known_as, plain_number

from ..door import cases_at_desk

# Place and day: what begins with fewer digits may be a whole county's cases.
LEAST_BEGINNING = 12
LEAST_END, MOST_END = 8, 11
MOST_FOUND = 50
LEAST, MOST_DIGITS = 4, 32
# What numbers of ours and of others are written with, 渝社险〔2026〕12号 among them.
NUMBER = re.compile(r"[0-9A-Z一-鿿〔〕\[\]()/_.-]+")
WRONG = "编号只含数字、字母、汉字和短横"


class NumberForm(forms.Form):
    """GET form of the search box; blanks and hyphens that were copied along don't matter."""

    q = forms.CharField(
        label="按编号查找",
        max_length=LONGEST_NUMBER,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "data-key": "/",
                "placeholder": f"办件编号（可只输后 {LEAST_END} 位）、运单号等",
            }
        ),
        error_messages={
            "required": "请输入编号",
            "max_length": f"编号不超过 {LONGEST_NUMBER} 个字符",
            "null_characters_not_allowed": WRONG,
        },
    )

    def clean_q(self) -> str:
        typed = plain_number(self.cleaned_data["q"])
        if not NUMBER.fullmatch(typed):
            raise forms.ValidationError(WRONG)
        if len(typed) < LEAST:
            raise forms.ValidationError(
                f"请输入完整编号；办件编号可以只输前 {LEAST_BEGINNING} 位以上，或最后 {LEAST_END} 位"
            )
        return typed


def found_by(typed: str, actor: Actor) -> QuerySet[Case]:
    """What a number finds among the cases the actor may see, by number.

    Any number of a case finds it whole. Of its own, a short one is the end (serial and check digit),
    a longer one the beginning of some.
    """
    cases = cases_at_desk(actor).order_by("number")
    meant = known_as(typed)
    digits = typed.replace("-", "")
    if not digits.isdecimal() or not LEAST_END <= len(digits) <= MOST_DIGITS:
        return cases.filter(meant)
    if len(digits) <= MOST_END:
        return cases.filter(meant | Q(pk=int(digits[:-1]), number__endswith=digits))
    # A range, because that is what the index of numbers is ordered by.
    return cases.filter(meant | Q(number__gte=digits, number__lt=_successor(digits)))


def _successor(digits: str) -> str:
    """The first text of that length after everything that begins with `digits`."""
    return str(int(digits) + 1).zfill(len(digits))
