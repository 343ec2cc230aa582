"""Who comes in here: operators, who keep the catalogue and the site. For anybody else there is nothing."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from tongban.accounts.actors import Actor

Page = Callable[..., HttpResponse]


def for_operators(page: Page) -> Page:
    """`page(request, …)`; whoever is no operator finds no such page."""

    @never_cache
    @login_required
    @functools.wraps(page)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not actor_of_request(request).operator:
            raise Http404
        return page(request, *args, **kwargs)

    return opened


def actor_of_request(request: HttpRequest) -> Actor:
    """The operator at work, as ActorMiddleware has set it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
