"""The window at which somebody sits: one of their offices that takes in applications."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters

from tongban.accounts.actors import Actor
from tongban.accounts.models import User
from tongban.offices.models import Office

from ..door import for_staff

CHOSEN = "counter_office"


@dataclass(frozen=True)
class Window:
    """Where a request comes from: the person, the office they sit in, and their other windows."""

    user: User
    actor: Actor
    office: Office
    offices: list[Office]

    @property
    def others(self) -> list[Office]:
        return [office for office in self.offices if office != self.office]


Page = Callable[..., HttpResponse]


def at_window(page: Page) -> Page:
    """`page(request, window, …)` for staff of an office that collects; others are told whom to ask.

    One statement besides those for the person.
    """

    # Nothing that is typed here may end up in a report of an error.
    @for_staff
    @sensitive_post_parameters()
    @functools.wraps(page)
    def opened(request: HttpRequest, actor: Actor, *args: Any, **kwargs: Any) -> HttpResponse:
        offices = windows_of(actor)
        if not offices:
            return render(request, "desk/counter/no_window.html", status=403)
        chosen = request.session.get(CHOSEN)
        office = next((office for office in offices if office.pk == chosen), offices[0])
        user = cast(User, request.user)  # for_staff lets nobody else in
        return page(request, Window(user, actor, office, offices), *args, **kwargs)

    return opened


def windows_of(actor: Actor) -> list[Office]:
    """Offices of the actor's in which applications are handed in, in the order of their codes."""
    here = Office.objects.in_force(timezone.localdate()).select_related("region")
    return list(here.filter(pk__in=actor.desks, roles__contains=["collect"]).order_by("code"))
