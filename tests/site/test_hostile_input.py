"""Values that nobody means well with, in every box and address of the site: never a crash, a sentence
in Chinese, and nothing changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.test import Client

from tests.site.addresses import ADDRESSES, Address
from tests.site.stage import Stage
from tongban.accounts.models import Posting, Substitution
from workflows.cases.models import Case, Draft, Event, Parcel, ParcelItem, Party, TurnedAway, Upload

SCRIPT = '"><script>alert(1)</script>'
VALUES = [
    SCRIPT,
    "\x00",
    "'; DROP TABLE cases_case; --",
    "-1",
    "0050",
    "9" * 400,
    "1e999",
    "2026-13-45",
    "9999-12-31",
    "0001-01-01T00:00:00+14:00~1",
    "9999-12-31T23:59:59-12:00~9",
    "../../../etc/passwd",
    "%2e%2e%2f\r\nSet-Cookie: a=b",
    "https://evil.example/",
    "//evil.example",
    "٣٤٥",
    "长" * 300,
    "99999999999999999999:1",
]
# Boxes that some page reads without showing them, and what addresses carry.
NAMES = [
    *("q", "after", "before", "view", "light", "office", "matter", "theme", "at", "town", "page"),
    *("period", "since", "until", "province", "direction", "department", "mode", "measure"),
    *("flow", "state", "format", "waybill", "number", "unread", "visit", "from", "choose", "sort"),
    *("token", "text", "reason", "kind", "step", "case", "claim", "confirmed", "next", "large"),
    *("key", "once", "shown", "do", "self", "c-matter", "c-version", "c-seen", "c-drop", "items"),
    *("person", "account", "password", "way", "sender", "receiver", "arrived", "papers", "dense"),
]
# What asks nothing before it deletes: pressing it is no hostile value.
DELETES = ("delete/", "throw-away/", "remove/", "end/", "again/")
# Times that each page gets a set of values: every box has met each after a few builds of the site.
ROUNDS = 4
# The promise is a tick: whatever comes with it is a yes, and hands in what is ready.
LEFT_ALONE = {"csrfmiddlewaretoken", "promise"}
BOX = re.compile(r'\bname="([^"]+)"')


def test_no_value_in_an_address_or_a_box_breaks_a_page(stage: Stage) -> None:
    before = _kept()
    wrong = [
        f"{method} {path} {sent}: {trouble}"
        for place, (who, path) in enumerate(_pages(stage))
        for client in [_browser(stage, who)]
        for names in [_boxes(client, path)]
        for start in range(place, place + ROUNDS)
        for sent in [_values(names, start)]
        for method, send in (("GET", client.get), ("POST", client.post))
        if not (method == "POST" and path.endswith(DELETES))
        if (trouble := _trouble(send(path, sent)))
    ]
    assert not wrong, "\n".join(wrong)
    changed = set(_kept()) ^ set(before)
    assert not changed, "\n".join(sorted(changed))


def test_opening_a_page_changes_nothing(stage: Stage) -> None:
    before = _kept(Draft, TurnedAway, Upload)
    for who, path in _pages(stage):
        for query in ("", "?confirmed=yes&token=1&reason=x&do=save&self=1&claim=1&step=claim"):
            _text(_browser(stage, who).get(path + query))
    assert _kept(Draft, TurnedAway, Upload) == before


def test_nothing_is_taken_without_the_token_that_only_our_own_pages_carry(stage: Stage) -> None:
    wrong = []
    for who, path in _pages(stage):
        client = Client(enforce_csrf_checks=True)
        if who is not None:
            client.force_login(stage.world.people[who])
        status = client.post(path, {"token": "1", "reason": "核对"}).status_code
        if status not in (401, 403, 404, 405):
            wrong.append(f"{path}: {status}")
    assert not wrong, "\n".join(wrong)


def _boxes(client: Client, path: str) -> list[str]:
    return sorted({*NAMES, *BOX.findall(_text(client.get(path)))} - LEFT_ALONE)


def _values(names: list[str], start: int) -> dict[str, str]:
    """Another value for each box, and for each box another one each time."""
    return {name: VALUES[(start * 5 + place) % len(VALUES)] for place, name in enumerate(names)}


def _pages(stage: Stage) -> Iterator[tuple[str | None, str]]:
    """Every address, with somebody who may open it."""
    for pattern in sorted(ADDRESSES):
        for address in ADDRESSES[pattern]:
            yield _somebody(address), address.of(stage)


def _somebody(address: Address) -> str | None:
    return min(address.may, default=None)


def _browser(stage: Stage, who: str | None) -> Client:
    client = stage.client(who)
    client.raise_request_exception = False
    return client


def _kept(*more: Any) -> list[str]:
    """What no refused request may change."""
    tables: list[Any] = [Case, Event, Parcel, ParcelItem, Party, Posting, Substitution, *more]
    return [str(row) for table in tables for row in table.objects.order_by("pk").values()]


def _text(answer: Any) -> str:
    return b"".join(answer if answer.streaming else [answer.content]).decode("utf-8", "replace")


def _trouble(answer: Any) -> str:
    page = _text(answer)
    if answer.status_code >= 500:
        return str(answer.status_code)
    if SCRIPT in page:
        return "comes back as markup"
    if "Set-Cookie: a=b" in str(answer.headers) and "\n" in str(answer.headers.get("Location")):
        return "a header of its own"
    there = answer.headers.get("Location", "")
    return "leads away" if re.match(r"https?:|//|/\\", there) else ""
