"""Colleagues who are away, and those who stand in for them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from tests.world import World
from tongban.accounts import substitutions
from tongban.accounts.models import Substitution

DAY = dt.timedelta(days=1)


def today(days: int = 0) -> dt.date:
    return timezone.localdate() + days * DAY


def appoint(
    world: World,
    absent: str = "clerk_sc",
    substitute: str = "clerk_sc_2",
    *,
    by: str = "head_sc",
    start: int = 0,
    days: int = 7,
    office: tuple[str, str] = ("511702", "civil_affairs"),
    **more: Any,
) -> Substitution:
    """`substitute` stands in for `absent` for so many days, from so many days ahead."""
    return substitutions.appoint(
        office_id=world.office(*office).pk,
        absent_id=world.people[absent].pk,
        substitute_id=world.people[substitute].pk,
        valid_from=today(start),
        valid_to=today(start + days),
        reason=more.pop("reason", "年休假"),
        actor=world.actor(by),
        **more,
    )


def stored(world: World, start: int, days: int, **more: Any) -> Substitution:
    """A row as an earlier day has left it: nobody can appoint into the past."""
    return Substitution.objects.create(
        office=world.office("511702", "civil_affairs"),
        absent=world.clerk_sc,
        substitute=world.clerk_sc_2,
        valid_from=today(start),
        valid_to=today(start + days),
        reason="年休假",
        made_by=world.head_sc,
        made_at=timezone.now() + (min(start, 0) - 1) * DAY,
        **more,
    )
