"""How a page is shown to this person: 长辈模式 (large text) and the mark of a demonstration."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

LARGE_COOKIE = "large"
A_YEAR = 365 * 24 * 3600


def display(request: HttpRequest) -> dict[str, bool]:
    """Context of every page: ``large`` (长辈模式 is on) and ``demonstration``."""
    return {
        "large": request.COOKIES.get(LARGE_COOKIE) == "1",
        "demonstration": bool(settings.DEMONSTRATION),
    }


@require_POST
def choose_display(request: HttpRequest) -> HttpResponse:
    """Switch 长辈模式 on (``large=1``) or off and go back to the page that asked."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        back = "/"
    response = HttpResponseRedirect(back)
    if request.POST.get("large") == "1":
        response.set_cookie(
            LARGE_COOKIE, "1", A_YEAR, secure=request.is_secure(), httponly=True, samesite="Lax"
        )
    else:
        response.delete_cookie(LARGE_COOKIE)
    return response
