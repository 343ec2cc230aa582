"""Receipt 回执: the number, what happens next and by when, and the way to the public progress page."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Any, cast

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
from workflows.cases.kinds import APPLICATION
from workflows.cases.main_path import ahead
from workflows.cases.models import Material
from workflows.cases.numbers import numbers_of
from workflows.cases.places import office_cards

from .home import MY_CASES
from .plain_words import NOT_PUBLISHED, last_day

if TYPE_CHECKING:
    from workflows.cases.flow import Flow

LONGEST_NUMBER = 32


@require_safe
@never_cache
@login_required
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """For whoever may see the case; 404 for anybody else. Six statements."""
    seen = visible_to(request.actor).select_related("matter")  # type: ignore[attr-defined]
    case = cast("Flow", get_object_or_404(seen, number=number))
    definition = definition_of(case.version_id)
    steps = next_steps(case, definition)
    holder = case.holder_office_id
    office = office_cards([holder]).get(holder) if holder else None
    context = {
        "case": case,
        "case_href": f"{MY_CASES}{case.number}/",
        "next": steps,
        "office": office,
        "office_title": _office_title(case, definition),
        "numbers": numbers_of(case),
        "papers": Material.objects.filter(case=case).exclude(is_required=False, status="owed"),
        "qr": reverse("portal:qr", args=[case.number]),
        "progress": progress_address(case.number),
    }
    return render(request, "portal/receipt.html", context)


def next_steps(case: Flow, definition: Definition) -> list[dict[str, Any]]:
    """What happens now and what comes if all goes well; no date that nobody has promised.

    At most one statement, for the names of offices.
    """
    coming = ahead(case, definition)
    offices = office_cards(p["office"] for p in case.seats.values())

    def who(seat: str) -> str:
        card = offices.get(case.office_of(seat) or 0)
        return "您" if seat == APPLICANT else (card.name if card else "")

    now = {
        "title": case.state_label(definition),
        "who": who(case.holder),
        "text": "，".join(part for part in (case.current.hint, _until(case.hop_due_at)) if part),
        "state": "now",
    }
    later: list[dict[str, Any]] = [
        {"title": step.label, "who": who(step.seat), "state": "next"} for step in coming
    ]
    last = later[-1] if later else now
    last["text"] = _promise(case, definition)
    return [now, *later]


def _until(due_at: dt.datetime | None) -> str:
    day = last_day(due_at)
    return f"期限 {day.year}年{day.month}月{day.day}日" if day else ""


def _office_title(case: Flow, definition: Definition) -> str:
    """An application that waits at its window waits for somebody to come; what was applied for at the
    deciding office itself does not, and that office may be in the other province."""
    windows = {rule.seat for rule in definition.seats if rule.region == "origin"}
    waits = (
        case.state == case.INITIAL and case.holder == case.ORIGIN_SEAT and case.holder in windows
    )
    return "请到这个窗口交材料" if waits else "现在由这里办理"


def _promise(case: Flow, definition: Definition) -> str:
    """By when it will be done, as far as it is promised."""
    if definition.promise is None and case.KIND != APPLICATION:
        return "每有进展都会通知您。"
    if definition.promise is None:
        return f"承诺时限{NOT_PUBLISHED}；每有进展都会通知您。"
    if case.promise_due_at is not None:
        return f"承诺时限 {definition.promise.text}，{_until(case.promise_due_at)}。"
    begins = next((state.name for state in case.STATES if PROMISE in state.starts), "")
    return f"承诺时限 {definition.promise.text}" + (f"，从“{begins}”起算。" if begins else "。")


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
