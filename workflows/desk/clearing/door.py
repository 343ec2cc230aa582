"""Who comes in: the two agencies of a pair, and their provinces' supervisors. Anyone else gets 404."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404

from matters.medical.models import ClearingMonth
from tongban.accounts.actors import Actor
from tongban.offices.models import Office
from workflows.cases.flow import Flow
from workflows.cases.models import Case

from ..door import case_seen, cases_at_desk

FLOW = "clearing_month"


def require_agency(actor: Actor) -> None:
    """Raises Http404 for whoever works at no agency that clears. One statement, none for supervisors."""
    offices = actor.desks | actor.heads
    agencies = Office.objects.filter(
        pk__in=offices, kind="medical_insurance", region__level="province"
    )
    if not actor.supervises and not agencies.exists():
        raise Http404


def months_seen(actor: Actor) -> QuerySet[Case]:
    """The clearing months that this actor may see, the newest first.

    By their numbers: among five million cases no index knows a flow that has twelve a year.
    """
    numbers = ClearingMonth.objects.values("case_number")
    return cases_at_desk(actor).filter(number__in=numbers, flow=FLOW).order_by("-id")


def month_seen(actor: Actor, number: str) -> tuple[Flow, ClearingMonth]:
    """A month's case and its row. Http404 for whoever may not see it. Two statements."""
    case = case_seen(actor, number)
    month = ClearingMonth.objects.filter(case_number=number).first()
    if case.flow != FLOW or month is None:
        raise Http404
    return case, month
