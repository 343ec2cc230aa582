"""For machines: `/healthz`, `/healthz/web` and `/metrics`."""

from __future__ import annotations

import ipaddress
import time
from hmac import compare_digest

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from . import health, metrics

# Whoever asks more often gets the answer of before: asking costs the site nothing.
KEPT_SECONDS = 2.0
OF_A_PROXY = (
    *("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"),
    *("X-Real-Ip", "Forwarded", "Via"),
)
_kept: list[tuple[float, health.Report]] = []


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200, or 503 when the site is failing as a whole; in detail for those who watch over it."""
    found = _report()
    told = found.as_json() if is_watcher(request) else {"status": found.status}
    return JsonResponse(
        told,
        status=503 if found.status == "failing" else 200,
        json_dumps_params={"ensure_ascii": False},
    )


@never_cache
@require_safe
def web(_request: HttpRequest) -> HttpResponse:
    """For the load balancer. A dead worker is no reason to take the site's pages away as well."""
    is_ready = health.is_ready()
    return JsonResponse(
        {"status": "ok" if is_ready else "failing"}, status=200 if is_ready else 503
    )


@never_cache
@require_safe
def prometheus(request: HttpRequest) -> HttpResponse:
    """For outsiders there is no such page."""
    if not is_watcher(request):
        raise Http404
    return HttpResponse(
        metrics.exposition(), content_type="text/plain; version=0.0.4; charset=utf-8"
    )


def is_watcher(request: HttpRequest) -> bool:
    """From this machine itself, or with the token of the settings as `Authorization: Bearer …`."""
    if token := settings.MONITORING_TOKEN:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        if compare_digest(given.encode(), token.encode()):
            return True
    # What came through a proxy came from elsewhere, whoever is behind it and whatever it says.
    if any(name in request.headers for name in OF_A_PROXY):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _report() -> health.Report:
    now = time.monotonic()
    if not _kept or now - _kept[-1][0] > KEPT_SECONDS:
        _kept[:] = [(now, health.report())]
    return _kept[-1][1]
