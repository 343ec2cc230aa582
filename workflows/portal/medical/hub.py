"""去外地看病: where everything about it begins."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from matters.medical.filing.contacts import NATIONAL_LINE


@require_safe
def hub(request: HttpRequest) -> HttpResponse:
    """No statement of its own."""
    context = {"crumbs": [("/", "首页")], "national_line": NATIONAL_LINE}
    return render(request, "portal/medical/hub.html", context)
