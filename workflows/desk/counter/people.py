"""Who stands at the window, as far as the window may know: masked, with what this office has of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from matters.catalogue.pinned import definition_of
from tongban.accounts.actors import Actor
from tongban.accounts.identity import birth_date, is_resident_id
from tongban.accounts.models import User
from tongban.accounts.personal import blind_index, mask_id_number, mask_name, mask_phone
from workflows.cases.models import Case, Draft, Party
from workflows.cases.places import office_cards

from ..door import cases_at_desk

MOST_CASES = 20
MOST_DRAFTS = 20
OF_AGE = 18


@dataclass(frozen=True)
class Person:
    """One person of the visit for the page. `account` holds clear values: they stay off the page."""

    id_number: str
    account: User | None

    @property
    def shown(self) -> str:
        """An enterprise's code is public, a person's number is masked."""
        return mask_id_number(self.id_number) if self.is_natural else self.id_number

    @property
    def is_natural(self) -> bool:
        return is_resident_id(self.id_number)

    @property
    def sex(self) -> str:
        return "男" if int(self.id_number[16]) % 2 else "女"

    @property
    def age(self) -> int:
        return age_on(self.id_number, timezone.localdate())

    @property
    def is_minor(self) -> bool:
        return self.is_natural and self.age < OF_AGE

    @property
    def account_name(self) -> str:
        return mask_name(self.account.name) if self.account else ""

    @property
    def account_phone(self) -> str:
        return mask_phone(self.account.phone or "") if self.account else ""


def people_of(*id_numbers: str) -> list[Person]:
    """A person for each number, with their account if they have one. One statement."""
    indexes = {number: blind_index(number, "id_number") for number in id_numbers}
    accounts = {
        user.id_number_index: user
        for user in User.objects.filter(
            id_number_index__in=set(indexes.values()), kind=User.Kind.CITIZEN, is_active=True
        )
    }
    return [Person(number, accounts.get(indexes[number])) for number in id_numbers]


def age_on(id_number: str, today: dt.date) -> int:
    born_on = birth_date(id_number)
    had_birthday = (today.month, today.day) >= (born_on.month, born_on.day)
    return today.year - born_on.year - (not had_birthday)


@dataclass(frozen=True)
class OpenCase:
    """A line of the list of somebody's open cases."""

    number: str
    matter: str
    state: str
    light: str
    holder: str
    role: str


def open_cases(actor: Actor, indexes: list[str]) -> list[OpenCase]:
    """Open cases in which these people have a part and which this clerk may see; newest first.

    Of other offices' cases nothing is said, not even that there are any. At most three statements.
    """
    parts = Party.objects.filter(id_number_index__in=indexes)
    roles = dict(parts.values_list("case_id", "role"))
    if not roles:
        return []
    seen: QuerySet[Case] = cases_at_desk(actor).filter(pk__in=roles, closed_at=None)
    cases = list(seen.select_related("matter").order_by("-opened_at", "-id")[:MOST_CASES])
    offices = office_cards([c.holder_office_id for c in cases if c.holder_office_id])
    now = timezone.now()
    return [
        OpenCase(
            number=case.number,
            matter=case.matter.name,
            state=case.state_label(definition_of(case.version_id)),  # type: ignore[attr-defined]
            light=case.light(now),
            holder=offices[case.holder_office_id].name if case.holder_office_id else "申请人",
            role=str(Party.Role(roles[case.pk]).label),
        )
        for case in cases
    ]


@dataclass(frozen=True)
class DraftLine:
    """A draft of this office that can be gone on with."""

    draft: Draft
    applicant: str
    who: str


def drafts_of(office_id: int, indexes: list[str] | None = None) -> list[DraftLine]:
    """Drafts begun at this office, of these people or of anybody; the last saved first. One statement."""
    became = Exists(Case.objects.filter(draft_key=OuterRef("pk")))
    drafts = Draft.objects.filter(~became, office_id=office_id)
    if indexes is not None:
        theirs = Q(id_number_index__in=indexes) | Q(answers__present__in=indexes)
        drafts = drafts.filter(theirs)
    rows = drafts.select_related("matter", "user").order_by("-saved_at")[:MOST_DRAFTS]
    return [DraftLine(row, _applicant(row), row.user.name) for row in rows]


def _applicant(draft: Draft) -> str:
    names = [p["name"] for p in draft.parties if p["role"] == Party.Role.APPLICANT]
    return mask_name(names[0]) if names and names[0] else "姓名未填"
