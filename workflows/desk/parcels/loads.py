"""What this desk has to send, by the office it goes to: papers to the owner, results back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from django.db.models import Count, QuerySet
from django.utils import timezone

from matters.catalogue.definition import Definition
from matters.catalogue.pinned import definitions_of
from tongban.accounts.actors import Actor
from tongban.accounts.personal import mask_name
from workflows.cases.flow import Flow
from workflows.cases.models import Case, Material
from workflows.cases.places import office_cards

from ..door import cases_at_desk
from ..time_left import last_day

MOST = 300


def _to_first_stage(case: Flow, definition: Definition) -> int | None:
    return case.office_of(definition.stages[0].seat)


def _to_window(case: Flow, _definition: Definition) -> int | None:
    return case.office_of(case.ORIGIN_SEAT)


@dataclass(frozen=True)
class Road:
    """A step that puts something into a parcel: from which state, to whom, said how."""

    state: str
    label: str
    way: str
    receiver: Callable[[Flow, Definition], int | None]


ROADS = {
    "forward": Road("collected", "材料寄往属地", "post", _to_first_stage),
    "feed_back": Road("decided", "结果寄回收件地", "parcel", _to_window),
}


@dataclass(frozen=True)
class Line:
    """A case that waits to be sent. what: how many papers, or the result's name."""

    number: str
    token: int
    matter: str
    applicant: str
    what: str
    light: str
    due_on: dt.date | None


@dataclass
class Load:
    """Cases that can go in one parcel: the same step, sender and receiver."""

    step: str
    sender_id: int
    receiver_id: int
    sender: str = ""
    receiver: str = ""
    lines: list[Line] = field(default_factory=list)

    @property
    def key(self) -> str:
        return f"{self.step}-{self.sender_id}-{self.receiver_id}"

    @property
    def label(self) -> str:
        return ROADS[self.step].label


def waiting(actor: Actor) -> QuerySet[Case]:
    """The cases this actor's offices have to send on."""
    states = [road.state for road in ROADS.values()]
    return cases_at_desk(actor).filter(
        holder_office__in=sorted(actor.desks), closed_at=None, state__in=states
    )


def loads_of(actor: Actor) -> list[Load]:
    """All that is to send, the parcels with the case due first on top. Four statements."""
    rows = waiting(actor).select_related("matter").order_by("due_at", "id")[:MOST]
    cases = [cast(Flow, case) for case in rows]
    handed_in = Material.objects.filter(
        case__in=[case.pk for case in cases], status=Material.Status.HANDED_IN
    )
    papers = dict(handed_in.values_list("case_id").annotate(Count("id")))
    definitions = definitions_of(case.version_id for case in cases)
    loads: dict[tuple[str, int, int], Load] = {}
    now = timezone.now()
    for case in cases:
        definition = definitions[case.version_id]
        for step, road in ROADS.items():
            if case.state == road.state and step in case.STEPS:
                receiver_id = road.receiver(case, definition)
                if receiver_id is not None and case.holder_office_id is not None:
                    place = (step, case.holder_office_id, receiver_id)
                    load = loads.setdefault(place, Load(*place))
                    load.lines.append(_line(case, step, definition, papers.get(case.pk, 0), now))
    cards = office_cards({i for load in loads.values() for i in (load.sender_id, load.receiver_id)})
    for load in loads.values():
        load.sender, load.receiver = cards[load.sender_id].name, cards[load.receiver_id].name
    return list(loads.values())


def _line(case: Flow, step: str, definition: Definition, papers: int, now: dt.datetime) -> Line:
    approved = case.facts.get("decision") == "approved"
    result = definition.result.name if approved else "不予决定书"
    return Line(
        number=case.number,
        token=case.seq,
        matter=case.matter.name,
        applicant=mask_name(case.applicant_name),
        what=f"{papers} 份材料" if step == "forward" else result,
        light=case.light(now),
        due_on=last_day(case.due_at) if case.due_at else None,
    )
