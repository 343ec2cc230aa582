"""Those along the route of a 超限运输: asked together, and what they answered."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from matters.catalogue.models import MatterVersion
from matters.catalogue.pinned import definition_of
from tongban.offices.models import Office
from workflows.cases.act import Act
from workflows.cases.drafts import typed_again
from workflows.cases.family import children_of
from workflows.cases.opening import Application, open_case
from workflows.cases.places import office_name

from .one_thing_parts import as_given
from .versions_in_force import PartGone, version_of_part

if TYPE_CHECKING:
    from workflows.cases.flow import Flow

ROUTE = "route"
ALONG = "along"


def ask_along(case: Flow, act: Act, rounds: int) -> list[str]:
    """Open a case at each of the offices; their names. An opening each, and two statements."""
    version = _version(act)
    part = act.definition.parts[0]
    answers = typed_again(
        definition_of(version.pk), part.answers(definition_of(version.pk), case.data)
    )
    offices: list[Office] = list(act.data["offices"])
    for office in offices:
        open_case(
            Application(
                draft_key=uuid.uuid5(case.draft_key, f"route:{rounds}:{office.pk}"),
                version=version,
                origin_region=case.origin_region_id,
                parties=[as_given(party) for party in act.situation.parties],
                data=answers,
                channel=case.channel,
                offices={ALONG: office},
                parent_id=case.pk,
                relation="part",
                awaited_as=ROUTE,
            ),
            actor=act.actor,
            at=act.at,
        )
    return [office.name for office in offices]


def answers_of(case: Flow, rounds: int) -> list[tuple[str, bool]]:
    """(office, does it agree) of those who were asked last. One statement."""
    keys = {child.draft_key: child for child in children_of(case.pk, kind=ROUTE)}
    return [
        (office_name(child.office_of(ALONG)), child.outcome == "done")
        for key, child in keys.items()
        if key == uuid.uuid5(case.draft_key, f"route:{rounds}:{child.office_of(ALONG)}")
    ]


def _version(act: Act) -> MatterVersion:
    """The version under which they answer: the one that the permit's own version names."""
    named = next(iter(act.definition.parts), None)
    if named is None:
        raise PartGone("the permit's version names no part for those along the route")
    return version_of_part(named, act.today)
