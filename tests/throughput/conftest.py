"""A supervisor at the figures, on a fixed afternoon."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client

from tests.throughput.days import NOON
from tests.world import World

SignedIn = Callable[[str], Client]
LINKED = re.compile(r'href="(/throughput/cases/[^"]*)"[^>]*>\s*([\d,]+)\s*<')
LISTED = re.compile(r"data-row>\s*([0-9]{20})")
TOTAL = re.compile(r"共\s*<strong>([\d,]+)</strong>\s*件")


@pytest.fixture
def afternoon() -> Iterator[None]:
    """It is 15:00 on Tuesday, 22 September 2026, and stays so."""
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def looking(world: World, afternoon: None) -> SignedIn:
    """A browser in which that person of the world has signed in."""

    def signed_in(name: str) -> Client:
        client = Client()
        client.force_login(world.people[name])
        # The first page of a session also writes it; what is counted later must not.
        client.get("/inbox/")
        return client

    return signed_in


@dataclass(frozen=True)
class Linked:
    """A number on a page and the list it opens."""

    href: str
    value: int


def linked_on(page: Any) -> list[Linked]:
    """Every number of cases on a page that is a link."""
    found = LINKED.findall(page.content.decode())
    return [Linked(unescape(href), int(value.replace(",", ""))) for href, value in found]


def total_of(page: Any) -> int:
    """How many cases a list says that there are."""
    match = TOTAL.search(page.content.decode())
    assert match is not None, text_of(page)
    return int(match[1].replace(",", ""))


def numbers_on(page: Any) -> list[str]:
    """The case numbers of a list, in its order."""
    return LISTED.findall(page.content.decode())


def card(page: Any, label: str) -> str:
    """What stands on the card of that name: its number, unit, note and meaning."""
    html = page.content.decode()
    start = html.index(f"{label}</span>", html.index(f'stat-label">{label}<'))
    return _words(html[start : html.index("</li>", start)])


def row(page: Any, name: str) -> dict[str, str]:
    """The cells of the first row whose heading holds `name`, by their column."""
    for html in re.findall(r"<tr.*?</tr>", page.content.decode(), re.S):
        cells = re.findall(r'<t[hd][^>]*data-label="([^"]*)"[^>]*>(.*?)</t[hd]>', html, re.S)
        words = {
            unescape(label): _words(re.sub(r'<span class="sr">.*?</span>', "", cell, flags=re.S))
            for label, cell in cells
        }
        if words and name in next(iter(words.values())):
            return words
    raise AssertionError(f"no row {name}")


def text_of(page: Any) -> str:
    """What a person reads, tags taken away."""
    return _words(page.content.decode())


def _words(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html))).strip()
