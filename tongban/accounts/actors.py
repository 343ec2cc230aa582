"""Who acts: a person with the desks they hold today, read afresh in one statement."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal, cast

from django.db import connection
from django.utils import timezone

ActorKind = Literal["citizen", "staff", "system"]

_ACTOR = """
SELECT u.name, u.kind, p.role, p.office_id, o.kind, r.level, r.province_id
FROM accounts_user u
LEFT JOIN accounts_posting p ON p.user_id = u.id
     AND p.valid_from <= %(on)s AND (p.valid_to IS NULL OR p.valid_to > %(on)s)
LEFT JOIN offices_office o ON o.id = p.office_id
LEFT JOIN offices_region r ON r.code = o.region_id
WHERE u.id = %(user_id)s AND u.is_active
"""
# name, user kind, role, office id, office kind, region level, province code
_Row = tuple[str, str, str | None, int, str, str, str]


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who may take steps, as of the moment of asking.

    `desks`: offices where they are clerk or head; `heads`: those where they are head; `supervises`:
    province codes; `operator`: keeps the site running. Offices are ids.
    """

    user_id: int | None
    kind: ActorKind
    name: str
    desks: frozenset[int] = frozenset()
    heads: frozenset[int] = frozenset()
    supervises: frozenset[str] = frozenset()
    operator: bool = False

    class Gone(Exception):
        """The account is missing or has been closed."""


SYSTEM = Actor(user_id=None, kind="system", name="系统")


def actor_of(user_id: int, *, on: date | None = None) -> Actor:
    """The person with the postings in force `on` that day (today by default). One SQL statement.

    Raises Actor.Gone when the account is missing or inactive.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ACTOR, {"user_id": user_id, "on": on or timezone.localdate()})
        rows = cast("list[_Row]", cursor.fetchall())
    if not rows:
        raise Actor.Gone(f"user {user_id}")
    return _actor(user_id, rows)


def _actor(user_id: int, rows: Iterable[_Row]) -> Actor:
    desks, heads, supervises = set[int](), set[int](), set[str]()
    operator = False
    for _, _, role, office_id, office_kind, level, province in rows:
        if role in ("clerk", "head"):
            desks.add(office_id)
        if role == "head":
            heads.add(office_id)
        if role == "supervisor" and (office_kind, level) == ("supervision", "province"):
            supervises.add(province)
        operator = operator or role == "operator"
    name, kind, *_ = next(iter(rows))
    return Actor(
        user_id=user_id,
        kind=cast("ActorKind", kind),
        name=name,
        desks=frozenset(desks),
        heads=frozenset(heads),
        supervises=frozenset(supervises),
        operator=operator,
    )
