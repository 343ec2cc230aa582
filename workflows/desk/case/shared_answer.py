"""The personal part of a register's answer in full: once, for a reason that the ledger has first."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from tongban.accounts.actors import Actor
from tongban.accounts.models import User
from tongban.sharing.asking import open_answer
from tongban.sharing.models import LookUp
from workflows.cases.shared_answers import look_ups_in

from ..door import case_seen, for_staff
from .looking import LookForm
from .page import office_here


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables("values", "context")
def shared_answer(request: HttpRequest, actor: Actor, number: str, key: UUID) -> HttpResponse:
    """For the office that decides, which the person agreed to; for others there is no such page."""
    seen = case_seen(actor, number)
    look_up = next((each for each in look_ups_in(seen) if each.pk == key), None)
    office_id = office_here(seen, actor)
    decides = office_id is not None and office_id == seen.office_of(seen.OWNER_SEAT)
    if look_up is None or office_id is None or not decides or not _has_more(look_up):
        raise Http404
    form = LookForm(request.POST or None, auto_id="shared-%s")
    context: dict[str, Any] = {"case": seen, "look_up": look_up, "form": form}
    if request.method == "POST" and form.is_valid():
        context["values"] = open_answer(
            look_up=look_up,
            viewer=cast(User, request.user),
            office_id=office_id,
            reason=form.cleaned_data["reason"],
            at=timezone.now(),
        )
    return render(request, "desk/shared_answer.html", context)


def _has_more(look_up: LookUp) -> bool:
    return any(f["personal"] for f in look_up.answer.get("fields", []))
