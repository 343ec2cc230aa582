"""Who plays: demonstration citizens, and the clerks of the offices that have any."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from random import Random

from tongban.accounts.actors import Actor, actor_of
from tongban.accounts.models import Posting, User


class NobodyToPlay(LookupError):
    """There are no demonstration people: `manage.py load_people` has not run."""


@dataclass
class Cast:
    """Citizens by province; staff user ids by office; counties in which windows are staffed."""

    citizens: dict[str, list[User]]
    staff: dict[int, list[int]]
    heads: dict[int, list[int]]
    counties: dict[str, list[str]]
    _actors: dict[int, Actor]

    def actor(self, user_id: int) -> Actor:
        if user_id not in self._actors:
            self._actors[user_id] = actor_of(user_id)
        return self._actors[user_id]

    def clerk(self, office_id: int, luck: Random, besides: list[int]) -> int | None:
        """Somebody of that office who has not decided in the case yet; None if nobody is left."""
        able = [user for user in self.staff.get(office_id, []) if user not in besides]
        return luck.choice(able) if able else None

    def county(self, province: str, luck: Random) -> str:
        return luck.choice(self.counties[province])


def gather(on: dt.date) -> Cast:
    """Everybody of the demonstration, in a fixed order. Two statements. Raises NobodyToPlay."""
    people = User.objects.filter(kind="citizen", is_demonstration=True).order_by("username")
    citizens: dict[str, list[User]] = {"500000": [], "510000": []}
    for person in people:
        citizens[person.region_code[:2] + "0000"].append(person)
    staff: dict[int, list[int]] = {}
    heads: dict[int, list[int]] = {}
    counties: dict[str, set[str]] = {"500000": set(), "510000": set()}
    postings = (
        Posting.objects.in_force(on)
        .filter(user__is_demonstration=True, role__in=("clerk", "head"))
        .select_related("office__region")
        .order_by("user__username", "office__code")
    )
    for posting in postings:
        (staff if posting.role == "clerk" else heads).setdefault(posting.office_id, []).append(
            posting.user_id
        )
        office = posting.office
        if office.kind == "service_center" and office.region.level == "county":
            counties[office.region_id[:2] + "0000"].add(office.region_id)
    if not all(citizens.values()) or not all(counties.values()):
        raise NobodyToPlay
    for office_id, users in heads.items():
        staff[office_id] = [*dict.fromkeys([*staff.get(office_id, []), *users])]
    places = {province: sorted(codes) for province, codes in counties.items()}
    return Cast(citizens, staff, heads, places, {})
