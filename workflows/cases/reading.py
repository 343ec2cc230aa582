"""Reading a case to take a step in it: locked, with its matter, its people and its last moment.

One case is read by statements that are planned once a connection, for every step reads them; many are
read together by a queryset.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any, TypedDict, cast

from django.db.models import OuterRef, QuerySet, Subquery

from matters.catalogue.models import Matter
from tongban.accounts.models import User
from tongban.prepared import Columns, prepared

from .models import Case, Event, Party

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    from .flow import Flow


class Locked(TypedDict):
    last_at: dt.datetime | None


_CASE, _MATTER = Columns(Case), Columns(Matter)
_PARTY, _USER = Columns(Party), Columns(User)
_LOCK = f"""
SELECT {_CASE.of("c")}, {_MATTER.of("m")},
    (SELECT e.at FROM cases_event e WHERE e.case_id = c.id AND e.seq = c.seq)
FROM cases_case c JOIN catalogue_matter m ON m.id = c.matter_id
WHERE c.id = %s FOR NO KEY UPDATE OF c
"""  # noqa: S608
_PARTIES = f"""
SELECT {_PARTY.of("p")}, {_USER.of("u")}
FROM cases_party p LEFT JOIN accounts_user u ON u.id = p.user_id
WHERE p.case_id = %s ORDER BY p.id
"""  # noqa: S608


def locked_case(case_id: int) -> WithAnnotations[Flow, Locked] | None:
    """The case, locked, with its matter and `last_at`: when its last event happened. One statement.

    The lock lets rows be added that point here (a child closes and owes its wake): no lock of one
    case ever waits for another's.
    """
    with prepared() as cursor:
        cursor.execute(_LOCK, [case_id])
        row = cursor.fetchone()
    if row is None:
        return None
    case = cast("Any", _CASE.instance(row[: len(_CASE)]))
    case.matter = _MATTER.instance(row[len(_CASE) : -1])
    case.last_at = row[-1]
    return cast("WithAnnotations[Flow, Locked]", case)


def parties_of(case_id: int) -> tuple[Party, ...]:
    """Everybody with a part in the case, with their accounts, in the order of coming. One statement."""
    with prepared() as cursor:
        cursor.execute(_PARTIES, [case_id])
        return tuple(_party(row) for row in cursor.fetchall())


def _party(row: tuple[Any, ...]) -> Party:
    party = _PARTY.instance(row[: len(_PARTY)])
    if party.user_id is not None:
        party.user = _USER.instance(row[len(_PARTY) :])
    return party


def parties_of_many(
    case_ids: Collection[int], *, but: Sequence[str] = ()
) -> dict[int, list[Party]]:
    """By case, everybody with a part in it, with their accounts, in the order of coming. One statement.

    but: columns that nobody asks for, left out; unsealing is dear.
    """
    parties: dict[int, list[Party]] = {}
    rows = Party.objects.filter(case_id__in=case_ids).select_related("user").defer(*but)
    for party in rows.order_by("id"):
        parties.setdefault(party.case_id, []).append(party)
    return parties


def to_be_locked() -> QuerySet[Case]:
    """Cases to take a step in, each with `last_at`; who locks many asks for them in the order of their ids."""
    last = Event.objects.filter(case_id=OuterRef("pk"), seq=OuterRef("seq"))
    rows = Case.objects.select_for_update(of=("self",), no_key=True)
    return rows.annotate(last_at=Subquery(last.values("at")))
