"""Who acts: a person with the desks they hold today, read afresh in one statement."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal, cast

from django.utils import timezone

from tongban.prepared import prepared

ActorKind = Literal["citizen", "staff", "system"]

# A substitution repeats the row of its own office's posting and of no other: the rows stay few, and
# they are gathered in sets. Who has left the office stands in for nobody there.
_ACTOR = """
SELECT u.name, u.kind, p.role, p.office_id, o.kind, r.level, r.province_id, a.id, a.name
FROM accounts_user u
LEFT JOIN accounts_posting p ON p.user_id = u.id
     AND p.valid_from <= %(on)s AND (p.valid_to IS NULL OR p.valid_to > %(on)s)
LEFT JOIN offices_office o ON o.id = p.office_id
LEFT JOIN offices_region r ON r.code = o.region_id
LEFT JOIN accounts_substitution s ON s.substitute_id = u.id AND s.office_id = p.office_id
     AND p.role IN ('clerk', 'head') AND s.valid_from <= %(on)s AND s.valid_to > %(on)s
     AND (s.ended_at IS NULL OR (s.ended_at AT TIME ZONE %(zone)s::text)::date > %(on)s)
LEFT JOIN accounts_user a ON a.id = s.absent_id
WHERE u.id = %(user_id)s AND u.is_active
"""
# name, user kind, role, office id, office kind, region level, province code, absent id, their name
_Row = tuple[str, str, str | None, int, str, str, str, int | None, str]


@dataclass(frozen=True, slots=True)
class Absent:
    """A colleague who is away, and the office at which somebody stands in for them."""

    office_id: int
    user_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who may take steps, as of the moment of asking.

    `desks`: offices where they are clerk or head; `heads`: those where they are head; `supervises`:
    province codes; `operator`: keeps the site running; `absent`: for whom they stand in (AB岗), and
    where. Offices are ids.
    """

    user_id: int | None
    kind: ActorKind
    name: str
    desks: frozenset[int] = frozenset()
    heads: frozenset[int] = frozenset()
    supervises: frozenset[str] = frozenset()
    operator: bool = False
    absent: frozenset[Absent] = frozenset()

    class Gone(Exception):
        """The account is missing or has been closed."""

    @property
    def stands_in_for(self) -> frozenset[int]:
        """Ids of the colleagues they stand in for, at whichever office."""
        return frozenset(absent.user_id for absent in self.absent)

    def absent_at(self, office_id: int | None, user_id: int | None) -> Absent | None:
        """That colleague, if they are away from that office and this actor stands in for them there."""
        return next(
            (a for a in self.absent if (a.office_id, a.user_id) == (office_id, user_id)), None
        )


SYSTEM = Actor(user_id=None, kind="system", name="系统")


def actor_of(user_id: int, *, on: date | None = None) -> Actor:
    """The person with the postings in force `on` that day (today by default). One SQL statement.

    Raises Actor.Gone when the account is missing or inactive.
    """
    zone = timezone.get_current_timezone_name()
    with prepared() as cursor:
        cursor.execute(_ACTOR, {"user_id": user_id, "on": on or timezone.localdate(), "zone": zone})
        rows = cast("list[_Row]", cursor.fetchall())
    if not rows:
        raise Actor.Gone(f"user {user_id}")
    return _actor(user_id, rows)


def _actor(user_id: int, rows: Iterable[_Row]) -> Actor:
    desks, heads, supervises = set[int](), set[int](), set[str]()
    operator, absent = False, set[Absent]()
    for _, _, role, office_id, office_kind, level, province, absent_id, absent_name in rows:
        if role in ("clerk", "head"):
            desks.add(office_id)
        if role == "head":
            heads.add(office_id)
        if role == "supervisor" and (office_kind, level) == ("supervision", "province"):
            supervises.add(province)
        operator = operator or role == "operator"
        if absent_id is not None:
            absent.add(Absent(office_id, absent_id, absent_name))
    name, kind, *_ = next(iter(rows))
    return Actor(
        user_id=user_id,
        kind=cast("ActorKind", kind),
        name=name,
        desks=frozenset(desks),
        heads=frozenset(heads),
        supervises=frozenset(supervises),
        operator=operator,
        absent=frozenset(absent),
    )
