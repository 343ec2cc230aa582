"""Pages of both audiences: an issued document, and the way from a case's number to its page."""

from __future__ import annotations

from typing import cast

import segno
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tongban.accounts.actors import Actor
from tongban.notices.inbox import mark_document_read
from tongban.notices.views import is_prefetch

from .access import own_cases, visible_to
from .issued import sheet_of
from .models import Document

RECEIPTS = (Document.Kind.RECEIPT, Document.Kind.ACCEPTANCE)


@require_safe
@never_cache
@login_required
def document(request: HttpRequest, number: str) -> HttpResponse:
    """A document to read and print; 404 for whoever may not see its case. Four statements at most.

    Whoever was told of it and opens the paper itself has it in hand, as if they had opened the
    message: the message is marked read, and the next round of `serve_documents` records 送达.
    """
    actor = _actor(request)
    seen = Document.objects.select_related("case").prefetch_related("services")
    found = seen.filter(number=number, case__in=visible_to(actor).values("pk")).first()
    if found is None:
        raise Http404
    was_sent = has_it_in_hand(request, found)
    is_office = bool((actor.desks | actor.heads) & set(found.case.office_ids))
    is_mine = not is_office and _is_mine(actor, found.case_id)
    context = {
        "sheet": sheet_of(found, names_in_full=is_office or is_mine),
        "case_href": f"/my/{found.case.number}/" if is_mine else f"/desk/{found.case.number}/",
        "is_being_served": was_sent,
        "progress_qr": _progress_qr(found.case.number) if found.kind in RECEIPTS else "",
    }
    return render(request, "documents/sheet.html", context)


def has_it_in_hand(request: HttpRequest, found: Document) -> bool:
    """Record that this person reads the document now; True if it was sent to them. One statement."""
    if request.method != "GET" or is_prefetch(request):
        return False
    user_id = cast(int, _actor(request).user_id)
    return mark_document_read(user_id=user_id, document_id=found.pk, at=timezone.now())


@require_safe
@login_required
def case_by_number(request: HttpRequest, number: str) -> HttpResponse:
    """`/cases/<number>/` leads the people of a case to /my/, its offices to the desk. 404 else."""
    actor = _actor(request)
    case = visible_to(actor).filter(number=number).first()
    if case is None:
        raise Http404
    place = "/my/" if _is_mine(actor, case.pk) else settings.STAFF_HOME
    return redirect(f"{place}{case.number}/")


def _is_mine(actor: Actor, case_id: int) -> bool:
    return own_cases(cast(int, actor.user_id)).filter(pk=case_id).exists()


def _actor(request: HttpRequest) -> Actor:
    return cast(Actor, request.actor)  # type: ignore[attr-defined]  # set by ActorMiddleware


def _progress_qr(number: str) -> str:
    """A picture of the address at which anybody with the paper asks for the progress."""
    code = segno.make(f"{settings.SITE_URL}/progress/?number={number}", error="m")
    return str(code.svg_data_uri(scale=4, border=2, light="#fff"))
