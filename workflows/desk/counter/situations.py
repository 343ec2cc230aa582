"""办理情形 at the window: the questions before the form, on the same sheet; they decide the papers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone

from matters.catalogue.definition import Definition, FormField, Material
from matters.catalogue.form_fields import form_field
from matters.catalogue.forms import MatterForm
from matters.catalogue.papers import papers_for
from matters.catalogue.situations import Finding, finding, open_question, understood

PREFIX = "s"


class SituationForm(forms.Form):
    """The questions that the matter's own form does not ask anyway. Which must be answered depends."""

    prefix = PREFIX

    def __init__(
        self, data: Mapping[str, Any] | None, *, definition: Definition, kept: Mapping[str, str]
    ) -> None:
        super().__init__(data, initial=dict(kept))
        self.definition, self.kept = definition, kept
        asked_anyway = {field.code for field in definition.fields}
        questions = definition.precheck.questions if definition.precheck else ()
        for question in questions:
            if question.code in asked_anyway:
                continue
            spec = FormField(
                code=question.code,
                label=question.label,
                kind=question.kind,
                help=question.help,
                choices=question.choices,
            )
            field = form_field(spec)
            field.required = field.widget.is_required = False
            if isinstance(field.widget, forms.RadioSelect):
                field.widget.attrs["class"] = "choices-inline"
            self.fields[question.code] = field

    def answers(self, matter: MatterForm) -> dict[str, str]:
        """What is answered here and in the matter's form, as far as it is right."""
        precheck = self.definition.precheck
        if precheck is None:
            return {}
        if not self.is_bound:
            return understood(precheck, self.kept)
        given = {code: _text(value) for code, value in self._cleaned().items()}
        for question in precheck.questions:
            if question.code in matter.fields:
                given[question.code] = _text(matter._answered(question.code))
        return understood(precheck, given)

    def papers(self, answers: Mapping[str, str], data: Mapping[str, Any]) -> list[Material]:
        """The papers of this situation; those that may be needed while it is not known."""
        return papers_for(self.definition, answers, data)

    def judge(self, answers: Mapping[str, str]) -> None:
        """An error beside the question that is still open, or where the answers lead elsewhere."""
        precheck = self.definition.precheck
        if precheck is None:
            return
        question = open_question(precheck, answers)
        if question is not None:
            code = question.code if question.code in self.fields else None
            if code is None or code not in self.errors:
                self.add_error(code, f"请回答：{question.label}")
            return
        found = finding(precheck, answers, timezone.localdate())
        if found.kind != "can":
            self.add_error(None, refusal(found))

    def _cleaned(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data


def refusal(found: Finding) -> str:
    """Why it cannot be taken in with these answers, for the clerk to say."""
    if found.from_on is not None:
        day = found.from_on
        return f"按所答情形，{day.year}年{day.month}月{day.day}日起才可以办。{found.text}"
    return f"按所答情形请走另一条路：{found.text}"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
