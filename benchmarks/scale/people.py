"""Who opens the pages, and on which rows: the busiest of each kind, so that no figure flatters."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from stdnum import luhn

from tongban.accounts.models import User
from workflows.cases.models import Case
from workflows.throughput.times import BUCKETS

BUSIEST_DESK = """
SELECT p.user_id, c.holder_office_id, c.n FROM (
    SELECT holder_office_id, count(*) AS n FROM cases_case
    WHERE closed_at IS NULL AND holder_office_id IS NOT NULL GROUP BY 1) c
JOIN accounts_posting p ON p.office_id = c.holder_office_id AND p.role = %s
JOIN accounts_user u ON u.id = p.user_id AND u.is_demonstration
WHERE p.valid_from <= current_date AND (p.valid_to IS NULL OR p.valid_to > current_date)
ORDER BY c.n DESC, p.user_id LIMIT 1
"""
BUSIEST_COUNTER = """
SELECT p.user_id FROM accounts_posting p
JOIN accounts_user u ON u.id = p.user_id AND u.is_demonstration
JOIN offices_office o ON o.id = p.office_id AND o.kind = 'service_center'
LEFT JOIN LATERAL (SELECT count(*) AS n FROM cases_case c
    WHERE c.closed_at IS NULL AND c.holder_office_id = o.id) held ON true
WHERE p.role = 'clerk' ORDER BY held.n DESC, p.user_id LIMIT 1
"""
# A person with as many cases as most have, and one who hands in for many others.
USUAL_CITIZEN = """
SELECT user_id FROM cases_party JOIN cases_case c ON c.id = case_id
WHERE c.closed_at IS NULL AND user_id > %s AND c.id > %s LIMIT 1
"""


@dataclass(frozen=True)
class Cast:
    """People by part, and the rows that their pages are opened on."""

    people: dict[str, User]
    words: dict[str, str]

    def path(self, pattern: str) -> str:
        return pattern.format(**self.words)


def gather() -> Cast:
    """Everybody and everything the pages need, found in the database as it is."""
    last_of_staff = _one("SELECT max(id) FROM accounts_user WHERE username LIKE 'bench-staff-%%'")
    first_copy = _one("SELECT min(id) FROM bench.plan")
    clerk, office, held = _row(BUSIEST_DESK, "clerk")
    head, head_office, _ = _row(BUSIEST_DESK, "head")
    citizen = _one(USUAL_CITIZEN, last_of_staff, first_copy)
    agent = _one(
        "SELECT user_id FROM cases_party WHERE user_id IN (SELECT min(id) FROM accounts_user"
        " WHERE username LIKE 'bench-citizen-%%') LIMIT 1"
    )
    people = {
        "citizen": citizen,
        "agent": agent,
        "clerk": clerk,
        "window": _one(BUSIEST_COUNTER),
        "head": head,
        "supervisor": _one(_POSTED, "supervisor"),
        "operator": _one(_POSTED, "operator"),
    }
    found = User.objects.in_bulk(people.values())
    return Cast(
        {part: found[pk] for part, pk in people.items()},
        _words(citizen, office, head_office)
        | {"held": str(held), "clerk": str(clerk), "route": _route(), "days": next(iter(BUCKETS))},
    )


_POSTED = """
SELECT p.user_id FROM accounts_posting p JOIN accounts_user u ON u.id = p.user_id
JOIN offices_office o ON o.id = p.office_id
WHERE p.role = %s AND u.is_demonstration ORDER BY o.region_id, u.id LIMIT 1
"""


def _words(citizen: int, office: int, head_office: int) -> dict[str, str]:
    own = Case.objects.filter(parties__user=citizen, closed_at=None).order_by("id")[0]
    at_desk = Case.objects.filter(holder_office=office, closed_at=None).order_by("id")
    here = at_desk[at_desk.count() // 2]
    deep = at_desk.exclude(due_at=None).order_by("due_at", "id")
    place = deep[max(0, deep.count() * 9 // 10 - 1)] if deep else here
    sent = _row_or_none(
        "SELECT p.number FROM cases_parcel p JOIN cases_parcelitem i ON i.parcel_id = p.id"
        " WHERE p.sender_id = %s OR p.receiver_id = %s ORDER BY p.id DESC LIMIT 1",
        office,
        office,
    )
    return {
        "own": own.number,
        "case": here.number,
        "end": here.number[-8:],
        "beginning": here.number[:12],
        "office": str(office),
        "head_office": str(head_office),
        "matter": str(here.matter_id),
        "slug": here.matter.slug,
        "version": str(here.version_id),
        "flow": here.flow,
        "state": here.state,
        "after": f"{place.due_at.isoformat() if place.due_at else 'none'}~{place.pk}".replace(
            "+", "%2B"
        ),
        "parcel": sent[0] if sent else "",
        "progress": _progress_number(),
    }


def _route() -> str:
    """Between two regions: of the first by code the one with most that were received."""
    some = (
        "SELECT route FROM (SELECT data ->> 'route' AS route FROM cases_event"
        " WHERE counts_as = 'received' AND data ->> 'route' > '' ORDER BY 1 LIMIT 2000) routes"
        " GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
    )
    found = _row_or_none(some)
    return str(found[0]) if found else ""


def _progress_number() -> str:
    """A case whose number has a true check digit: the engine's own do."""
    numbers = Case.objects.filter(closed_at=None).order_by("id").values_list("number", flat=True)
    return next(number for number in numbers[:500] if luhn.is_valid(number))


def _one(sql: str, *given: int | str) -> int:
    return int(_row(sql, *given)[0])


def _row(sql: str, *given: int | str) -> tuple[int, ...]:
    row = _row_or_none(sql, *given)
    if row is None:
        raise LookupError(f"nobody found by: {sql}")
    return row


def _row_or_none(sql: str, *given: int | str) -> tuple[int, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        row: tuple[int, ...] | None = cursor.fetchone()
        return row
