"""督办: a supervisor asks the office that has a case, and the office must answer by a day."""

from __future__ import annotations

from typing import cast

from django.http import Http404

from workflows.cases.access import visible_to
from workflows.cases.flow import Flow
from workflows.cases.models import Enquiry
from workflows.cases.perform import Done, perform

from .viewers import Viewer

STEP = "urge"


def case_to_urge(viewer: Viewer, number: str) -> Flow:
    """The case of that number. Http404 for whoever may not see it. One statement."""
    found = visible_to(viewer.actor).select_related("matter").filter(number=number).first()
    if found is None:
        raise Http404
    return cast(Flow, found)


def urge(*, viewer: Viewer, case: Flow, text: str, token: int) -> Done:
    """Send the 督办. Raises perform's CaseGone, Stale, NotAllowed and InvalidData."""
    return perform(case.pk, STEP, actor=viewer.actor, data={"text": text}, token=token)


def open_enquiries(case: Flow) -> list[Enquiry]:
    """督办 about this case that wait for their answer. One statement."""
    rows = Enquiry.objects.filter(case_id=case.pk, kind=Enquiry.Kind.SUPERVISION, answered_at=None)
    return list(rows.select_related("case__matter").order_by("id"))
