"""The window's first page: read a card, go on with a draft, print a receipt again."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from tongban.accounts.personal import mask_name
from workflows.cases.models import Case

from ..door import cases_at_desk
from .forms import IdentifyForm
from .people import drafts_of
from .visits import begin
from .windows import CHOSEN, Window, at_window

MOST_RECENT = 8


@at_window
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, window: Window) -> HttpResponse:
    """Nobody is at the window yet; the card reader types into the one box. Seven statements."""
    form = IdentifyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        number = form.cleaned_data["id_number"]
        key = begin(request.session, office_id=window.office.pk, id_number=number)
        return redirect("desk:visit", key)
    context = {
        "window": window,
        "form": form,
        "drafts": drafts_of(window.office.pk),
        "recent": _recent(window),
    }
    return render(request, "desk/counter/start.html", context)


@at_window
@require_POST
def choose_window(request: HttpRequest, window: Window) -> HttpResponseRedirect:
    """Sit down at another of one's windows."""
    chosen = request.POST.get("office", "")
    if chosen in {str(office.pk) for office in window.offices}:
        request.session[CHOSEN] = int(chosen)
    return redirect("desk:counter")


def _recent(window: Window) -> list[dict[str, Any]]:
    """What was handed in here today, the last first. Of today's cases only. One statement."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    here = cases_at_desk(window.actor).filter(
        opened_at__gte=midnight, channel="window", office_ids__contains=[window.office.pk],
        origin_region=window.office.region_id,
    )  # fmt: skip
    rows: list[Case] = list(
        here.select_related("matter").order_by("-opened_at", "-id")[:MOST_RECENT]
    )
    return [
        {
            "number": row.number,
            "key": row.draft_key,
            "matter": row.matter.name,
            "applicant": mask_name(row.applicant_name),
            "at": row.opened_at,
        }
        for row in rows
    ]
