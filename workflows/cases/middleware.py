"""`request.actor`: the signed-in person with the desks they hold today, read when first asked for."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from tongban.accounts.actors import Actor, actor_of


class ActorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        def load() -> Actor | None:
            user = request.user
            return actor_of(user.pk) if user.is_authenticated else None

        request.actor = SimpleLazyObject(load)  # type: ignore[attr-defined]
        return self.get_response(request)
