"""Somebody at the pages of one of their own cases, as a browser without script would be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import time_machine
from django.http import HttpResponse
from django.test import Client

from tests.portal.applying import shown
from tests.portal.conftest import signed_in
from tests.world import World, at
from workflows.cases.models import Case


@contextmanager
def on(moment: str) -> Iterator[None]:
    """Everything happens at that moment; a session begun inside is in force inside."""
    with time_machine.travel(at(moment), tick=False):
        yield


class Mine:
    """A person at a case. `token` is the one that the page would carry now, unless given."""

    def __init__(self, world: World, who: str, case: Case) -> None:
        self.client: Client = signed_in(world.people[who])
        self.number, self.id = case.number, case.pk

    @property
    def case(self) -> Case:
        return Case.objects.get(pk=self.id)

    def get(self, page: str = "") -> HttpResponse:
        return self.client.get(f"/my/{self.number}/{page}")  # type: ignore[return-value]

    def page(self, page: str = "") -> str:
        return words(self.get(page))

    def post(self, page: str, token: int | str | None = None, **data: Any) -> HttpResponse:
        data["token"] = self.case.seq if token is None else token
        return self.client.post(f"/my/{self.number}/{page}", data)  # type: ignore[return-value]


def words(answer: object) -> str:
    """What the main part of a page says, without markup, white space folded."""
    html = shown(answer)
    main = html[html.index("<main") : html.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())
