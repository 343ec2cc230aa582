"""Who comes in: staff of both provinces. For citizens there are no such pages."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from tongban.accounts.actors import Actor

Page = Callable[..., HttpResponse]


def for_staff(page: Page) -> Page:
    """`page(request, actor, …)`."""

    @never_cache
    @login_required
    @functools.wraps(page)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        actor: Actor = request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
        if actor.kind != "staff":
            raise Http404
        return page(request, actor, *args, **kwargs)

    return opened
