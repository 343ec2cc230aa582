"""在哪里办: where I am, and the window that takes the papers in."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from matters.catalogue.scope import problem_with_place, scope_of
from tongban.offices.models import Office, Region
from workflows.cases.drafts import changing, window_seat

from ..near import COLLECT, COUNTY_DIGITS, CountyForm, claimed_of, window_kinds, windows_near
from .work import CitizenRequest, Work, on_draft, posted

SECTION = "在哪里办"
MOST_WINDOWS = 12


class WindowForm(forms.Form):
    """One of the windows that are near, the nearest first."""

    def __init__(self, *args: Any, windows: list[Office], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["window"] = forms.ChoiceField(
            label="到哪个窗口交材料？",
            choices=[(str(office.pk), _words(office)) for office in windows],
            widget=forms.RadioSelect,
            error_messages={
                "required": "请选择收件窗口",
                "invalid_choice": "这个窗口不收这个事项的材料，请从列表中选择",
            },
        )


class TownForm(forms.Form):
    """The township or street, to have its window first."""

    def __init__(self, *args: Any, towns: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["town"] = forms.ChoiceField(
            label="您所在的乡镇（街道）",
            choices=[("", "全部"), *towns],
            required=False,
            error_messages={"invalid_choice": "请从列表中选择"},
        )


@require_http_methods(["GET", "POST"])
@on_draft
def where(request: CitizenRequest, work: Work) -> HttpResponse:
    """The county I am in; it is the place of handing in (收件地)."""
    kept = (work.draft.origin_region_id or "")[:COUNTY_DIGITS]
    form = CountyForm(posted(request), here=request, initial={"at": kept} if kept else {})
    if form.chosen() and (problem := _outside(work, form.chosen())):
        form.add_error("at", problem)
    if not form.chosen():
        return render(request, "portal/apply/where.html", {"work": work, "form": form})
    with changing(work.draft, by=request.user, section=SECTION) as draft:
        if form.chosen() != kept:
            draft.origin_region_id = form.chosen()
            draft.answers.pop("window", None)
    if window_seat(work.version, work.definition):
        return redirect("portal:window", work.draft.pk)
    return redirect("portal:tasks", work.draft.pk)


@require_http_methods(["GET", "POST"])
@on_draft
def window(request: CitizenRequest, work: Work) -> HttpResponse:
    """The window near the county or the township (`?town=`)."""
    county = (work.draft.origin_region_id or "")[:COUNTY_DIGITS]
    if not county or not window_seat(work.version, work.definition):
        return redirect("portal:where", work.draft.pk)
    towns = towns_of(county)
    town_form = TownForm(request.GET if "town" in request.GET else None, towns=towns)
    town = town_form.cleaned_data["town"] if town_form.is_valid() else ""
    near = windows_near(town or county, work.version, work.definition, limit=MOST_WINDOWS)
    kept = work.draft.answers.get("window")
    form = WindowForm(posted(request), windows=near, initial={"window": str(kept or "")})
    if not form.is_valid():
        context = {
            "work": work,
            "form": form,
            "windows": near,
            "town_form": town_form if len(towns) > 1 else None,
            "county": Region.objects.get(pk=county),
        }
        return render(request, "portal/apply/window.html", context)
    office = next(o for o in near if str(o.pk) == form.cleaned_data["window"])
    with changing(work.draft, by=request.user, section=SECTION) as draft:
        draft.answers["window"] = office.pk
        draft.origin_region_id = office.region_id
    return redirect("portal:tasks", work.draft.pk)


def problems_with_place(work: Work, today: dt.date) -> list[str]:
    """What is still missing or has closed since. One statement for a matter with a window."""
    draft = work.draft
    if not draft.origin_region_id:
        return ["请选择您所在的区县"]
    if problem := _outside(work, draft.origin_region_id):
        return [problem]
    if window_seat(work.version, work.definition) is None:
        return []
    if not draft.answers.get("window"):
        return ["请选择收件窗口"]
    return [] if window_of(work, today) else ["所选的收件窗口不再办理这个事项，请重新选择"]


def window_of(work: Work, today: dt.date) -> Office | None:
    """The chosen window, if it still collects for this matter and has claimed it. Two statements."""
    kinds = window_kinds(work.version, work.definition)
    offices = Office.objects.in_force(today).filter(roles__contains=[COLLECT], kind__in=kinds)
    office = offices.filter(pk=work.draft.answers.get("window")).first()
    return next(iter(claimed_of([office], work.matter.pk)), None) if office else None


def _outside(work: Work, region: str) -> str | None:
    """A matter of neighbouring areas is applied for inside them only."""
    return problem_with_place(scope_of(work.matter.source_batch, work.definition.zones), region)


def towns_of(county: str) -> list[tuple[str, str]]:
    """Its townships and streets. One statement."""
    today = timezone.localdate()
    regions = Region.objects.in_force(today).filter(parent_id=county, level=Region.Level.TOWNSHIP)
    return list(regions.order_by("code").values_list("code", "name"))


def _words(office: Office) -> str:
    says_so = "示范" in office.address
    marked = "（示范）" if office.is_demonstration and not says_so else ""
    parts = [f"{office.name}{marked}", office.address, office.phone]
    return "，".join(part for part in parts if part)
