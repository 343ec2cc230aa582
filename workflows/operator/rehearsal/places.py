"""Forms whose choices are rows that exist only while a rehearsal is played: chosen by their place in the list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from workflows.cases.act import Situation
from workflows.cases.declarations import Step

Sent = Mapping[str, list[str]]


def form_of(step: Step, situation: Situation, data: Any = None) -> forms.Form | None:
    """The step's form as it stands in the rehearsal, None where it asks for nothing."""
    if step.form is None:
        return None
    return step.form(data, situation=situation)  # type: ignore[call-arg]


def offered(form: forms.Form) -> None:
    """Let the page offer rows by their place; several at once are ticked to begin with."""
    for name, field in form.fields.items():
        if isinstance(field, forms.ModelChoiceField):
            rows = list(field.queryset or [])
            several = isinstance(field, forms.ModelMultipleChoiceField)
            listed = [(str(n), field.label_from_instance(row)) for n, row in enumerate(rows)]
            field.choices = listed if several else [("", "请选择"), *listed]
            if several:
                form.initial.setdefault(name, [place for place, _ in listed])


def keys_of(form: forms.Form, sent: Sent) -> QueryDict:
    """What was sent with places instead of keys, as the step's own form takes it."""
    data = QueryDict(mutable=True)
    for name, values in sent.items():
        data.setlist(name, list(values))
    for name, field in form.fields.items():
        if isinstance(field, forms.ModelChoiceField):
            keys = [str(row.pk) for row in field.queryset or []]
            places = [int(v) for v in sent.get(name, []) if v.isascii() and v.isdecimal()]
            data.setlist(name, [keys[n] for n in places if n < len(keys)])
    return data


def sent_by(data: QueryDict, form: forms.Form) -> dict[str, list[str]]:
    """What of a request belongs to the form, widgets of several boxes included."""
    return {
        name: [str(value) for value in values]
        for name, values in data.lists()
        if any(name == field or name.startswith(f"{field}_") for field in form.fields)
    }
