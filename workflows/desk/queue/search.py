"""Finding a case by its number: whole, by how it begins, or by its last digits."""

from __future__ import annotations

from django import forms
from django.db.models import QuerySet

from tongban.accounts.actors import Actor
from workflows.cases.models import Case

from ..door import cases_at_desk

# Place and day: what begins with fewer digits may be a whole county's cases.
LEAST_BEGINNING = 12
LEAST_END, MOST_END = 8, 11
MOST_FOUND = 50


class NumberForm(forms.Form):
    """GET form of the search box; blanks and hyphens that were copied along don't matter."""

    q = forms.CharField(
        label="按办件编号查找",
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "off",
                "data-key": "/",
                "placeholder": f"办件编号，或后 {LEAST_END} 位",
            }
        ),
        error_messages={
            "required": "请输入办件编号",
            "max_length": "办件编号不超过 32 位数字",
            "null_characters_not_allowed": "办件编号只含数字",
        },
    )

    def clean_q(self) -> str:
        typed = self.cleaned_data["q"].replace(" ", "").replace("-", "")
        if not (typed.isascii() and typed.isdecimal() and len(typed) <= 32):
            raise forms.ValidationError("办件编号只含数字")
        if len(typed) < LEAST_END:
            raise forms.ValidationError(
                f"请输入完整编号、前 {LEAST_BEGINNING} 位以上，或最后 {LEAST_END} 位"
            )
        return str(typed)


def found_by(typed: str, actor: Actor) -> QuerySet[Case]:
    """What a number finds among the cases the actor may see, by number.

    A short number is the end of one (serial and check digit), a longer one the beginning of some.
    """
    cases = cases_at_desk(actor).order_by("number")
    if len(typed) <= MOST_END:
        return cases.filter(pk=int(typed[:-1]), number__endswith=typed)
    # A range, because that is what the index of numbers is ordered by.
    return cases.filter(number__gte=typed, number__lt=_successor(typed))


def _successor(digits: str) -> str:
    """The first text of that length after everything that begins with `digits`."""
    return str(int(digits) + 1).zfill(len(digits))
