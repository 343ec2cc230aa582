"""How a rehearsal begins, and the moment that its page looks at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import chain, repeat
from random import Random
from typing import Any

from django import forms

from matters.catalogue.definition import Definition
from matters.catalogue.regions import region_choices
from tongban.accounts.demonstration import people
from tongban.forms import DayInput
from workflows.cases.clocks import SHANGHAI
from workflows.flows.simulation.answers import answers

# Where a rehearsal is handed in, and which region is filled in besides, until somebody chooses.
CHONGQING, SICHUAN = "500101", "511702"
EARLIEST, LATEST = dt.date(2000, 1, 1), dt.date(2100, 1, 1)


class MomentForm(forms.Form):
    """A day and an hour in Shanghai."""

    day = forms.DateField(
        label="日期", widget=DayInput,
        error_messages={"required": "请填写日期", "invalid": "请填写日期，例如 2026-10-08"},
    )  # fmt: skip
    time = forms.TimeField(
        label="时间", widget=forms.TextInput(attrs={"class": "w-4"}), input_formats=["%H:%M"],
        error_messages={"required": "请填写时间", "invalid": "请填写时间，例如 09:30"},
    )  # fmt: skip

    def clean_day(self) -> dt.date:
        day: dt.date = self.cleaned_data["day"]
        if not EARLIEST <= day <= LATEST:
            raise forms.ValidationError("请填写 2000 年到 2100 年之间的日期")
        return day

    @property
    def moment(self) -> dt.datetime:
        data = self.cleaned_data
        return dt.datetime.combine(data["day"], data["time"], SHANGHAI)


class BeginForm(MomentForm):
    """Where and when the case is handed in."""

    origin = forms.ChoiceField(
        label="收件地",
        error_messages={"required": "请选择收件地", "invalid_choice": "请从列表中选择收件地"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["origin"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = [("", "请选择"), *region_choices("county")]
        self.order_fields(["origin", "day", "time"])


def at_moment(moment: dt.datetime) -> dict[str, str]:
    """The form's values for a moment."""
    local = moment.astimezone(SHANGHAI)
    return {"day": f"{local:%Y-%m-%d}", "time": f"{local:%H:%M}"}


def samples(definition: Definition, on: dt.date) -> dict[str, Any]:
    """Invented answers to the whole form, the same each time. Of several regions the first is the origin's."""
    regions = sum(field.kind == "region" for field in definition.fields)
    given: Iterator[str] = chain([CHONGQING] if regions > 1 else [], repeat(SICHUAN))
    return answers(definition, regions=given, person=next(people(1)), on=on, luck=Random(1))  # noqa: S311
