"""Everybody who can act in a rehearsed case, invented on the spot and gone with it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

from tongban.accounts.actors import SYSTEM, Actor, actor_of
from tongban.accounts.models import Posting, User
from tongban.offices.models import Office
from workflows.cases.flow import Flow

APPLICANT, SYSTEM_ROLE = "applicant", "system"
CLERK, COLLEAGUE, HEAD, SUPERVISOR = "clerk", "colleague", "head", "supervisor"
PROVINCES = {"500000": "重庆", "510000": "四川"}
LONG_AGO = dt.date(2000, 1, 1)


class NoSuchRole(LookupError):
    """Nobody of that role has a part in the case."""


@dataclass
class People:
    """Roles by name: applicant, system, clerk:<seat>, colleague:<seat>, head:<seat>, supervisor:<province>.

    A second clerk, the colleague, is there because nobody decides two stages.
    """

    applicant: User
    made: dict[tuple[str, int], int] = field(default_factory=dict)

    def actor(self, role: str, case: Flow) -> Actor:
        """Raises NoSuchRole. Three statements for somebody who has not acted yet."""
        if role == SYSTEM_ROLE:
            return SYSTEM
        if role == APPLICANT:
            return actor_of(self.applicant.pk)
        kind, _, where = role.partition(":")
        office_id = supervision_of(where) if kind == SUPERVISOR else case.office_of(where)
        if office_id is None or kind not in (CLERK, COLLEAGUE, HEAD, SUPERVISOR):
            raise NoSuchRole(role)
        key = (kind, office_id)
        if key not in self.made:
            self.made[key] = _posted(kind, office_id).pk
        return actor_of(self.made[key])


def roles_in(case: Flow) -> Iterator[tuple[str, str]]:
    """(role, what it is called) of all who can try a step in the case."""
    yield APPLICANT, "申请人"
    for seat in case.seats:
        name = case.seat_named(seat).name
        yield f"{CLERK}:{seat}", name
        yield f"{COLLEAGUE}:{seat}", f"{name}（另一位同事）"
        yield f"{HEAD}:{seat}", f"{name}（负责人）"
    for code in dict.fromkeys([case.origin_province, case.owner_province]):
        yield f"{SUPERVISOR}:{code}", f"{PROVINCES.get(code, code)}督办人员"
    yield SYSTEM_ROLE, "系统（到期自动）"


def invent(name: str, kind: str) -> User:
    """An account nobody can sign in to. The name is drawn: two rehearsals must not wait for each other."""
    return User.objects.create(
        username=f"rehearsal-{uuid.uuid4().hex}",
        name=name,
        kind=kind,
        password="!",  # noqa: S106  no password
    )


def supervision_of(province: str) -> int | None:
    offices = Office.objects.filter(kind="supervision", region_id=province)
    return offices.values_list("pk", flat=True).first()


def _posted(kind: str, office_id: int) -> User:
    words = {CLERK: "演练承办", COLLEAGUE: "演练同事", HEAD: "演练负责人", SUPERVISOR: "演练督办"}
    roles = {HEAD: "head", SUPERVISOR: "supervisor"}
    user = invent(words[kind], "staff")
    Posting.objects.create(
        user=user, office_id=office_id, role=roles.get(kind, "clerk"), valid_from=LONG_AGO
    )
    return user
