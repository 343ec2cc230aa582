"""What somebody typed into a form that can't be sent any more: kept in sight, to copy from."""

from __future__ import annotations

from collections.abc import Mapping

from workflows.cases.declarations import Step

LONGEST = 4000


def typed_in(step: Step, posted: Mapping[str, str]) -> list[tuple[str, str]]:
    """(question, text) for every text that was typed; choices are made again in a moment."""
    asked = step.form.base_fields if step.form is not None else {}
    return [
        (str(field.label), posted[name][:LONGEST])
        for name, field in asked.items()
        if not hasattr(field, "choices") and posted.get(name, "").strip() not in ("", "on")
    ]
