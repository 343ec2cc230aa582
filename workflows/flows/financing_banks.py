"""The banks of a financing demand: asked, offering, chosen, let go. Called by the flow, in its steps."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from matters.catalogue.definition import Definition
from matters.catalogue.models import MatterVersion
from matters.catalogue.pinned import definition_of
from tongban.accounts.actors import SYSTEM
from tongban.offices.models import Office
from workflows.cases.act import Act
from workflows.cases.drafts import typed_again
from workflows.cases.family import children_of
from workflows.cases.models import Case
from workflows.cases.opening import Application, open_case
from workflows.cases.perform import perform
from workflows.cases.places import office_name

from .one_thing_parts import as_given
from .versions_in_force import PartGone, version_of_part

if TYPE_CHECKING:
    from workflows.cases.flow import Flow

OFFER = "offer"
BANK = "bank"
# What a bank may ask about an enterprise, if it consents: names of data of the sharing catalogue.
DATA = (
    ("registration", "企业登记信息"),
    ("tax", "纳税信用等级和纳税情况"),
    ("social_insurance", "社会保险缴纳情况"),
    ("housing_fund", "住房公积金缴存情况"),
    ("real_estate", "不动产登记信息"),
    ("credit", "公共信用信息"),
)


@dataclass(frozen=True)
class Consent:
    """Which data which banks (office ids) may ask about the enterprise, while the demand is open."""

    data: tuple[str, ...]
    banks: frozenset[int]
    given_at: str

    def covers(self, office_id: int, resource: str) -> bool:
        return office_id in self.banks and resource in self.data


@dataclass(frozen=True)
class Offer:
    """What one bank offers, as only the enterprise and that bank may read it."""

    case_id: int
    seq: int
    bank: str
    amount: Decimal
    rate: Decimal
    months: int
    note: str

    @property
    def words(self) -> str:
        terms = f"{self.bank}：{self.amount:,.2f} 元，年利率 {self.rate}%，{self.months} 个月"
        return f"{terms}；{self.note}" if self.note else terms


def consent_of(case: Case) -> Consent | None:
    """The consent that holds for a demand now, None if none was given or it has ended. No SQL.

    Whoever fetches data for a bank asks this first; it ends with the demand.
    """
    kept = case.facts.get("consent")
    if not kept or case.concluded_at is not None or case.closed_at is not None:
        return None
    return Consent(tuple(kept["data"]), frozenset(kept["banks"]), kept["at"])


def banks_to_ask() -> QuerySet[Office]:
    """The banks of both provinces that stand in the directory."""
    return Office.objects.filter(kind=BANK, valid_to=None).order_by("region_id", "code")


def ask_banks(case: Flow, act: Act) -> list[str]:
    """Keep the consent and open a case at each bank; their names. An opening each."""
    banks: list[Office] = act.data["banks"]
    at = act.at.isoformat()
    consent = {"data": list(act.data["resources"]), "banks": [b.pk for b in banks], "at": at}
    case.facts = {**case.facts, "consent": consent}
    version = _version(act)
    definition = definition_of(version.pk)
    for bank in banks:
        open_case(
            Application(
                draft_key=uuid.uuid5(case.draft_key, f"bank:{bank.pk}"),
                version=version,
                origin_region=case.origin_region_id,
                parties=[as_given(party) for party in act.situation.parties],
                data=_answers(case, act, definition),
                channel=case.channel,
                offices={BANK: bank},
                parent_id=case.pk,
                relation="part",
                awaited_as=OFFER,
            ),
            actor=act.actor,
            at=act.at,
        )
    return [bank.name for bank in banks]


def offers_of(case: Flow) -> list[Offer]:
    """What can be chosen now, the cheapest first. One statement."""
    found = [
        Offer(
            case_id=child.pk,
            seq=child.seq,
            bank=office_name(child.office_of(BANK)),
            amount=Decimal(kept["amount"]),
            rate=Decimal(kept["rate"]),
            months=int(kept["months"]),
            note=kept["note"],
        )
        for child in children_of(case.pk, kind=OFFER)
        if child.closed_at is None and (kept := child.facts.get("offer"))
    ]
    return sorted(found, key=lambda offer: (offer.rate, -offer.amount))


def still_open(case: Flow) -> int:
    """How many banks have the demand before them or offer something. One statement."""
    return sum(child.closed_at is None for child in children_of(case.pk, kind=OFFER))


def choose(case: Flow, act: Act, offer: Offer) -> str:
    """Close the chosen bank's case as done and let go of the rest; the bank's name. A step each."""
    _take(act, offer.case_id, "be_chosen", offer.seq)
    let_go(case, act)
    return offer.bank


def let_go(case: Flow, act: Act) -> None:
    """Nobody is asked any more. A step for each bank that is left."""
    step = "end_with_demand" if act.step.code == "withdraw" else "be_released"
    for child in children_of(case.pk, kind=OFFER):
        if child.closed_at is None:
            _take(act, child.pk, step, child.seq)


def _take(act: Act, case_id: int, step: str, token: int) -> None:
    """What the enterprise decides on its demand happens at the bank by itself: nobody else can do it."""
    perform(case_id, step, actor=SYSTEM, token=token, at=act.at)


def _version(act: Act) -> MatterVersion:
    """The version under which banks answer: the one that the demand's own version names."""
    named = next(iter(act.definition.parts), None)
    if named is None:
        raise PartGone("the demand's version names no part for the banks")
    return version_of_part(named, act.today)


def _answers(case: Flow, act: Act, definition: Definition) -> dict[str, str]:
    """What the bank reads: the demand, and which data it may ask about the enterprise."""
    named, part = dict(DATA), act.definition.parts[0]
    consented = "、".join(named[code] for code in act.data["resources"])
    stored = part.answers(definition, case.data) | {"consented": consented}
    return typed_again(definition, stored)
