"""Matter guide 办事指南: all that somebody wants to know before applying."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from matters.catalogue.definition import Definition, SeatRule
from matters.catalogue.definition import Material as PaperAsked
from matters.catalogue.models import Matter, MatterVersion, Mode
from matters.catalogue.pauses import told_of
from matters.catalogue.pinned import definition_of
from matters.catalogue.regions import region_name
from matters.catalogue.registry import never_alone
from matters.catalogue.scope import problem_with_place, scope_of, zones_in_words
from workflows.cases.certificates import kind_for
from workflows.cases.drafts import window_seat
from workflows.cases.registry import flow_class

from .guide_rows import ACTIONS, LEADS, facts, kind_of, stage_rows, times
from .near import CountyForm, offices_near
from .place import county_of_visitor
from .plain_words import (
    MARK_MEANINGS,
    MODE_NAMES,
    MODES,
    PAPER_FORMS,
    PAPER_SOURCES,
    Fact,
    mark_of,
)


@require_safe
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    """Eight statements at most."""
    matter = get_object_or_404(Matter.objects.select_related("department"), slug=slug)
    version = version_in_force(matter, timezone.localdate())
    context: dict[str, Any] = {
        "matter": matter,
        "crumbs": [("/", "首页"), (f"/matters/?theme={matter.theme}", matter.theme)],
    }
    if version is None:
        return render(request, "portal/guide_closed.html", context)
    definition = definition_of(version.pk)
    county = CountyForm(request.GET if "at" in request.GET else None, here=request)
    at = county.chosen() or county_of_visitor(request)
    kind = kind_of(version.flow)
    by_mode = MODE_NAMES[version.mode], MODES[Mode(version.mode)]
    tag, lead = LEADS.get(kind, by_mode)
    scope = scope_of(matter.source_batch, definition.zones)
    context |= {
        "zones": zones_in_words(scope.zones),
        "outside": problem_with_place(scope, at) if at else None,
        "version": version,
        "definition": definition,
        "mode": tag,
        "mode_mark": "" if kind in LEADS else mark_of(version.mode_certainty),
        "mode_words": lead,
        "sides": sides(version, definition),
        "flow": version.flow,
        "facts": facts(matter, definition),
        "times": times(definition, kind),
        "action": ACTIONS[kind],
        "stages": stage_rows(definition),
        "papers": [paper_row(paper) for paper in definition.materials],
        "conditions": [
            {"text": str(each), "is_for_some": not isinstance(each, str)}
            for each in definition.conditions
        ],
        "pauses": told_of([matter.pk], timezone.now())[matter.pk],
        "marks": MARK_MEANINGS,
        "conditions_mark": mark_of(definition.certainty.get("conditions", "")),
        "matter_mark": mark_of(matter.certainty),
        "sources": sources(matter, definition),
        "county_form": county,
        "at": region_name(at) if at else "",
        "offices": offices_near(at, version, definition) if at else [],
    }
    return render(request, "portal/guide.html", context)


def version_in_force(matter: Matter, on: dt.date) -> MatterVersion | None:
    """The version that new cases of that day begin under. One statement.

    None too for what is only ever a part of something else: nobody applies for it by itself.
    """
    versions = MatterVersion.objects.in_force(on).exclude(flow__in=never_alone())
    return versions.filter(matter=matter).first()


def sides(version: MatterVersion, definition: Definition) -> list[Fact]:
    """Which office does its part where, seat by seat."""
    flow = flow_class(version.flow)
    return [
        Fact(flow.seat_named(rule.seat).name, _where(rule, definition, version))
        for rule in definition.seats
    ]


def _where(rule: SeatRule, definition: Definition, version: MatterVersion) -> str:
    if rule.seat == window_seat(version, definition):
        return "您选择的就近窗口，两省市任一窗口都可以"
    if rule.region_field is not None:
        return f"按申请表里“{definition.field(rule.region_field).label}”所填的地区确定"
    return "您所在的地区"


def sources(matter: Matter, definition: Definition) -> list[str]:
    """Addresses of the pages that the facts were read in, each once."""
    found = dict.fromkeys((matter.source_url, *definition.sources))
    return [address for address in found if address.startswith(("http://", "https://"))]


def paper_row(paper: PaperAsked) -> dict[str, Any]:
    """A paper as the guide and the application show it."""
    return {
        "code": paper.code,
        "name": paper.name,
        "form": f"{PAPER_FORMS[paper.form]} {paper.copies} 份",
        "source": PAPER_SOURCES[paper.source],
        "required": paper.required,
        "shared": paper.shared or "",
        "certificate": kind.name if (kind := kind_for(paper)) else "",
        "missing_ok": paper.missing_ok,
        "mark": mark_of(paper.certainty),
        "is_for_some": bool(paper.when),
    }
