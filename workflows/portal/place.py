"""我在重庆 / 我在四川: where the visitor is, remembered in a cookie."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from tongban.accounts.models import User

COOKIE = "province"
A_YEAR = 365 * 24 * 3600
PROVINCES = {"500000": "重庆", "510000": "四川"}


def province_of_visitor(request: HttpRequest) -> str:
    """'500000' or '510000': what they chose, else where their account lives, else ''."""
    chosen = request.COOKIES.get(COOKIE, "")
    if chosen in PROVINCES:
        return chosen
    home = f"{request.user.region_code[:2]}0000" if isinstance(request.user, User) else ""
    return home if home in PROVINCES else ""


def provinces_to_choose(request: HttpRequest) -> list[dict[str, object]]:
    """For `portal/_province.html`: value, text, current."""
    here = province_of_visitor(request)
    return [
        {"value": code, "text": name, "current": code == here} for code, name in PROVINCES.items()
    ]


@require_POST
def choose_province(request: HttpRequest) -> HttpResponse:
    """Remember the province and go back to the page that asked; anything else changes nothing."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        back = "/"
    response = HttpResponseRedirect(back)
    province = request.POST.get("province", "")
    if province in PROVINCES:
        response.set_cookie(
            COOKIE, province, A_YEAR, secure=request.is_secure(), httponly=True, samesite="Lax"
        )
    return response
