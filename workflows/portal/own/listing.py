"""One's own cases in the order in which they want attention, a page at a time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Case as When_
from django.db.models import Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.utils.dateparse import parse_datetime

from workflows.cases import registry
from workflows.cases.access import own_cases
from workflows.cases.models import Case, Draft, Party

from .standing import ASKED_TO_RATE

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

PAGE_SIZE = 20
MOST_DRAFTS = 20
MINE, RUNNING, TO_RATE, ENDED = range(4)
GROUPS = {
    MINE: "现在需要您办理",
    RUNNING: "正在办理",
    TO_RATE: "请您评价",
    ENDED: "已结束",
}
MAY_SIGN = (Party.Role.APPLICANT, Party.Role.GUARDIAN, Party.Role.CO_APPLICANT)


class Ranked(TypedDict):
    rank: int


@dataclass(frozen=True)
class Place:
    """A case's place in the list, after which the next page begins."""

    rank: int
    opened_at: dt.datetime
    id: int

    @classmethod
    def parse(cls, text: str) -> Place | None:
        """From what `str` gives; None for anything else, as addresses get mangled."""
        try:
            group, moment, key = text.split("~")
            rank, opened_at, row_id = int(group), parse_datetime(moment), int(key)
        except ValueError:
            return None
        if opened_at is None or opened_at.tzinfo is None or rank not in GROUPS:
            return None
        return cls(rank, opened_at, row_id) if 0 < row_id < 2**63 else None

    def __str__(self) -> str:
        return f"{self.rank}~{self.opened_at.isoformat()}~{self.id}"


def page_of(
    user_id: int, *, now: dt.datetime, after: Place | None = None
) -> tuple[list[WithAnnotations[Case, Ranked]], Place | None]:
    """(cases, where the next page begins). One statement."""
    rows = ranked(user_id, now)
    if after is not None:
        later = Q(opened_at__lt=after.opened_at) | Q(opened_at=after.opened_at, id__lt=after.id)
        rows = rows.filter(Q(rank__gt=after.rank) | Q(rank=after.rank) & later)
    found = list(rows[: PAGE_SIZE + 1])
    if len(found) <= PAGE_SIZE:
        return found, None
    last = found[PAGE_SIZE - 1]
    return found[:PAGE_SIZE], Place(last.rank, last.opened_at, last.pk)


def ranked(user_id: int, now: dt.datetime) -> QuerySet[WithAnnotations[Case, Ranked]]:
    """The person's cases, those that wait for them first, the newest of each group first."""
    order = When_(
        When(_waits_for_people(), then=Value(MINE)),
        When(_wants_rating(user_id, now), then=Value(TO_RATE)),
        When(closed_at=None, then=Value(RUNNING)),
        default=Value(ENDED),
        output_field=IntegerField(),
    )
    # A part of a whole stands on the page of the whole, and here while it waits for the person.
    listed = Q(parent=None) | _waits_for_people()
    mine = own_cases(user_id).filter(listed).select_related("matter")
    return mine.annotate(rank=order).order_by("rank", "-opened_at", "-id")


def drafts_of(user_id: int) -> list[Draft]:
    """Applications begun and not handed in, the last touched first. One statement."""
    became = Exists(Case.objects.filter(draft_key=OuterRef("pk")))
    mine = Draft.objects.filter(~became, user_id=user_id, office=None)
    return list(mine.select_related("matter").order_by("-saved_at")[:MOST_DRAFTS])


def _waits_for_people() -> Q:
    """Open, in a state whose flow says what the applicant has to do meanwhile."""
    asking = Q(pk__in=[])
    for flow in registry.flows():
        states = [state.code for state in flow.STATES if state.hint]
        if states:
            asking |= Q(flow=flow.CODE, state__in=states)
    return Q(closed_at=None) & asking


def _wants_rating(user_id: int, now: dt.datetime) -> Q:
    signing = Q(role__in=MAY_SIGN) | Q(role=Party.Role.AGENT, scope__contains=["sign"])
    may_sign = Party.objects.filter(signing, case_id=OuterRef("pk"), user_id=user_id)
    recent = Q(concluded_at__gt=now - ASKED_TO_RATE, closed_at__isnull=False)
    return recent & ~Q(facts__has_key="rating") & Q(Exists(may_sign))
