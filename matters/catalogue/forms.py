"""The application form of a matter, made from its definition. One renderer, one place of truth.

What is asked depends on what was answered (`shown_when`, `required_when`). A page that sends the
form says which questions it showed (`asked-before`): those that the answers bring up for the first
time are no errors yet, they are asked (`newly_asked`). With script a decisive answer sends the form
by itself (`ask-again`), without one the button does.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.utils import timezone

from matters.catalogue.answers import (
    MaskedRow,
    masked_rows,
    opened_data,
    sealed_data,
    shown_fields,
)
from matters.catalogue.conditions import holds
from matters.catalogue.definition import Definition, FormField, Material
from matters.catalogue.file_field import FilesField, KeptFile
from matters.catalogue.form_fields import form_field
from matters.catalogue.people_field import PeopleField, without_numbers
from matters.catalogue.rules import broken

__all__ = [
    "MaskedRow",
    "MatterForm",
    "form_for",
    "masked_rows",
    "opened_data",
    "sealed_data",
    "shown_fields",
]

ASKED_BEFORE = "asked-before"
ASK_AGAIN = "ask-again"
# The page that has the form puts it into an element with this id.
QUESTIONS = "questions"
ASK_AGAIN_BY_SCRIPT = {
    "hx-post": "",
    "hx-select": f"#{QUESTIONS}",
    "hx-target": f"#{QUESTIONS}",
    "hx-swap": "outerHTML",
}


class MatterForm(forms.Form):
    """Asks what the definition asks of somebody who answered so, in its order.

    on: the day on which it is handed in, today if left out.
    hidden: codes of the questions that do not apply; their answers are not kept.
    file_papers: the files that are asked for, as papers of the case.
    """

    def __init__(
        self,
        definition: Definition,
        *args: Any,
        files: Mapping[str, Sequence[KeptFile]] | None = None,
        on: dt.date | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.on = on or timezone.localdate()
        self.definition = definition
        self.hidden: set[str] = set()
        self.file_papers: list[Material] = []
        decisive = {c.field for f in definition.fields for c in (*f.shown_when, *f.required_when)}
        answers: dict[str, Any] = {}
        for spec in definition.fields:
            if not holds(spec.shown_when, answers):
                self.hidden.add(spec.code)
            else:
                self._ask(spec, answers, files)
            if spec.code in decisive and spec.code in self.fields:
                answers[spec.code] = self._answered(spec.code)
                again = {"hx-vals": f'{{"{ASK_AGAIN}": "1"}}', **ASK_AGAIN_BY_SCRIPT}
                self.fields[spec.code].widget.attrs.update(again)

    def _ask(
        self,
        spec: FormField,
        answers: Mapping[str, Any],
        files: Mapping[str, Sequence[KeptFile]] | None,
    ) -> None:
        if spec.required_when:
            must = holds(spec.required_when, answers)
            spec = spec.model_copy(update={"required": must})
        if spec.kind == "file":
            self.file_papers.append(_paper_of(spec))
            if files is None:
                return
        field = self.fields[spec.code] = form_field(spec)
        if isinstance(field, FilesField):
            field.keep((files or {}).get(spec.code, ()))
        if isinstance(field, PeopleField):
            rows = self.initial.get(spec.code) or []
            field.keep(rows)
            field.widget.ask_again = ASK_AGAIN_BY_SCRIPT
            self.initial[spec.code] = without_numbers(rows)

    @property
    def asked_before(self) -> str:
        """What the page says in the hidden box `asked-before`."""
        codes = (spec.code for spec in self.definition.fields)
        return ",".join(code for code in codes if code in self.fields)

    @property
    def newly_asked(self) -> set[str]:
        """Questions that the page which sent this form did not show yet."""
        if not self.is_bound or ASKED_BEFORE not in self.data:
            return set()
        shown = str(self.data[ASKED_BEFORE]).split(",")
        return {spec.code for spec in self.definition.fields if spec.code in self.fields} - {*shown}

    @property
    def asks_again(self) -> bool:
        """The form was sent to see it with other questions or rows, and not to be judged."""
        buttons = {
            f"{code}-{act}"
            for code, field in self.fields.items()
            if isinstance(field, PeopleField)
            for act in ("add", "remove", "import")
        }
        return self.is_bound and any(name in self.data for name in (ASK_AGAIN, *buttons))

    def is_valid(self) -> bool:
        return super().is_valid() and not self.asks_again and not self.newly_asked

    def full_clean(self) -> None:
        """Judged as it was sent: what nobody has been asked yet is not missing."""
        super().full_clean()
        if self.asks_again:
            self._errors = ErrorDict()
            return
        for code in self.newly_asked:
            self._errors.pop(code, None)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        labels = {
            spec.code: spec.label for spec in self.definition.fields if spec.code in self.fields
        }
        for code, sentence in broken(self.definition.rules, cleaned, labels, self.on):
            if code not in self.errors:
                self.add_error(code, ValidationError(sentence, code="rule"))
        return cleaned

    def _answered(self, code: str) -> Any:
        """The answer to one question before the form is judged; None where it is not right."""
        field = self.fields[code]
        if not self.is_bound:
            return self.get_initial_for_field(field, code)
        typed = field.widget.value_from_datadict(self.data, self.files, self.add_prefix(code))
        try:
            return field.clean(typed)
        except ValidationError:
            return None


def _paper_of(asked: FormField) -> Material:
    """A file that the form asks for, as offices list, view and demand it: like any paper."""
    return Material(
        code=asked.code, name=asked.label, required=asked.required, certainty=asked.certainty
    )


def form_for(
    definition: Definition,
    data: Mapping[str, Any] | None = None,
    initial: Mapping[str, Any] | None = None,
    *,
    files: Mapping[str, Sequence[KeptFile]] | None = None,
    on: dt.date | None = None,
) -> MatterForm:
    """A form bound to `data` (None: not bound), with `initial` as of `opened_data`.

    With data `initial` is what is known: numbers of people in it stand for boxes left empty.
    files: by field code the files that are there. Without it no file is asked for: files are
    papers, and what was not handed in is owed like any other paper.
    on: the day on which it is handed in, today if left out.
    After `is_valid()`, `cleaned_data` has str, int, Decimal (money), date (also for a month), Period,
    bool (yes_no), list (several, people) by field code, region codes as they are, and None, "" or
    [] for what was left empty.
    """
    return MatterForm(definition, data, initial=dict(initial or {}), files=files, on=on)
