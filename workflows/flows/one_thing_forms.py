"""Filing a refused part again: which one, and what of its answers is put right."""

from __future__ import annotations

from typing import Any

from django import forms

from matters.catalogue.answers import MASKS
from matters.catalogue.forms import form_for, opened_data, sealed_data
from matters.catalogue.pinned import definition_of
from workflows.cases.act import Situation
from workflows.cases.drafts import typed_again
from workflows.cases.forms import StepForm

from .one_thing_parts import Line, replaceable

KEPT = "不更改就不用填"


class RefileForm(StepForm):
    """The parts that were not achieved, each with its own questions as they were answered.

    Cleans to `line` and `answers` (as a case keeps them). Personal answers are not shown again; a box
    that is left empty keeps what is known. One statement.
    """

    part = forms.ChoiceField(
        label="重新提交哪一项",
        widget=forms.RadioSelect,
        error_messages={
            "required": "请选择要重新提交的事项",
            "invalid_choice": "这一项不能重新提交",
        },
    )

    def __init__(self, *args: Any, situation: Situation, **kwargs: Any) -> None:
        super().__init__(*args, situation=situation, **kwargs)
        self.lines = {line.part.code: line for line in replaceable(situation.case)}
        choice = self.fields["part"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = [(code, f"{x.name}（{x.result}）") for code, x in self.lines.items()]
        if len(self.lines) == 1:
            choice.initial = next(iter(self.lines))
        for line in self.lines.values():
            self._ask_again(line)

    def _ask_again(self, line: Line) -> None:
        definition = definition_of(line.case.version_id)
        known = opened_data(definition, line.case.data)
        several = len(self.lines) > 1
        asked = form_for(definition, None, known)
        for spec in definition.fields:
            if spec.kind == "file" or spec.code not in asked.fields:
                continue
            field = asked.fields[spec.code]
            field.required = False
            if several:
                field.label = f"{line.name}：{field.label}"
            if spec.kind in MASKS:
                field.help_text = KEPT
            else:
                # As the form shows it: numbers of people stay off the page.
                field.initial = asked.initial.get(spec.code)
            self.fields[_box(line, spec.code)] = field

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        line = self.lines.get(cleaned.get("part", ""))
        if line is None or self.errors:
            return cleaned
        definition = definition_of(line.case.version_id)
        typed = {
            spec.code: cleaned[box]
            for spec in definition.fields
            if cleaned.get(box := _box(line, spec.code)) not in (None, "")
        }
        answers = {**line.case.data, **sealed_data(definition, typed)}
        whole = form_for(definition, typed_again(definition, answers))
        for code, errors in whole.errors.items():
            box = _box(line, code)
            self.add_error(box if box in self.fields else None, list(errors))
        return {"part": line.part.code, "line": line, "answers": answers}


def _box(line: Line, code: str) -> str:
    return f"{line.part.code}-{code}"
