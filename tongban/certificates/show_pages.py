"""亮证: the page that a holder holds up. Opening it changes nothing; a press makes a new code."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import cast

import segno
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRefresh

from tongban.accounts.models import User

from .models import Certificate
from .showing import Code, NotShowable, show

KEY = "certificates.showing"
# A page left lying open stops renewing by itself after so many codes.
MOST_RENEWED = 5


@never_cache
def show_code(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """A part of a page can't be exchanged for the sign-in page: the whole goes there."""
    if request.htmx and not request.user.is_authenticated:  # type: ignore[attr-defined]
        return HttpResponseClientRefresh()
    return _code_page(request, key)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def _code_page(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The live code of this session, if there is one. POST makes one; `renew`: the page did it by itself."""
    mine = Certificate.objects.filter(holder=cast(User, request.user)).select_related("holder")
    found = get_object_or_404(mine, pk=key)
    if request.method == "POST":
        _renew(request, found)
        if not request.htmx:  # type: ignore[attr-defined]
            return redirect("certificates:show", found.pk)
    code, now = _live(request, found), timezone.now()
    context = {
        "certificate": found,
        "standing": found.standing(timezone.localdate(now)),
        "code": code,
        "picture": _picture(code) if code else "",
        "seconds": max(1, int((code.expires_at - now).total_seconds())) if code else 0,
    }
    is_part = request.method == "POST"
    page = "certificates/_code.html" if is_part else "certificates/show.html"
    return render(request, page, context)


def _renew(request: HttpRequest, found: Certificate) -> None:
    by_itself = request.POST.get("renew") == "1"
    kept = request.session.get(KEY, {})
    renewed = kept.get("renewed", 0) + 1 if by_itself else 0
    request.session.pop(KEY, None)
    if renewed > MOST_RENEWED:
        return
    try:
        made = show(
            certificate=found, session_key=request.session.session_key or "", now=timezone.now()
        )
    except NotShowable:
        return  # the page says why: the certificate doesn't count
    request.session[KEY] = {
        "certificate": str(found.pk),
        "token": made.token,
        "expires_at": made.expires_at.isoformat(),
        "renewed": renewed,
    }


def _live(request: HttpRequest, found: Certificate) -> Code | None:
    kept = request.session.get(KEY)
    if not kept or kept["certificate"] != str(found.pk):
        return None
    expires_at = dt.datetime.fromisoformat(kept["expires_at"])
    return Code(kept["token"], expires_at) if timezone.now() < expires_at else None


def _picture(code: Code) -> str:
    drawn = segno.make(code.address, error="m")
    return str(drawn.svg_data_uri(scale=4, border=4, light="#fff"))
