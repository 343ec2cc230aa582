"""Receipt 回执: the number, what happens next and by when, and the way to the public progress page."""

from __future__ import annotations

import io
from typing import Any

import segno
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe
from stdnum import luhn

from matters.catalogue.definition import Definition
from matters.catalogue.pinned import definition_of
from workflows.cases.access import visible_to
from workflows.cases.declarations import APPLICANT, PROMISE
from workflows.cases.models import Case, Material
from workflows.cases.places import office_cards

from .home import MY_CASES
from .plain_words import NOT_PUBLISHED

LONGEST_NUMBER = 32


@require_safe
@never_cache
@login_required
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """For whoever may see the case; 404 for anybody else. Five statements."""
    seen = visible_to(request.actor).select_related("matter")  # type: ignore[attr-defined]
    case = get_object_or_404(seen, number=number)
    definition = definition_of(case.version_id)
    holder = case.holder_office_id
    office = office_cards([holder]).get(holder) if holder else None
    context = {
        "case": case,
        "case_href": f"{MY_CASES}{case.number}/",
        "next": next_steps(case, definition, office),
        "office": office,
        "office_title": _office_title(case),
        "papers": Material.objects.filter(case=case).exclude(is_required=False, status="owed"),
        "qr": reverse("portal:qr", args=[case.number]),
        "progress": progress_address(case.number),
    }
    return render(request, "portal/receipt.html", context)


def next_steps(case: Case, definition: Definition, office: Any) -> list[dict[str, Any]]:
    """What happens now and by when, as rows of a timeline; no date that nobody has promised."""
    who = "您" if case.holder == APPLICANT else (office.name if office else "")
    now = {
        "title": case.state_label(definition),  # type: ignore[attr-defined]  # a flow
        "who": who,
        "text": case.current.hint,  # type: ignore[attr-defined]
        "at": case.hop_due_at,
        "state": "now",
    }
    return [now, {"title": "办结", "text": _promise(case, definition), "state": "next"}]


def _office_title(case: Case) -> str:
    """An application that waits at its window waits for somebody to come."""
    waits = case.state == case.INITIAL and case.holder == case.ORIGIN_SEAT  # type: ignore[attr-defined]
    return "请到这个窗口交材料" if waits else "现在由这里办理"


def _promise(case: Case, definition: Definition) -> str:
    due = case.clocks.get(PROMISE, {}).get("due_at")
    if due is None and definition.promise is None:
        return f"承诺时限{NOT_PUBLISHED}；每有进展都会通知您。"
    if definition.promise is not None and due is None:
        begins = next((s.name for s in case.STATES if PROMISE in s.starts), "")  # type: ignore[attr-defined]
        return f"承诺时限 {definition.promise.text}，从“{begins}”起算。"
    return f"承诺时限 {definition.promise.text if definition.promise else ''}。"


def progress_address(number: str) -> str:
    """Where anybody who has the number can ask for its progress; it says no name."""
    return f"{settings.SITE_URL}/progress/?number={number}"


@require_safe
@cache_control(public=True, max_age=86400)
def qr(request: HttpRequest, number: str) -> HttpResponse:  # noqa: ARG001
    """The address of the progress page as a QR code. Tells nothing of whether there is such a case."""
    if len(number) > LONGEST_NUMBER or not luhn.is_valid(number):
        raise Http404
    drawn = io.BytesIO()
    code = segno.make(progress_address(number), error="m")
    code.save(drawn, kind="svg", scale=4, border=4, light="#fff", svgclass=None, lineclass=None)
    response = HttpResponse(drawn.getvalue(), content_type="image/svg+xml")
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
