"""Lists that only some of the staff have: loans of a housing fund's centre, months of a medical agency."""

from __future__ import annotations

from dataclasses import dataclass

from tongban.accounts.actors import Actor
from tongban.offices.codes import PROVINCES
from workflows.cases.places import office_cards


@dataclass(frozen=True)
class ListBeside:
    href: str
    text: str


LOANS = ListBeside("/desk/loans/", "异地贷款")
CLEARING = ListBeside("/desk/clearing/", "医保清算")


def lists_beside(actor: Actor) -> list[ListBeside]:
    """Of these only what this actor may open. No statement when warm."""
    cards = office_cards(actor.desks | actor.heads).values()
    of_fund = any(card.kind == "housing_fund" for card in cards)
    # The provinces' agencies clear with each other.
    of_agency = any(
        card.kind == "medical_insurance" and card.region in PROVINCES.values() for card in cards
    )
    theirs = {LOANS: of_fund, CLEARING: of_agency}
    return [each for each, is_theirs in theirs.items() if is_theirs or actor.supervises]
