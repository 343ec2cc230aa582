"""A desk in the browser of whoever is named, and what is read off its pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from matters.catalogue.pinned import forget_definitions
from tests.world import World
from tongban.offices.calendar import forget_calendars
from workflows.cases.places import forget_offices

SignedIn = Callable[[str], Client]
NUMBER = re.compile(r"data-row>\s*([0-9]{20})")


@pytest.fixture
def at_desk(world: World) -> SignedIn:
    """A browser in which that person of the world has signed in."""

    def signed_in(name: str) -> Client:
        client = Client()
        client.force_login(world.people[name])
        # The first page of a session also writes it; what is counted later must not.
        client.get("/inbox/")
        return client

    return signed_in


def numbers_on(page: Any) -> list[str]:
    """The case numbers of a list, in its order."""
    return NUMBER.findall(page.content.decode())


def text_of(page: Any) -> str:
    """What a person reads, tags taken away."""
    html = re.sub(r"<(script|style).*?</\1>", " ", page.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def statements_of(client: Client, path: str, *, cold: bool = False) -> list[str]:
    """The SQL of a page; cold: nothing that this process remembers helps."""
    if cold:
        forget_offices()
        forget_definitions()
        forget_calendars()
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path)
    assert answer.status_code == 200
    return [query["sql"] for query in captured]
