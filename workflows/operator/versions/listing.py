"""All matters with where their versions stand."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from matters.catalogue.models import Matter, MatterVersion, Status
from matters.catalogue.words import normalised
from workflows.cases.registry import flows

from ..door import for_operators

PAGE_SIZE = 40
LONGEST_SEARCH = 60
OVER, IN_FORCE, AHEAD, DRAFT = "已失效", "现行", "待生效", "草稿"


@dataclass(frozen=True)
class Row:
    """A matter and what is said of its versions."""

    matter: Matter
    in_force: MatterVersion | None
    ahead: list[MatterVersion]
    drafts: list[MatterVersion]


@require_safe
@for_operators
def matters(request: HttpRequest) -> HttpResponse:
    """The matters by id, a page from behind `after`. Three statements."""
    asked = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH]
    after = request.GET.get("after", "")
    found = Matter.objects.select_related("department").order_by("id")
    for part in asked.split():
        found = found.filter(search_text__contains=normalised(part))
    if after.isdecimal() and len(after) < 19:
        found = found.filter(pk__gt=int(after))
    plain = MatterVersion.objects.defer("definition").order_by("number")
    page = list(found.prefetch_related(Prefetch("versions", plain))[: PAGE_SIZE + 1])
    rows = [row_of(matter, timezone.localdate()) for matter in page[:PAGE_SIZE]]
    words = {"q": asked} if asked else {}
    context: dict[str, Any] = {
        "rows": rows,
        "asked": asked,
        "first": f"?{urlencode(words)}" if after else None,
        "next": f"?{urlencode(words | {'after': rows[-1].matter.pk})}"
        if len(page) > PAGE_SIZE
        else None,
    }
    return render(request, "operator/matters.html", context)


def row_of(matter: Matter, today: dt.date) -> Row:
    versions = list(matter.versions.all())
    standing = {version: standing_of(version, today) for version in versions}
    return Row(
        matter,
        next((v for v in versions if standing[v] == IN_FORCE), None),
        [v for v in versions if standing[v] == AHEAD],
        [v for v in versions if standing[v] == DRAFT],
    )


def standing_of(version: MatterVersion, today: dt.date) -> str:
    """Where a version stands on that day, in a word."""
    if version.status == Status.DRAFT:
        return DRAFT
    if version.valid_to is not None and version.valid_to <= max(today, version.valid_from):
        return OVER
    return AHEAD if version.valid_from > today else IN_FORCE


@require_safe
@for_operators
def matter(request: HttpRequest, slug: str) -> HttpResponse:
    """A matter's versions, the newest first, and all that was done to them. Three statements."""
    shown = get_object_or_404(Matter.objects.select_related("department"), slug=slug)
    today = timezone.localdate()
    versions = list(shown.versions.defer("definition").order_by("-number"))
    names = {flow.CODE: flow.LABEL for flow in flows()}
    published = [v for v in versions if v.status == Status.PUBLISHED]
    before = dict(itertools.pairwise(published))
    lines = [
        {
            "version": version,
            "standing": standing_of(version, today),
            "flow": names.get(version.flow, version.flow),
            "before": version.based_on_id
            if version.status == Status.DRAFT
            else getattr(before.get(version), "pk", None),
        }
        for version in versions
    ]
    acts = shown.version_acts.order_by("-id")[:100]
    return render(request, "operator/matter.html", {"matter": shown, "lines": lines, "acts": acts})
