"""The application form of a matter, made from its definition. One renderer, one place of truth."""

from collections.abc import Mapping
from typing import Any

from django import forms

from matters.catalogue.answers import MaskedRow, masked_rows, opened_data, sealed_data
from matters.catalogue.definition import Definition
from matters.catalogue.form_fields import form_field

__all__ = ["MaskedRow", "MatterForm", "form_for", "masked_rows", "opened_data", "sealed_data"]


class MatterForm(forms.Form):
    """Asks exactly what the definition asks, in its order."""

    def __init__(self, definition: Definition, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for spec in definition.fields:
            self.fields[spec.code] = form_field(spec)


def form_for(
    definition: Definition,
    data: Mapping[str, Any] | None = None,
    initial: Mapping[str, Any] | None = None,
) -> MatterForm:
    """A form bound to `data` (None: not bound), with `initial` as of `opened_data`.

    After `is_valid()`, `cleaned_data` has str, Decimal (money), date and bool (yes_no) by field
    code, region codes as they are, and None or "" for what was left empty.
    """
    return MatterForm(definition, data, initial=dict(initial or {}))
