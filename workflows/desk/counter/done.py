"""收件凭证: the case is there; print, sign, next."""

from __future__ import annotations

import uuid
from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from matters.catalogue.pinned import definition_of
from tongban.accounts.personal import mask_name
from workflows.cases.flow import Flow
from workflows.cases.models import Document
from workflows.cases.places import office_name

from ..door import cases_at_desk
from ..time_left import last_day
from .sheets import COLLECT
from .visits import visit_of
from .windows import Window, at_window


@at_window
@require_safe
def handed_in(request: HttpRequest, window: Window, key: uuid.UUID) -> HttpResponse:
    """What came of a visit, with its receipt. 404 for whoever may not see the case. Ten statements."""
    seen = cases_at_desk(window.actor).select_related("matter").filter(draft_key=key).first()
    if seen is None:
        raise Http404
    case = cast(Flow, seen)
    collect = case.STEPS.get(COLLECT)
    receipts = Document.objects.filter(case_id=case.pk, kind=Document.Kind.RECEIPT)
    context = {
        "window": window,
        "case": case,
        "applicant": mask_name(case.applicant_name),
        "receipt": receipts.order_by("-id").first(),
        "papers": list(case.materials.exclude(status="owed").order_by("id")),
        "owed": list(case.materials.filter(status="owed", is_required=True).order_by("id")),
        "state": case.state_label(definition_of(case.version_id)),
        "owner": office_name(case.office_of(case.OWNER_SEAT)),
        "holder": office_name(case.holder_office_id),
        "collects": collect is not None,
        "is_left_open": collect is not None and case.state in collect.source,
        "promised_on": last_day(case.promise_due_at) if case.promise_due_at else None,
        "can_go_on": visit_of(request.session, window.actor, key) is not None,
    }
    return render(request, "desk/counter/handed_in.html", context)
