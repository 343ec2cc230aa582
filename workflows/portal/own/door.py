"""Who opens a case under /my/: its parties. Everybody else finds no such page."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache

from matters.catalogue.definition import Definition
from tongban.accounts.actors import Actor
from workflows.cases.access import visible_to
from workflows.cases.act import Situation
from workflows.cases.flow import Flow
from workflows.cases.parties import SEE, rights_of_user
from workflows.cases.situations import situation_for


@dataclass(frozen=True)
class Visit:
    """One of the people of a case, looking at it now."""

    request: HttpRequest
    situation: Situation
    rights: frozenset[str]

    @property
    def case(self) -> Flow:
        return self.situation.case

    @property
    def actor(self) -> Actor:
        return self.situation.actor

    @property
    def definition(self) -> Definition:
        return self.situation.definition

    @property
    def now(self) -> dt.datetime:
        return self.situation.at

    @property
    def user_id(self) -> int:
        """A visitor has signed in."""
        return cast(int, self.actor.user_id)


CasePage = Callable[..., HttpResponse]


def actor_in(request: HttpRequest) -> Actor:
    """Who has signed in, with their desks; set by ActorMiddleware, read when first asked for."""
    return cast(Actor, request.actor)  # type: ignore[attr-defined]


def for_party(page: CasePage) -> Callable[..., HttpResponse]:
    """`page(visit, …)` for a party who may see the case. Two statements, besides the sign-in's.

    An office of the case is shown the way to its own page; to anybody else there is no such case.
    """

    @never_cache
    @login_required
    @functools.wraps(page)
    def opened(request: HttpRequest, number: str, **more: Any) -> HttpResponse:
        visit = visit_of(request, number)
        if SEE not in visit.rights:
            return redirect(f"{settings.STAFF_HOME}{visit.case.number}/")
        return page(visit, **more)

    return opened


def visit_of(request: HttpRequest, number: str) -> Visit:
    """The case as it stands now, before whoever asks. Raises Http404."""
    actor = actor_in(request)
    case = visible_to(actor).select_related("matter").filter(number=number).first()
    if case is None:
        raise Http404
    situation = situation_for(case, actor, timezone.now())
    rights = rights_of_user(situation.parties, actor.user_id, situation.today)
    return Visit(request, situation, rights)
