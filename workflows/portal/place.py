"""我在重庆 / 我在四川, and in which county: where the visitor is, remembered in cookies."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from matters.catalogue.regions import Grouped, region_choices, region_name
from tongban.accounts.models import User
from tongban.offices.directory import UnknownRegion, zones_of

COOKIE, COUNTY_COOKIE = "province", "county"
A_YEAR = 365 * 24 * 3600
PROVINCES = {"500000": "重庆", "510000": "四川"}
COUNTY_DIGITS = 6


class PlaceForm(forms.Form):
    """The county that the visitor is in; '' forgets it."""

    county = forms.ChoiceField(
        label="您在哪个区县？",
        help_text="选了以后，就近窗口排在前面；只在毗邻地区（万达开、泸永江、高竹新区等）办理的事项，也只给在当地的人看。",
        required=False,
        widget=forms.Select(attrs={"autocomplete": "off"}),
        error_messages={"invalid_choice": "请从列表中选择区县"},
    )

    def __init__(self, request: HttpRequest, data: dict[str, str] | None = None) -> None:
        super().__init__(data, initial={"county": county_of_visitor(request)})
        field = self.fields["county"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", "不选区县"), *counties(request)]


def province_of_visitor(request: HttpRequest) -> str:
    """'500000' or '510000': what they chose, else where their account lives, else ''."""
    chosen = request.COOKIES.get(COOKIE, "")
    if chosen in PROVINCES:
        return chosen
    home = f"{request.user.region_code[:2]}0000" if isinstance(request.user, User) else ""
    return home if home in PROVINCES else ""


def county_of_visitor(request: HttpRequest) -> str:
    """The county they chose, else where the account lives if that is in the chosen province, else ''."""
    chosen = request.COOKIES.get(COUNTY_COOKIE, "")
    code = request.user.region_code[:COUNTY_DIGITS] if isinstance(request.user, User) else ""
    for county in (chosen, code):
        if county and county[:2] == province_of_visitor(request)[:2] and _is_known(county):
            return county
    return ""


def zones_of_visitor(request: HttpRequest) -> frozenset[str]:
    """The neighbouring areas (万达开…) that the visitor's county is in. No statement without one."""
    county = county_of_visitor(request)
    try:
        return zones_of(county) if county else frozenset()
    except UnknownRegion:
        return frozenset()


def counties(request: HttpRequest) -> Grouped:
    """Counties of both provinces, those of the visitor's province first. A statement a minute."""
    own = province_of_visitor(request)[:2]
    return sorted(region_choices(), key=lambda group: group[1][0][0][:2] != own if own else False)


def provinces_to_choose(request: HttpRequest) -> list[dict[str, object]]:
    """For `portal/_province.html`: value, text, current, and the county if it is in this one."""
    here, county = province_of_visitor(request), county_of_visitor(request)
    return [
        {
            "value": code,
            "text": name,
            "current": code == here,
            "county": region_name(county) if code == here and county else "",
        }
        for code, name in PROVINCES.items()
    ]


@require_safe
def place(request: HttpRequest) -> HttpResponse:
    """Choose the county; `next` is the page to go back to."""
    context = {"form": PlaceForm(request), "next": _way_back(request, request.GET.get("next", "/"))}
    return render(request, "portal/place.html", context)


@require_POST
def choose_province(request: HttpRequest) -> HttpResponse:
    """Remember province or county and go back to the page that asked; anything else changes nothing."""
    back = _way_back(request, request.POST.get("next", "/"))
    kept = {name: request.COOKIES.get(name, "") for name in (COOKIE, COUNTY_COOKIE)}
    if "county" in request.POST:
        form = PlaceForm(request, {"county": request.POST["county"]})
        if not form.is_valid():
            return render(request, "portal/place.html", {"form": form, "next": back})
        kept[COUNTY_COOKIE] = form.cleaned_data["county"]
        kept[COOKIE] = f"{kept[COUNTY_COOKIE][:2]}0000" if kept[COUNTY_COOKIE] else kept[COOKIE]
    elif request.POST.get("province") in PROVINCES:
        kept[COOKIE] = request.POST["province"]
        if kept[COUNTY_COOKIE][:2] != kept[COOKIE][:2]:
            kept[COUNTY_COOKIE] = ""
    else:
        return HttpResponseRedirect(back)
    return _remember(request, HttpResponseRedirect(back), kept)


def _remember(request: HttpRequest, response: HttpResponse, chosen: dict[str, str]) -> HttpResponse:
    for name, value in chosen.items():
        if value:
            response.set_cookie(
                name, value, A_YEAR, secure=request.is_secure(), httponly=True, samesite="Lax"
            )
        elif name in request.COOKIES:
            response.delete_cookie(name, samesite="Lax")
    return response


def _way_back(request: HttpRequest, asked: str) -> str:
    """A page of this site; the first one for anything else."""
    is_ours = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return asked if is_ours else "/"


def _is_known(county: str) -> bool:
    return any(county == code for _, group in region_choices() for code, _ in group)
