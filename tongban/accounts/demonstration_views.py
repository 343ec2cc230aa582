"""The start page of a demonstration: be anybody with one click."""

import re

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from .demonstration.cast import cast_list
from .models import USERNAME_PATTERN
from .names import open_accounts
from .views import destination

BACKEND = "tongban.accounts.backends.NamePhoneOrIdBackend"


@never_cache
@require_http_methods(["GET", "POST"])
def demonstration(request: HttpRequest) -> HttpResponse:
    """Lists the invented people (GET) and signs in as one (POST `person`); 404 in earnest."""
    if not settings.DEMONSTRATION:
        raise Http404
    if request.method == "POST":
        return _become(request)
    return render(request, "accounts/demonstration.html", {"groups": cast_list()})


def _become(request: HttpRequest) -> HttpResponse:
    person = request.POST.get("person", "")
    if not re.fullmatch(USERNAME_PATTERN, person):
        raise Http404
    user = get_object_or_404(open_accounts(), username=person, is_demonstration=True)
    login(request, user, backend=BACKEND)
    return HttpResponseRedirect(destination(request, user))
