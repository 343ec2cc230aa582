"""The one place where what somebody holds up is verified.

Anybody may look at a code: they learn whether it is good, of what kind, and who issued it, and nothing of
the person; that uses nothing up. Only a clerk's press verifies, once, and is written down for the holder.
"""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tongban.accounts.actors import Actor, actor_of
from tongban.accounts.models import User
from tongban.offices.models import Office

from .forms import CodeForm, OfficeForm
from .showing import seen, verify, written_token


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def verify_form(request: HttpRequest) -> HttpResponse:
    """Scan or type a code. A clerk's is verified at once; anybody else is led to what they may see."""
    offices = _offices(request)
    if request.method != "POST":
        return _form(request, CodeForm(), OfficeForm(offices), offices)
    form, office = CodeForm(request.POST), OfficeForm(offices, request.POST)
    if not form.is_valid() or (offices and not office.is_valid()):
        return _form(request, form, office, offices)
    token = form.cleaned_data["code"]
    if not offices:
        return redirect("certificates:verify_code", token)
    return _verified(request, token, office.cleaned_data["office"])


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def verify_code(request: HttpRequest, token: str) -> HttpResponse:
    """What a phone's camera opens. GET uses nothing up; a clerk's POST verifies."""
    offices, token = _offices(request), written_token(token)
    office = OfficeForm(offices, request.POST if request.method == "POST" else None)
    if request.method == "POST" and offices and office.is_valid():
        return _verified(request, token, office.cleaned_data["office"])
    now = timezone.now()
    context = {
        "seen": seen(token, now),
        "at": now,
        "is_clerk": bool(offices),
        "office_form": office,
    }
    return render(request, "certificates/code.html", context)


def _verified(request: HttpRequest, token: str, office_id: int) -> HttpResponse:
    now = timezone.now()
    found = verify(token=token, user=cast(User, request.user), office_id=office_id, now=now)
    context = {"seen": found, "at": now, "office": Office.objects.get(pk=office_id)}
    return render(request, "certificates/verified.html", context)


def _form(
    request: HttpRequest, form: CodeForm, office: OfficeForm, offices: list[tuple[int, str]]
) -> HttpResponse:
    context = {"form": form, "office_form": office, "is_clerk": bool(offices)}
    return render(request, "certificates/verify.html", context)


def _offices(request: HttpRequest) -> list[tuple[int, str]]:
    """The desks of who is here; none for a citizen, a supervisor or a visitor. Two statements at most."""
    user = request.user
    if not user.is_authenticated or not user.is_staff_member:
        return []
    try:
        desks = actor_of(user.pk).desks
    except Actor.Gone:
        return []
    return list(Office.objects.filter(pk__in=desks).order_by("name").values_list("pk", "name"))
