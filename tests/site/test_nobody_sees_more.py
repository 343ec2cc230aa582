"""Every address of the site, opened by everybody: what is not theirs is not there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.test import Client

from tests.site.addresses import (
    ADDRESSES,
    EVERYBODY,
    HEADS,
    OPERATORS,
    STAFF,
    SUPERVISORS,
    VIEWERS,
    Address,
    patterns,
)
from tests.site.stage import CLEAR, Stage

# What a page that somebody may not see must not tell them; their own name stands in its head.
NAMES = {"林晓梅": "citizen", "周晓燕": "daughter", "周德福": "", "路人乙": "", "林*梅": ""}
# What one's kind alone decides is looked at by one of each kind.
ONE_OF_A_KIND = (
    None, "citizen", "clerk_cq", "former_clerk", "head_cq", "supervisor_sc", "operator"
)  # fmt: skip
KINDS = (EVERYBODY, STAFF, HEADS, SUPERVISORS, VIEWERS, OPERATORS)


def test_every_address_has_an_example_and_says_who_may_open_it() -> None:
    assert sorted(patterns()) == sorted(ADDRESSES)


def test_everybody_finds_what_is_theirs_and_nothing_else(stage: Stage) -> None:
    wrong = [
        f"{who or 'a visitor'} GET {path}: {trouble}"
        for who, client in _everybody(stage)
        for address in _all()
        # Whoever opens what only takes what is sent, nobody finds it.
        if who in ONE_OF_A_KIND or not (address.may in KINDS or address.post_only)
        if (path := address.of(stage))
        if (trouble := _trouble(client.get(path), address, who, path))
    ]
    assert not wrong, "\n".join(wrong)


def test_what_strangers_send_is_answered_as_if_there_was_nothing(stage: Stage) -> None:
    """The same for POST, with a body that would be right; what they may do is tested where it is."""
    body = {"token": "1", "reason": "核对", "text": "你好", "step": "claim", "confirmed": "yes"}
    wrong = [
        f"{who or 'a visitor'} POST {path}: {trouble}"
        for who, client in _everybody(stage)
        for address in _all()
        if not (address.is_public or who in address.may)
        if who in ONE_OF_A_KIND or address.may not in KINDS
        if (path := address.of(stage))
        if (trouble := _trouble(client.post(path, body), address, who, path))
    ]
    assert not wrong, "\n".join(wrong)


def _everybody(stage: Stage) -> Iterator[tuple[str | None, Client]]:
    for who in (None, *sorted(EVERYBODY)):
        yield who, stage.client(who)


def _all() -> Iterator[Address]:
    for pattern in sorted(ADDRESSES):
        yield from ADDRESSES[pattern]


def _trouble(answer: Any, address: Address, who: str | None, path: str) -> str:
    """What is wrong with an answer; '' if nothing is."""
    status = answer.status_code
    # A file comes as a stream, which is read to its end.
    page = b"".join(answer if answer.streaming else [answer.content]).decode()
    if clear := [number for number in CLEAR if number in page]:
        return f"shows {clear} to anybody who looks over a shoulder"
    if who in address.may or (address.is_public and who is None):
        found = status == 405 if address.post_only else status in (200, 302)
        return "" if found and not _is_sign_in(answer) else f"not found ({status})"
    if status == 405:  # said of the address before anything is looked up
        return ""
    turned_away = status == 404 or _is_sign_in(answer) or _is_elsewhere(answer, path)
    if not turned_away and status not in (401, 403):
        return f"found ({status})"
    told = [name for name, whose in NAMES.items() if name in page and whose != who]
    return f"tells {told}" if told else ""


def _is_sign_in(answer: Any) -> bool:
    return str(answer.headers.get("Location")).startswith("/sign-in/?")


def _is_elsewhere(answer: Any, path: str) -> bool:
    """A visit that is over leads back to the window's first page, whoever's it was."""
    there: object = answer.headers.get("Location")
    return path.startswith("/desk/counter/") and there == "/desk/counter/"
