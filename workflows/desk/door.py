"""Who comes in at the desk, and which case they may open."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django_htmx.http import HttpResponseClientRefresh

from tongban.accounts.actors import Actor
from workflows.cases.access import visible_to
from workflows.cases.flow import Flow
from workflows.cases.models import Case

Page = Callable[..., HttpResponse]


def for_staff(page: Page) -> Page:
    """`page(request, actor, …)` for staff who have signed in; for citizens there is no such page."""

    @never_cache
    @functools.wraps(page)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            # A part of a page can't be exchanged for the sign-in page: the whole goes there.
            is_part = bool(request.htmx)  # type: ignore[attr-defined]
            return (
                HttpResponseClientRefresh()
                if is_part
                else redirect_to_login(request.get_full_path())
            )
        actor: Actor = request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
        if actor.kind != "staff":
            raise Http404
        return page(request, actor, *args, **kwargs)

    return opened


def cases_at_desk(actor: Actor) -> QuerySet[Case]:
    """What an actor may see by their office, or as a supervisor.

    A part that they have in a case for themselves opens the citizen's page of it, not this one.
    """
    office = Actor(None, "staff", "", actor.desks, actor.heads, actor.supervises)
    return visible_to(office)


def case_seen(actor: Actor, number: str) -> Flow:
    """The case of that number with its matter. Http404 for whoever may not see it. One statement."""
    found = cases_at_desk(actor).select_related("matter", "claimed_by")
    case = found.filter(number=number).first()
    if case is None:
        raise Http404
    return cast(Flow, case)
