"""The parcels an office sent or gets, and what is still on the road."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from tongban.accounts.actors import Actor
from tongban.accounts.personal import mask_name
from workflows.cases.models import Case, Parcel, ParcelItem
from workflows.cases.places import office_cards

from ..door import cases_at_desk

# What somebody signs for; papers of a case that was withdrawn on the way are only sent back.
SIGN_STEPS = {"in_transit": "sign", "returning": "sign_result"}
ON_ROAD = Q(signed_at=None, case__state__in=SIGN_STEPS)
MOST = 100
SETTLED_DAYS = 60
LATE_AFTER = dt.timedelta(days=7)


@dataclass(frozen=True)
class ParcelLine:
    """A parcel in a list, with how many cases and papers it carries."""

    parcel: Parcel
    sender: str
    receiver: str
    cases: int
    papers: int
    is_slow: bool


def parcels_seen(actor: Actor) -> QuerySet[Parcel]:
    """The parcels of the actor's offices, as sender or receiver; of no others."""
    offices = sorted(actor.desks | actor.heads)
    return Parcel.objects.filter(Q(sender__in=offices) | Q(receiver__in=offices))


def coming(actor: Actor) -> QuerySet[Parcel]:
    """Addressed to the actor's offices and not wholly signed for."""
    return Parcel.objects.filter(_is_on_road(), receiver__in=sorted(actor.desks))


def sent(actor: Actor) -> QuerySet[Parcel]:
    """Sent by the actor's offices and not wholly signed for."""
    return Parcel.objects.filter(_is_on_road(), sender__in=sorted(actor.desks))


def settled(actor: Actor) -> QuerySet[Parcel]:
    """Wholly signed for, of the last two months."""
    since = timezone.now() - dt.timedelta(days=SETTLED_DAYS)
    return parcels_seen(actor).filter(~_is_on_road(), sent_at__gte=since)


def lines_of(parcels: QuerySet[Parcel], *, oldest_first: bool) -> list[ParcelLine]:
    """A list's lines, a hundred at most. Two statements at most."""
    counted = parcels.annotate(
        cases=Count("items__case", distinct=True), papers=Count("items")
    ).order_by("sent_at" if oldest_first else "-sent_at", "id")
    rows = list(counted[:MOST])
    cards = office_cards({i for row in rows for i in (row.sender_id, row.receiver_id)})
    late = timezone.now() - LATE_AFTER
    return [
        ParcelLine(
            row,
            cards[row.sender_id].name,
            cards[row.receiver_id].name,
            row.cases,
            row.papers,
            row.sent_at < late,
        )
        for row in rows
    ]


@dataclass(frozen=True)
class Bundle:
    """One case's papers in a parcel."""

    case: Case
    items: list[ParcelItem]

    @property
    def applicant(self) -> str:
        return mask_name(self.case.applicant_name)

    @property
    def step(self) -> str:
        """The step that signs for it now; '' where there is nothing to sign."""
        is_open = any(item.signed_at is None for item in self.items)
        return SIGN_STEPS.get(self.case.state, "") if is_open else ""

    @property
    def is_stranded(self) -> bool:
        """Not signed for, and the case went another way: withdrawn while it travelled."""
        return not self.step and any(item.signed_at is None for item in self.items)


def bundles_of(parcel: Parcel, actor: Actor) -> list[Bundle]:
    """What is in a parcel, case by case, as far as this actor sees the cases. One statement."""
    items = ParcelItem.objects.filter(parcel=parcel, case__in=cases_at_desk(actor).values("pk"))
    found: dict[int, Bundle] = {}
    for item in items.select_related("case__matter", "signed_by").order_by("case_id", "id"):
        found.setdefault(item.case_id, Bundle(item.case, [])).items.append(item)
    return list(found.values())


def _is_on_road() -> Exists:
    return Exists(ParcelItem.objects.filter(ON_ROAD, parcel=OuterRef("pk")))
