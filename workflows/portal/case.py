"""One case, as its people see it: who has it, until when, what happened and what they can do."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from matters.catalogue.forms import masked_rows
from workflows.cases.family import parent_of, part_rows
from workflows.cases.models import Event
from workflows.cases.places import office_cards
from workflows.cases.rated import rated
from workflows.cases.shared_answers import looked_at
from workflows.cases.time_ledger import time_ledger

from .own.dates import dates_shown
from .own.documents import documents_shown
from .own.door import Visit, for_party
from .own.enquiries import enquiries_shown
from .own.papers import papers_of, papers_shown
from .own.people import offers, people_shown, rights_in_words
from .own.standing import standing_of
from .own.time_kept import clocks_shown
from .own.told import timeline

CRUMBS = [("/", "首页"), ("/my/", "我的办件")]


@require_safe
@for_party
def case(visit: Visit) -> HttpResponse:
    """Eleven statements at most besides the sign-in's, however long the case has run.

    Two more where it is a whole of parts or a part of a whole, one where it was rated.
    """
    shown = visit.case
    office_cards(shown.office_ids)
    can, cannot = offers(visit)
    events = list(Event.objects.filter(case_id=shown.pk).order_by("seq"))
    time = time_ledger(shown, visit.definition, events, visit.now)
    may, may_not = rights_in_words(visit.rights)
    standing = standing_of(visit, can)
    asked = standing.todo.steps if standing.todo else ()
    context = {
        "crumbs": CRUMBS,
        "case": shown,
        "standing": standing,
        "clocks": clocks_shown(shown, visit.definition, time.pauses, visit.now),
        "time": time,
        "entries": timeline(visit.situation, events),
        "documents": documents_shown(shown),
        "parts": part_rows(shown, for_party=True),
        "whole": parent_of(shown),
        "following": shown.goes_on(visit.situation),
        "panel": shown.panel(visit.situation, for_party=True),
        "papers": papers_shown(shown, papers_of(shown)),
        "looked": looked_at(shown),
        "people": people_shown(visit),
        "may": may,
        "may_not": may_not,
        "more": [offer for offer in can if offer not in asked],
        "cannot": cannot,
        "dates": dates_shown(shown, visit.definition),
        "enquiries": enquiries_shown(visit),
        "rated": rated(visit.case, visit.now),
        "answers": masked_rows(visit.definition, shown.data),
    }
    return render(visit.request, "portal/my/case.html", context)
