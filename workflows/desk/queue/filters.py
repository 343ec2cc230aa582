"""The filters of a list, as they stand in its address."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet

from matters.catalogue.models import Matter
from tongban.accounts.actors import Actor
from workflows.cases.models import Case
from workflows.cases.registry import flows

from .tabs import OFFICE, WAITING, all_of

ALL = ("", "全部")
KEPT_SECONDS, MOST_KEPT = 60, 2_000
_waited_for: dict[tuple[int, ...], tuple[float, list[tuple[str, str]]]] = {}
LIGHTS = [ALL, ("red", "红灯"), ("yellow", "黄灯"), ("green", "绿灯"), ("none", "无时限或中止")]
CLAIMED = [ALL, ("no", "未领取"), ("others", "同事已领取"), ("me", "我已领取")]


class QueueFilters(forms.Form):
    """GET form: a value that isn't on offer is an error beside its field, and the list is empty."""

    view = forms.CharField(required=False, widget=forms.HiddenInput)
    light = forms.ChoiceField(label="灯", choices=LIGHTS, required=False)
    matter = forms.ChoiceField(
        label="事项",
        required=False,
        error_messages={"invalid_choice": "这里没有这个事项的办件"},
    )
    state = forms.ChoiceField(
        label="状态", required=False, error_messages={"invalid_choice": "没有这个状态"}
    )
    claimed = forms.ChoiceField(label="领取", choices=CLAIMED, required=False)

    def __init__(
        self, *args: Any, tab: str, matters: Iterable[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.initial["view"] = tab
        self.fields["matter"] = _with_choices(self.fields["matter"], [ALL, *matters])
        self.fields["state"] = _with_choices(self.fields["state"], [ALL, *state_choices()])
        if tab != OFFICE:
            del self.fields["claimed"]

    @property
    def chosen(self) -> dict[str, str]:
        """What is filtered by, without what was left open."""
        return {k: v for k, v in self.cleaned_data.items() if v and k != "view"}

    def narrowed(self, cases: QuerySet[Case], *, actor: Actor, now: dt.datetime) -> QuerySet[Case]:
        chosen = self.chosen
        if "light" in chosen:
            cases = cases.filter(light_is(chosen["light"], now))
        if "matter" in chosen:
            cases = cases.filter(matter=int(chosen["matter"]))
        if "state" in chosen:
            flow, state = chosen["state"].split(".")
            cases = cases.filter(flow=flow, state=state)
        if "claimed" in chosen:
            cases = _by_claim(cases, chosen["claimed"], actor)
        return cases


def light_is(colour: str, now: dt.datetime) -> Q:
    """The cases that show this light at `now`: the same rule as `Case.light`, for the database."""
    if colour == "none":
        return Q(due_at=None)
    if colour == "red":
        return Q(due_at__lte=now)
    if colour == "yellow":
        return Q(due_at__gt=now, yellow_at__lte=now)
    return Q(due_at__gt=now) & (Q(yellow_at__gt=now) | Q(yellow_at=None))


def state_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """The open states of every flow, under the flow's name."""
    return [
        (flow.LABEL, [(f"{flow.CODE}.{s.code}", s.name) for s in flow.STATES if not s.closes])
        for flow in flows()
    ]


def matter_choices(tab: str, actor: Actor) -> list[tuple[str, str]]:
    """The matters of the cases in a tab, by name. One statement; of what waits elsewhere, once a minute.

    No index knows which matters wait for whom, and a busy office waits for ten thousand cases.
    """
    if tab != WAITING:
        return _matters_of(tab, actor)
    key, now = tuple(sorted(actor.desks)), time.monotonic()
    kept = _waited_for.get(key)
    if kept is None or kept[0] < now:
        if len(_waited_for) > MOST_KEPT:
            _waited_for.clear()
        kept = _waited_for[key] = (now + KEPT_SECONDS, _matters_of(tab, actor))
    return kept[1]


def forget_matters() -> None:
    """Empty the memory of what is waited for: for tests."""
    _waited_for.clear()


def _matters_of(tab: str, actor: Actor) -> list[tuple[str, str]]:
    cases = all_of(tab, actor)
    if tab == OFFICE:
        # Asked matter by matter the index answers without touching the cases themselves.
        here = Matter.objects.filter(Exists(cases.filter(matter=OuterRef("pk"))))
        return [(str(m.pk), m.name) for m in here.only("name").order_by("name", "id")]
    rows = cases.order_by("matter__name", "matter_id").values_list("matter_id", "matter__name")
    return [(str(pk), name) for pk, name in rows.distinct()]


def _by_claim(cases: QuerySet[Case], claimed: str, actor: Actor) -> QuerySet[Case]:
    if claimed == "no":
        return cases.filter(claimed_by=None)
    mine = Q(claimed_by=actor.user_id)
    return cases.filter(mine) if claimed == "me" else cases.exclude(mine | Q(claimed_by=None))


def _with_choices(field: forms.Field, choices: list[Any]) -> forms.Field:
    if isinstance(field, forms.ChoiceField):
        field.choices = choices
    return field
