"""A visit: somebody stands at the window with their ID card, perhaps on behalf of somebody else.

Its key is in the address and becomes the case's `draft_key`; the ID numbers stay on the server, sealed:
in the clerk's session, and once something was typed in the draft, which a colleague can go on with.
"""

from __future__ import annotations

import uuid
from collections.abc import MutableMapping
from dataclasses import dataclass, replace
from typing import Any

from tongban.accounts.actors import Actor
from tongban.accounts.personal import UnreadablePersonalData, blind_index, seal, unseal
from workflows.cases.drafts import purpose_of
from workflows.cases.models import Draft, Party

Role = Party.Role
VISITS = "counter_visits"
# As many as stay open side by side; a day's visitors do not pile up in the session.
MOST = 12
PURPOSE = "desk.counter.id_number"
PRESENT = "is_present"


@dataclass(frozen=True)
class Visit:
    """id_number: of who is at the window, in clear. for_id: of the applicant they act for, or ''."""

    key: uuid.UUID
    office_id: int
    id_number: str
    role: str = Role.APPLICANT
    for_id: str = ""
    draft: Draft | None = None

    @property
    def applicant_id(self) -> str:
        return self.for_id or self.id_number

    @property
    def is_in_person(self) -> bool:
        return not self.for_id

    @property
    def indexes(self) -> list[str]:
        """Blind indexes of the people of the visit, the applicant first."""
        numbers = dict.fromkeys([self.applicant_id, self.id_number])
        return [blind_index(number, "id_number") for number in numbers]


Session = MutableMapping[str, Any]


def begin(session: Session, *, office_id: int, id_number: str) -> uuid.UUID:
    """Begin a visit and return its key."""
    visit = Visit(uuid.uuid4(), office_id, id_number)
    keep(session, visit)
    return visit.key


def keep(session: Session, visit: Visit) -> None:
    """Remember the visit in the session; the oldest ones make room."""
    kept = {key: value for key, value in session.get(VISITS, {}).items() if key != str(visit.key)}
    kept[str(visit.key)] = {
        "office": visit.office_id,
        "id": seal(visit.id_number, PURPOSE),
        "role": visit.role,
        "for": seal(visit.for_id, PURPOSE) if visit.for_id else "",
    }
    session[VISITS] = dict(list(kept.items())[-MOST:])


def visit_of(session: Session, actor: Actor, key: uuid.UUID) -> Visit | None:
    """The visit of that key, if this clerk may go on with it. One statement.

    A draft of the clerk's office is one, whoever began it; otherwise it is in the session.
    """
    drafts = Draft.objects.filter(pk=key, office__in=sorted(actor.desks))
    draft = drafts.select_related("matter", "user").first()
    return _of_session(session, actor, key) if draft is None else of_draft(draft)


def of_draft(draft: Draft) -> Visit | None:
    """The visit that a draft holds; None for a draft that no window began."""
    here = next((kept for kept in draft.parties if kept.get(PRESENT)), None)
    if here is None or draft.office_id is None:
        return None
    applicant = next(kept for kept in draft.parties if kept["role"] == Role.APPLICANT)
    purpose = purpose_of("id_number")
    return Visit(
        key=draft.pk,
        office_id=draft.office_id,
        id_number=unseal(here["id_number"], purpose),
        role=here["role"],
        for_id="" if applicant is here else unseal(applicant["id_number"], purpose),
        draft=draft,
    )


def on_behalf(visit: Visit, *, role: str, for_id: str) -> Visit:
    """The same visit for somebody else, or (role applicant) for the person at the window again."""
    return replace(visit, role=role, for_id="" if role == Role.APPLICANT else for_id)


def _of_session(session: Session, actor: Actor, key: uuid.UUID) -> Visit | None:
    kept = session.get(VISITS, {}).get(str(key))
    if kept is None or kept["office"] not in actor.desks:
        return None
    try:
        return Visit(
            key=key,
            office_id=kept["office"],
            id_number=unseal(kept["id"], PURPOSE),
            role=kept["role"],
            for_id=unseal(kept["for"], PURPOSE) if kept["for"] else "",
        )
    except UnreadablePersonalData:
        # The keys were changed while somebody stood there: the card is read once more.
        return None
