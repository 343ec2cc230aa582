"""Who works where in a demonstration, worked out from the offices that there are."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tongban.accounts.models import Posting

from .places import EVERYWHERE, Place

CLERK, HEAD = Posting.Role.CLERK, Posting.Role.HEAD
# An office with none of these roles neither takes in nor decides anything.
WORKING_ROLES = frozenset({"collect", "accept", "decide", "issue", "settle", "assess"})
WINDOWS = "service_center"
TOWNSHIPS = "township_center"
SUPERVISION = "supervision"
# No part of the administration: nobody of an authority works there too.
BANK = "bank"


@dataclass(frozen=True, slots=True)
class Desk:
    """An office as far as staffing goes; `region` is the county, city or province it counts to."""

    office_id: int
    kind: str
    region: str


@dataclass(frozen=True, slots=True)
class Employee:
    """Somebody to be posted: username, home region, and (office, role) pairs."""

    username: str
    region: str
    postings: frozenset[tuple[int, str]] = field(default_factory=frozenset)


def employees(desks: Iterable[Desk], supervisions: dict[str, int]) -> Iterator[Employee]:
    """Per region: windows, townships, one clerk per department, reviewers, a head; the supervisors.

    `supervisions`: province code → its supervision office.
    """
    by_region: dict[str, list[Desk]] = defaultdict(list)
    for desk in desks:
        by_region[desk.region].append(desk)
    for place in EVERYWHERE:
        yield from _region(place, by_region[place.code])
    for province, office_id in sorted(supervisions.items()):
        slug = next(place.slug for place in EVERYWHERE if place.code == province)
        yield Employee(f"{slug}-supervisor", province, _as(Posting.Role.SUPERVISOR, [office_id]))
    if supervisions:
        province, office_id = min(supervisions.items())
        yield Employee("operator", province, _as(Posting.Role.OPERATOR, [office_id]))


def _region(place: Place, desks: list[Desk]) -> Iterator[Employee]:
    by_kind: dict[str, list[int]] = defaultdict(list)
    for desk in desks:
        by_kind[desk.kind].append(desk.office_id)
    apart = (WINDOWS, TOWNSHIPS, BANK)
    departments = [kind for kind in sorted(by_kind) if kind not in apart]
    everywhere = [o for kind, offices in by_kind.items() if kind != BANK for o in offices]
    decisions = [office for kind in departments for office in by_kind[kind]]
    rota = [
        ("window-1", CLERK, by_kind[WINDOWS]),
        ("window-2", CLERK, by_kind[WINDOWS]),
        ("township", CLERK, by_kind[TOWNSHIPS]),
        *((kind.replace("_", "-"), CLERK, by_kind[kind]) for kind in departments),
        # 一审, 二审 and 复核 of one case are decided by different people.
        ("reviewer-1", CLERK, decisions),
        ("reviewer-2", CLERK, decisions),
        ("head", HEAD, everywhere),
        ("bank", CLERK, by_kind[BANK]),
        ("bank-head", HEAD, by_kind[BANK]),
    ]
    for post, role, offices in rota:
        if offices:
            yield Employee(f"{place.slug}-{post}", place.code, _as(role, offices))


def _as(role: str, offices: Iterable[int]) -> frozenset[tuple[int, str]]:
    return frozenset((office, str(role)) for office in offices)
