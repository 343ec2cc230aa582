"""The plan of a moving as a form: it asks only for what the two versions leave open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms

from matters.catalogue.definition import FormField
from matters.catalogue.models import MatterVersion
from matters.catalogue.pinned import definition_of
from workflows.cases.move_plan import ROUTE, WORDS, MovePlan
from workflows.cases.registry import flow_class

# What a select says besides codes; no code is empty or begins so.
LEAVE, DROP = "", "-drop"
NO_DEFAULT = frozenset({"people", "file", "period", "address", "several"})


class PlanForm(forms.Form):
    """Fields `state-…`, `stage-…`, `field-…`, `default-…` and `seat-…`, each only where it is needed."""

    def __init__(self, old: MatterVersion, new: MatterVersion, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.old, self.new = old, new
        self.was, self.now = definition_of(old.pk), definition_of(new.pk)
        self._ask_states()
        self._ask_stages()
        self._ask_fields()
        self._ask_defaults()
        self._ask_seats()

    def _choose(self, name: str, label: str, choices: list[tuple[str, str]], first: str) -> None:
        self.fields[name] = forms.ChoiceField(
            label=label, choices=choices, required=False, initial=first,
            error_messages={"invalid_choice": "请从列表中选择"},
        )  # fmt: skip

    def _ask_states(self) -> None:
        flow, there = flow_class(self.old.flow), flow_class(self.new.flow)
        offered = [(s.code, s.name) for s in there.STATES if not s.closes]
        for state in flow.STATES:
            if not state.closes and state.code not in dict(offered):
                choices = [(LEAVE, "不搬这个状态的办件"), *offered]
                self._choose(f"state-{state.code}", f"状态“{state.name}”改为", choices, LEAVE)

    def _ask_stages(self) -> None:
        offered = [(stage.code, stage.name) for stage in self.now.stages]
        for stage in self.was.stages:
            if stage.code not in dict(offered):
                choices = [(LEAVE, "不搬在这个环节的办件"), *offered]
                self._choose(f"stage-{stage.code}", f"环节“{stage.name}”改为", choices, LEAVE)

    def _ask_fields(self) -> None:
        there = {field.code: field for field in self.now.fields}
        here = {field.code for field in self.was.fields}
        for field in self.was.fields:
            same = there.get(field.code)
            if same is not None and _alike(same, field):
                continue
            fitting = [f for f in self.now.fields if f.code not in here and _alike(f, field)]
            choices = [(DROP, "舍弃"), *((f.code, f"改作“{f.label}”") for f in fitting)]
            # What is called the same is most likely the same question under another code.
            first = next((f.code for f in fitting if f.label == field.label), DROP)
            self._choose(f"field-{field.code}", f"原字段“{field.label}”", choices, first)

    def _ask_defaults(self) -> None:
        here = {field.code: field for field in self.was.fields}
        for field in self.now.fields:
            same = here.get(field.code)
            if (same is not None and _alike(same, field)) or field.kind in NO_DEFAULT:
                continue
            name, label = f"default-{field.code}", f"新字段“{field.label}”的缺省"
            if field.kind in ("choice", "yes_no"):
                listed = field.choices or (("yes", "是"), ("no", "否"))
                self._choose(name, label, [(LEAVE, "没有缺省"), *listed], LEAVE)
            else:
                self.fields[name] = forms.CharField(label=label, required=False, max_length=200)

    def _ask_seats(self) -> None:
        flow, there = flow_class(self.old.flow), flow_class(self.new.flow)
        seats = {seat.code: seat.name for seat in flow.SEATS}
        for rule in self.now.seats:
            kept = [(LEAVE, "保持原来的机构")] if rule.seat in seats else []
            others = [(c, f"由原“{n}”的机构担任") for c, n in seats.items() if c != rule.seat]
            choices = [*kept, (ROUTE, "按新版本重新分办"), *others]
            label = f"岗位“{there.seat_named(rule.seat).name}”"
            self._choose(f"seat-{rule.seat}", label, choices, choices[0][0])

    @property
    def plan(self) -> MovePlan:
        """What was chosen. After `is_valid`."""
        fields = dict(self._chosen("field"))
        return MovePlan(
            states=dict(self._chosen("state")),
            stages=dict(self._chosen("stage")),
            fields={was: now for was, now in fields.items() if now != DROP},
            drop=tuple(was for was, now in fields.items() if now == DROP),
            defaults=dict(self._chosen("default")),
            seats=dict(self._chosen("seat")),
        )

    def _chosen(self, kind: str) -> Iterator[tuple[str, str]]:
        for name, value in self.cleaned_data.items():
            if name.startswith(f"{kind}-") and value != LEAVE:
                yield name.removeprefix(f"{kind}-"), value


def _alike(one: FormField, other: FormField) -> bool:
    return one.kind == other.kind or {one.kind, other.kind} <= WORDS
