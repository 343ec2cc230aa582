"""What may follow a case: an application that begins with what the case knows already."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from matters.catalogue.forms import sealed_data
from matters.catalogue.pinned import definition_of
from workflows.cases.drafts import sealed_party
from workflows.cases.models import Case, Draft, Party
from workflows.cases.opening import PartyInput

from .apply.start import MOST_DRAFTS
from .own.door import Visit, for_party


@require_POST
@for_party
def go_on(visit: Visit) -> HttpResponse:
    """Begin the application that follows; pressed twice, it is the same draft."""
    following = visit.case.goes_on(visit.situation)
    if following is None:
        raise Http404
    key = uuid.uuid5(visit.case.draft_key, f"follows:{visit.user_id}:{following.version.pk}")
    if Case.objects.filter(draft_key=key).exists():
        messages.info(visit.request, "已经从这个办件提交过申请，请在“我的办件”查看。")
        return redirect("portal:my")
    drafts = Draft.objects.filter(user_id=visit.user_id, office=None)
    if drafts.exclude(pk=key).count() >= MOST_DRAFTS:
        messages.error(visit.request, f"您已有 {MOST_DRAFTS} 份未提交的申请，请先提交或删除一些。")
        return redirect("portal:case", number=visit.case.number)
    fresh = Draft(
        pk=key,
        user_id=visit.user_id,
        matter=following.version.matter,
        version=following.version,
        data=sealed_data(definition_of(following.version.pk), following.data),
        origin_region_id=visit.case.origin_region_id,
        **_people(visit),
    )
    Draft.objects.bulk_create([fresh], ignore_conflicts=True)
    return redirect("portal:tasks", key=key)


def _people(visit: Visit) -> dict[str, Any]:
    """Of a draft: whoever applied for themselves does so again. On behalf of somebody, by what right is
    asked anew."""
    for party in visit.situation.parties:
        if party.user_id == visit.user_id and party.role == Party.Role.APPLICANT:
            me = PartyInput(role=party.role, name=party.name, user=party.user)
            return {"answers": {"on_behalf": "self"}, "parties": [sealed_party(me)]}
    return {}
