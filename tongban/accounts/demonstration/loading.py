"""Brings the invented people into the database, as often as one likes."""

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from tongban.accounts.models import Posting, User
from tongban.offices.models import Office

from .people import invented
from .places import COUNTIES, EVERYWHERE, home_county
from .staff import SUPERVISION, WORKING_ROLES, Desk, Employee, employees

CITIZENS_PER_PROVINCE = 12
IN_OFFICE_SINCE = date(2020, 1, 1)
_PROVINCE_PREFIXES = {"cq": "50", "sc": "51"}


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many people and postings there are now, and how many of them are new."""

    people: int
    postings: int
    new_people: int
    new_postings: int


@transaction.atomic
def load_people() -> Loaded:
    """Citizens of both provinces and staff at the offices there are; who is there already stays."""
    before = _counts()
    staff = list(employees(_desks(), _supervisions()))
    users = [*_citizens(), *map(_employee, staff)]
    User.objects.bulk_create(users, ignore_conflicts=True, batch_size=500)
    Posting.objects.bulk_create(_postings(staff), ignore_conflicts=True, batch_size=2000)
    people, postings = _counts()
    return Loaded(people, postings, people - before[0], postings - before[1])


def _citizens() -> list[User]:
    citizens = []
    for slug, prefix in _PROVINCE_PREFIXES.items():
        homes = [place.code for place in COUNTIES if place.code.startswith(prefix)]
        for number in range(CITIZENS_PER_PROVINCE):
            username = f"{slug}-citizen-{number + 1:02d}"
            citizens.append(_user(username, homes[number % len(homes)], User.Kind.CITIZEN))
    return citizens


def _employee(employee: Employee) -> User:
    return _user(employee.username, home_county(employee.region), User.Kind.STAFF)


def _user(username: str, region_code: str, kind: str) -> User:
    person = invented(username, region_code, works=kind == User.Kind.STAFF)
    return User(
        username=username,
        password=make_password(None),  # they sign in by the start page of the demonstration
        name=person.name,
        kind=kind,
        email=f"{username}@example.com",  # RFC 2606: reaches nobody
        id_number=person.id_number,
        phone=person.phone,
        region_code=region_code,
        is_demonstration=True,
    )


def _desks() -> list[Desk]:
    """Offices of the demonstration's regions, townships counted to their county."""
    places = {place.code for place in EVERYWHERE}
    working = Office.objects.in_force(timezone.localdate()).filter(
        roles__overlap=sorted(WORKING_ROLES)
    )
    rows = working.values_list("id", "kind", "region_id", "region__parent_id", "region__level")
    desks = []
    for office_id, kind, region, parent, level in rows.order_by("id"):
        home = parent if level == "township" else region
        if home in places:
            desks.append(Desk(office_id, kind, home))
    return desks


def _supervisions() -> dict[str, int]:
    offices = Office.objects.filter(kind=SUPERVISION, region__level="province")
    return dict(offices.order_by("-id").values_list("region_id", "id"))


def _postings(staff: list[Employee]) -> list[Posting]:
    ids = dict(
        User.objects.filter(username__in=[e.username for e in staff]).values_list("username", "id")
    )
    return [
        Posting(
            user_id=ids[employee.username],
            office_id=office_id,
            role=role,
            valid_from=IN_OFFICE_SINCE,
        )
        for employee in staff
        for office_id, role in sorted(employee.postings)
    ]


def _counts() -> tuple[int, int]:
    postings = Posting.objects.filter(user__is_demonstration=True)
    return User.objects.filter(is_demonstration=True).count(), postings.count()
