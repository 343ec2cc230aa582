"""What the demonstration's phones have received, as its gateway tells it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import urllib3
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from .place import CODE

TIMEOUT = urllib3.Timeout(connect=1, read=2)


@never_cache
@require_safe
def messages(request: HttpRequest) -> HttpResponse:
    """The last two hundred, newest first, phones masked; 404 in earnest."""
    if not settings.DEMONSTRATION:
        raise Http404
    entry = next((each for each in settings.SMS_GATEWAYS if each["code"] == CODE), None)
    found = _asked(entry["url"]) if entry else None
    return render(
        request,
        "notices/demonstration_messages.html",
        {"is_set_up": entry is not None, "answers": found is not None, "received": found or []},
    )


def _asked(url: str) -> list[dict[str, Any]] | None:
    try:
        with urllib3.PoolManager(retries=False, timeout=TIMEOUT) as pool:
            said = json.loads(pool.request("GET", f"{url}/messages", redirect=False).data)
    except (urllib3.exceptions.HTTPError, ValueError):
        return None
    return [{**row, "at": datetime.fromisoformat(row["at"])} for row in said["messages"]]
