"""What django-axes keeps about failed sign-ins, and the page a locked-out person sees.

Axes stores the name that was typed. Here that may be an ID number or a phone, so it gets the
account instead ("user:12"), or a keyed hash where there is no such account. This also counts the
three names of one account together.
"""

import ipaddress
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from .names import account_named
from .personal import blind_index

# One request asks several times; the answer cannot change meanwhile.
_MEMO = "_tongban_account_keys"


def account_key(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str | None:
    """settings.AXES_USERNAME_CALLABLE: a name for the account that is no personal data."""
    typed = (credentials or {}).get("username") or request.POST.get("account")
    if not typed:
        return None
    known: dict[str, str] = request.__dict__.setdefault(_MEMO, {})
    if typed not in known:
        user = account_named(typed)
        known[typed] = f"user:{user.pk}" if user else f"unknown:{blind_index(typed, 'sign-in')}"
    return known[typed]


def client_address(request: HttpRequest) -> str | None:
    """settings.AXES_CLIENT_IP_CALLABLE: where the request comes from.

    X-Forwarded-For is what the client says unless a proxy of ours wrote it: its last entries count
    only as far as settings.TRUSTED_PROXIES (a number, 0 by default) reaches.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if proxies := settings.TRUSTED_PROXIES:
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        address = hops[-proxies] if len(hops) >= proxies else address
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return None


def locked_out(
    request: HttpRequest, _response: HttpResponse | None, credentials: dict[str, Any] | None
) -> HttpResponse:
    """settings.AXES_LOCKOUT_CALLABLE: says until when, and what else to do."""
    until = locked_until(request, credentials)
    wait = max(1, ceil((until - timezone.now()).total_seconds()))
    context = {"until": until, "minutes": ceil(wait / 60), "limit": settings.AXES_FAILURE_LIMIT}
    page = render(request, "accounts/locked_out.html", context, status=429)
    page["Retry-After"] = str(wait)
    return page


def locked_until(request: HttpRequest, credentials: dict[str, Any] | None) -> datetime:
    """When fewer than the allowed failures are younger than the cool-off time."""
    cool_off: timedelta = settings.AXES_COOLOFF_TIME
    counts = AccessAttempt.objects.filter(
        username=account_key(request, credentials),
        ip_address=client_address(request),
        attempt_time__gt=timezone.now() - cool_off,
    ).order_by("-attempt_time")
    failures, since = 0, timezone.now()
    for attempt in counts:
        failures, since = failures + attempt.failures_since_start, attempt.attempt_time
        if failures >= settings.AXES_FAILURE_LIMIT:
            break
    return since + cool_off
