"""就医地协查: the agency at the place of treatment is asked by a case of its own."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from matters.catalogue.models import MatterVersion
from matters.catalogue.pinned import definition_of
from tongban.accounts.actors import SYSTEM
from workflows.cases.act import Act
from workflows.cases.drafts import typed_again
from workflows.cases.family import children_of
from workflows.cases.opening import Application, open_case
from workflows.cases.perform import perform
from workflows.cases.places import office_name

from .one_thing_parts import as_given
from .reimbursement_claim import claim_of
from .versions_in_force import PartGone, version_of_part

if TYPE_CHECKING:
    from workflows.cases.flow import Flow

INQUIRY = "inquiry"
TREATMENT = "treatment"


def ask_place(case: Flow, act: Act) -> tuple[str, str]:
    """Open the inquiry; its number and the office that has it. An opening, and three statements."""
    version = _version(act)
    nth = case.facts.get("inquiries", 0) + 1
    part = act.definition.parts[0]
    claimed = claim_of(act.situation)
    invoices = "\n".join(f"{each.code} {each.number} {each.amount}元" for each in claimed.invoices)
    answers = typed_again(
        definition_of(version.pk), part.answers(definition_of(version.pk), case.data)
    )
    case.facts = {**case.facts, "inquiries": nth, "inquiry": None}
    opened = open_case(
        Application(
            draft_key=uuid.uuid5(case.draft_key, f"inquiry:{nth}"),
            version=version,
            origin_region=case.origin_region_id,
            parties=[as_given(party) for party in act.situation.parties],
            data=answers | {"question": act.data["question"], "invoices": invoices},
            channel=case.channel,
            parent_id=case.pk,
            relation="part",
            awaited_as=INQUIRY,
        ),
        actor=act.actor,
        at=act.at,
    ).case
    return opened.number, office_name(opened.office_of(TREATMENT))


def answers_now(case: Flow) -> dict[str, Any]:
    """What the inquiry that was asked last has answered. One statement."""
    key = uuid.uuid5(case.draft_key, f"inquiry:{case.facts['inquiries']}")
    child = next(each for each in children_of(case.pk, kind=INQUIRY) if each.draft_key == key)
    said = child.facts.get("in_short", "")
    return {
        "number": child.number,
        "office": office_name(child.office_of(TREATMENT)),
        "result": child.current.name,
        "text": said,
    }


def drop_inquiries(case: Flow, act: Act) -> None:
    """Nobody waits for an answer any more. A step of the system for each that is open."""
    for child in children_of(case.pk, kind=INQUIRY):
        if child.is_open:
            perform(child.pk, "end_with_claim", actor=SYSTEM, token=child.seq, at=act.at)


def _version(act: Act) -> MatterVersion:
    """The version under which they answer: the one that the matter's own version names."""
    named = next((part for part in act.definition.parts if part.code == INQUIRY), None)
    if named is None:
        raise PartGone("the matter's version names no part for the place of treatment")
    return version_of_part(named, act.today)
