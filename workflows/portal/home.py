"""The first page: search, themes, what is used most, and one's own open cases on top."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from matters.catalogue.pinned import definition_of
from matters.catalogue.search import themes
from tongban.accounts.models import User
from workflows.cases.access import own_cases
from workflows.cases.declarations import APPLICANT
from workflows.cases.models import Case, Draft
from workflows.cases.places import OfficeCard, office_cards

from .place import provinces_to_choose, zones_of_visitor
from .plain_words import last_day
from .popular import popular

MY_CASES = "/my/"
SHOWN_CASES = 5
SHOWN_DRAFTS = 3


@dataclass(frozen=True)
class CaseCard:
    """An open case as the first page shows it."""

    number: str
    href: str
    matter: str
    state: str
    light: str
    last_day: date | None
    office: OfficeCard | None
    waits_for_me: bool


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Six statements for a visitor at most; four more for somebody who has signed in.

    While all is remembered that changes a few times a year; three more once a minute.
    """
    zones = zones_of_visitor(request)
    context = {
        "provinces": provinces_to_choose(request),
        "themes": themes(zones=zones),
        "popular": popular(zones),
        "my_cases": MY_CASES,
    }
    if isinstance(request.user, User):
        context["cases"] = case_cards(request.user.pk)
        mine = Draft.objects.filter(user=request.user, office=None).select_related("matter")
        context["drafts"] = list(mine[:SHOWN_DRAFTS])
    return render(request, "portal/home.html", context)


def case_cards(user_id: int) -> list[CaseCard]:
    """A person's open cases, the newest first, five at most. Two statements."""
    found = own_cases(user_id).filter(closed_at=None, parent=None).select_related("matter")
    cases = list(found[:SHOWN_CASES])
    offices = office_cards(c.holder_office_id for c in cases if c.holder_office_id)
    return [_card(case, offices) for case in cases]


def _card(case: Case, offices: dict[int, OfficeCard]) -> CaseCard:
    return CaseCard(
        number=case.number,
        href=f"{MY_CASES}{case.number}/",
        matter=case.matter.name,
        state=case.state_label(definition_of(case.version_id)),  # type: ignore[attr-defined]  # a flow
        light=case.light(timezone.now()),
        last_day=last_day(case.due_at),
        office=offices.get(case.holder_office_id or 0),
        # What is concluded and only kept with the person waits for nobody.
        waits_for_me=case.holder == APPLICANT and case.current.counts_as != "concluded",  # type: ignore[attr-defined]
    )
