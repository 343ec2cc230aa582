"""Signing in and out."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from .actors import actor_of
from .forms import SignInForm
from .models import User


@sensitive_post_parameters("account", "password")
@never_cache
@csrf_protect
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Asks for account and password; a locked-out person gets lockout.locked_out instead."""
    if request.method == "GET" and isinstance(request.user, User):
        return HttpResponseRedirect(destination(request, request.user))
    form = SignInForm(request.POST or None)
    if form.is_valid():
        user = authenticate(
            request, username=form.cleaned_data["account"], password=form.cleaned_data["password"]
        )
        if isinstance(user, User):
            login(request, user)
            return HttpResponseRedirect(destination(request, user))
        form.refuse(tries_left=_tries_left(request))
    return render(request, "accounts/sign_in.html", {"form": form, "next": _next(request)})


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    messages.success(request, "您已安全退出。")
    return HttpResponseRedirect("/")


def destination(request: HttpRequest, user: User) -> str:
    """Where to go after signing in: back to the page that asked, else to one's own first page."""
    return _next(request) or _first_page(user)


def _first_page(user: User) -> str:
    if not user.is_staff_member:
        return settings.LOGIN_REDIRECT_URL
    actor = actor_of(user.pk)
    if actor.desks:
        return settings.STAFF_HOME
    if actor.operator:
        return settings.OPERATOR_HOME
    return settings.SUPERVISOR_HOME if actor.supervises else settings.STAFF_HOME


def _next(request: HttpRequest) -> str:
    """The page to return to, if it is one of this site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else ""


def _tries_left(request: HttpRequest) -> int | None:
    failures: int | None = getattr(request, "axes_failures_since_start", None)
    return None if failures is None else settings.AXES_FAILURE_LIMIT - failures
