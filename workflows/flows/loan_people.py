"""The people of a loan and their accounts at the centres, found by their ID numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matters.catalogue.answers import opened_data
from matters.catalogue.definition import Definition
from matters.housing_fund.models import Account
from tongban.accounts.personal import blind_index
from tongban.offices.codes import pool_of
from workflows.cases.act import Situation

if TYPE_CHECKING:
    from workflows.cases.flow import Flow

DEPOSIT, LOAN = "deposit", "loan"


def index_of(number: object) -> str:
    """By which a person's accounts are found."""
    return blind_index(str(number).upper(), "id_number")


def answers_of(case: Flow, definition: Definition) -> dict[str, Any]:
    """What was applied for, in clear."""
    return opened_data(definition, case.data)


def account_at(
    situation: Situation, *, seat: str = DEPOSIT, who: str = "id_number"
) -> Account | None:
    """The person's open account at the centre of that seat. One statement."""
    return _open(situation, who, centre_id=situation.case.office_of(seat))


def account_anywhere(situation: Situation, *, who: str) -> Account | None:
    """A co-borrower deposits where they live: the one open account that has money. One statement."""
    return _open(situation, who)


def _open(situation: Situation, who: str, **at: Any) -> Account | None:
    number = answers_of(situation.case, situation.definition).get(who)
    if not number:
        return None
    rows = Account.objects.select_related("centre").filter(id_number_index=index_of(number), **at)
    return rows.exclude(status=Account.Status.CLOSED).order_by("-balance", "pk").first()


def pool_at(case: Flow, seat: str) -> str:
    """The place whose rules hold for that side."""
    return pool_of(case.region_of(seat))
