"""Live loans of other cities whose account bears no mark: shown to both centres until it is put right."""

from __future__ import annotations

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from matters.housing_fund.marks import unmarked
from tongban.accounts.actors import Actor
from tongban.offices.models import Office
from workflows.flows.loan_panel import unmarked_rows

from .door import for_staff

A_PAGE = 50
KIND = "housing_fund"


@for_staff
@require_safe
def loans(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The first fifty, oldest first, and how many there are. Three statements when warm."""
    centres = _centres(actor)
    rows = unmarked().filter(Q(loan__centre__in=centres) | Q(account__centre__in=centres))
    found = unmarked_rows(rows[:A_PAGE])
    count = len(found) if len(found) < A_PAGE else rows.count()
    return render(request, "desk/loans.html", {"rows": found, "count": count})


def _centres(actor: Actor) -> list[int]:
    """Of the actor's own offices, or of the provinces they supervise. One statement. Raises Http404."""
    mine = Q(pk__in=sorted(actor.desks | actor.heads))
    seen = mine | Q(region__province__in=sorted(actor.supervises))
    centres = list(Office.objects.filter(seen, kind=KIND).values_list("pk", flat=True))
    if not centres:
        raise Http404
    return centres
