"""Whose medical insurance somebody may look at: their own, and that of people they act for.

There is no list of families: who acts for somebody says so in a case, with an authority and its end
(`Party`). An agent's or a guardian's part in a 医保 case of the person opens that person's cover here,
as long as the authority runs or, where it names no end, the case is open. What somebody says of
themselves opens nothing: an office must have seen the authority and taken the case on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q

from matters.medical.models import Insured
from tongban.accounts.models import User
from workflows.cases.models import Event, Party

ME = "me"
AGENCY_LINE = "medical_insurance"
ACTING = (Party.Role.AGENT, Party.Role.GUARDIAN)
WHOSE = (Party.Role.APPLICANT, Party.Role.BENEFICIARY)


@dataclass(frozen=True)
class Person:
    """One person. key: 'me' or the number of their part in a case; insured None: in neither register."""

    key: str
    name: str
    insured: Insured | None

    @property
    def is_me(self) -> bool:
        return self.key == ME


def people_of(user: User, on: date) -> list[Person]:
    """Oneself first, then whom one acts for, each once. Three statements at most."""
    keys = {user.id_number_index or "": (ME, user.name)}
    for party in _acted_for(user, on):
        keys.setdefault(party.id_number_index or "", (str(party.pk), party.name))
    keys_known = {index: who for index, who in keys.items() if index}
    covers = _covers(list(keys_known), on)
    mine = Person(ME, user.name, covers.get(user.id_number_index or ""))
    others = [
        Person(key, name, covers[index])
        for index, (key, name) in keys_known.items()
        if key != ME and index in covers
    ]
    return [mine, *others]


def person_of(user: User, key: str, on: date) -> Person | None:
    """The one with that key, if the user may look at them. Three statements at most."""
    return next((person for person in people_of(user, on) if person.key == key), None)


def indexes_open_to(user: User, on: date) -> set[str]:
    """The blind indexes of oneself and of those one acts for. Two statements."""
    acted_for = {party.id_number_index or "" for party in _acted_for(user, on)}
    return ({user.id_number_index or ""} | acted_for) - {""}


def _acted_for(user: User, on: date) -> list[Party]:
    """The persons in whose 医保 cases the user has an authority today. Two statements."""
    runs = Q(expires_on__gte=on) | Q(expires_on=None, case__closed_at=None)
    by_an_office = Event.objects.filter(case=OuterRef("case"), actor_kind=User.Kind.STAFF)
    cases = Party.objects.filter(
        Exists(by_an_office.filter(counts_as="accepted")),
        runs,
        user=user,
        role__in=ACTING,
        case__matter__department_id=AGENCY_LINE,
    ).values_list("case_id", flat=True)
    persons = Party.objects.filter(case_id__in=list(cases), role__in=WHOSE)
    persons = persons.exclude(id_number_index=None).exclude(user=user)
    return list(persons.order_by("-id"))


def _covers(indexes: list[str], on: date) -> dict[str, Insured]:
    """The newest cover of each. One statement."""
    rows = Insured.objects.filter(id_number_index__in=indexes, valid_from__lte=on)
    rows = rows.select_related("pool").order_by("valid_from", "id")
    return {row.id_number_index or "": row for row in rows}
