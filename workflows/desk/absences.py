"""Who is away and who stands in, as a head reads it; and the colleagues to choose from."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from tongban.accounts.actors import Actor
from tongban.accounts.models import Posting, Substitution
from tongban.accounts.substitutions import DESK_ROLES, ONE_DAY
from workflows.cases.places import office_cards

# (id, name), as a form offers them.
Choices = list[tuple[str, str]]


@dataclass(frozen=True)
class Row:
    """One substitution that is in force or still to come. is_open: nobody is there to act."""

    id: int
    office: str
    absent: str
    substitute: str
    first_on: dt.date
    last_on: dt.date
    reason: str
    made_by: str
    is_now: bool
    is_open: bool


def rows_of(actor: Actor, today: dt.date) -> list[Row]:
    """In force or to come at the actor's offices, the earlier first. One statement."""
    found = list(
        Substitution.objects.standing_on(today)
        .filter(office__in=sorted(actor.heads))
        .select_related("absent", "substitute", "made_by")
        .only(*_COLUMNS)
        .order_by("valid_from", "id")
    )
    offices = office_cards(actor.heads)
    return [
        Row(
            id=each.pk,
            office=offices[each.office_id].name,
            absent=each.absent.name,
            substitute=each.substitute.name,
            first_on=each.valid_from,
            last_on=each.valid_to - ONE_DAY,
            reason=each.reason,
            made_by=each.made_by.name,
            is_now=each.valid_from <= today,
            is_open=_is_away(each.substitute_id, each, found),
        )
        for each in found
    ]


_COLUMNS = (
    "office_id", "valid_from", "valid_to", "reason",
    "absent__name", "substitute__name", "made_by__name",
)  # fmt: skip


def colleagues_at(office_id: int, today: dt.date) -> Choices:
    """Who works at the office now or later, as (id, name); those of one name are told apart. One statement."""
    here = Posting.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=today),
        office=office_id,
        role__in=DESK_ROLES,
        user__is_active=True,
    )
    people = list(
        here.order_by("user__username")
        .values_list("user_id", "user__name", "user__username")
        .distinct()
    )
    named = Counter(name for _, name, _ in people)
    return [
        (str(key), f"{name}（{username}）" if named[name] > 1 else name)
        for key, name, username in people
    ]


def _is_away(user_id: int, during: Substitution, arranged: Sequence[Substitution]) -> bool:
    """Is that person away themselves from the same office on some day of it?"""
    return any(
        other.absent_id == user_id
        and other.office_id == during.office_id
        and other.valid_from < during.valid_to
        and during.valid_from < other.valid_to
        for other in arranged
    )
