"""Who comes in here: supervisors of a province, and those who keep the site running."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from tongban.accounts.actors import Actor

from .directions import PROVINCES

Page = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Viewer:
    """Somebody at the figures. detail: provinces whose offices they see one by one.

    A supervisor sees the offices of their own province and the other one's totals. An operator
    answers for the counting, so sees what was counted everywhere, but no case.
    """

    actor: Actor
    detail: frozenset[str]

    @property
    def supervises(self) -> bool:
        return bool(self.actor.supervises)

    def sees_whole(self, origin: str, owner: str) -> bool:
        """Whether they may open the cases of this direction."""
        return bool({origin, owner} & self.actor.supervises)


def viewer_of(actor: Actor) -> Viewer | None:
    """None for whoever has no business with the figures."""
    if actor.operator:
        return Viewer(actor, frozenset(PROVINCES))
    return Viewer(actor, actor.supervises) if actor.supervises else None


def for_viewers(page: Page) -> Page:
    """`page(request, viewer, …)`; for anybody else there is no such page."""

    @never_cache
    @login_required
    @functools.wraps(page)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        viewer = viewer_of(request.actor)  # type: ignore[attr-defined]  # set by ActorMiddleware
        if viewer is None:
            raise Http404
        return page(request, viewer, *args, **kwargs)

    return opened
