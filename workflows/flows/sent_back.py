"""What a register refuses while a step is being taken goes back on the step's own form; nothing is kept."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from workflows.cases.act import Act
from workflows.cases.forms import StepForm
from workflows.cases.perform import InvalidData


def sent_back(act: Act, sentence: str) -> InvalidData:
    """To be raised: the form with what was typed, and the reason."""
    declared = act.step.form or StepForm
    typed = {name: _typed(value) for name, value in act.data.items()}
    form = declared(typed, situation=act.situation)  # type: ignore[call-arg]
    form.is_valid()
    form.add_error(None, sentence)
    return InvalidData(form)


def _typed(value: Any) -> Any:
    return value.pk if isinstance(value, Model) else value
