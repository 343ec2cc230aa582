"""就近办: where a matter can be handed in and who decides it, near a county or a township."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from matters.catalogue.models import Matter
from matters.catalogue.pinned import definition_of
from matters.catalogue.regions import region_name
from matters.catalogue.scope import problem_with_place, scope_of
from tongban.offices.models import Office
from workflows.cases.drafts import window_seat

from .apply.where import TownForm, towns_of
from .guide import version_in_force
from .near import CountyForm, offices_near, windows_near
from .place import county_of_visitor

MOST_WINDOWS = 20


@dataclass(frozen=True)
class Group:
    """Offices that do one thing for the matter."""

    title: str
    offices: Sequence[Office]


@require_safe
def windows(request: HttpRequest, slug: str) -> HttpResponse:
    """哪里能办. `at`: the county, `town`: its township, whose own window comes first. Eight statements."""
    matter = get_object_or_404(Matter.objects.select_related("department"), slug=slug)
    version = version_in_force(matter, timezone.localdate())
    if version is None:
        return render(request, "portal/guide_closed.html", {"matter": matter})
    definition = definition_of(version.pk)
    county = CountyForm(request.GET if "at" in request.GET else None, here=request)
    at = county.chosen() or ("" if county.errors else county_of_visitor(request))
    towns = towns_of(at) if at else []
    town_form = TownForm(request.GET if "town" in request.GET else None, towns=towns)
    town = town_form.cleaned_data["town"] if town_form.is_valid() else ""
    groups = []
    if at:
        taking = windows_near(town or at, version, definition, limit=MOST_WINDOWS)
        known = {office.pk for office in taking}
        others = [o for o in offices_near(town or at, version, definition) if o.pk not in known]
        groups = [Group("收件窗口，近的在前", taking), Group("审查和办理的机构", others)]
    context = {
        "matter": matter,
        "crumbs": [("/", "首页"), (f"/matters/{matter.slug}/", matter.name)],
        "county_form": county,
        "town_form": town_form if len(towns) > 1 else None,
        "at": region_name(town or at) if at else "",
        "outside": problem_with_place(scope_of(matter.source_batch, definition.zones), at)
        if at
        else None,
        "groups": [group for group in groups if group.offices],
        "is_online": window_seat(version, definition) is None,
    }
    return render(request, "portal/windows.html", context)
