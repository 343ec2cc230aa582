"""One button pressed twice, and two pages open at once. Each guard has a twin without it that fails."""

from __future__ import annotations

import dataclasses
import threading
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.portal.applying import Applying
from tests.portal.conftest import signed_in
from tests.world import LIN_ID, SUBSIDY, World, build_world
from workflows.cases import drafts, uploads
from workflows.cases.models import Case, Draft, Upload
from workflows.cases.uploads import Paper, TooManyFiles, keep
from workflows.portal.apply import check

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls: Callable[[], object]) -> list[object]:
    """The calls in threads that start together; each one's result or exception."""
    results: list[object] = [None] * len(calls)
    together = threading.Barrier(len(calls))

    def run(place: int, call: Callable[[], object]) -> None:
        try:
            together.wait(timeout=10)
            results[place] = call()
        except Exception as error:  # noqa: BLE001  the test looks at it
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(i, c)) for i, c in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


@pytest.fixture
def two_provinces(transactional_db: None) -> World:
    return build_world()


@pytest.fixture
def ready(two_provinces: World) -> Applying:
    """An application with everything filled in."""
    lin = two_provinces.people["citizen"]
    lin.id_number, lin.phone = LIN_ID, "13900000001"
    lin.save()
    applying = Applying(signed_in(lin), two_provinces.matter(SUBSIDY))
    return applying.whole(two_provinces.office("500101", "service_center").pk)


def twice(ready: Applying, world: World) -> list[object]:
    """The same button in two browsers of hers."""

    def press() -> str:
        hers = Applying.__new__(Applying)
        hers.client, hers.version, hers.key = (
            signed_in(world.people["citizen"]),
            ready.version,
            ready.key,
        )
        return hers.hand_in()["Location"]

    return at_once(press, press)


def test_two_presses_of_the_button_are_one_case_and_one_receipt(
    two_provinces: World, ready: Applying
) -> None:
    first, second = twice(ready, two_provinces)
    case = Case.objects.get()
    assert first == second == f"/my/{case.number}/receipt/"


def test_without_the_drafts_id_as_key_there_would_be_two(
    two_provinces: World, ready: Applying, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: each press opens a case of its own."""
    both_have_read = threading.Barrier(2)

    def without_key(*args: Any, **kwargs: Any) -> Any:
        both_have_read.wait(timeout=10)
        application = drafts.application_of(*args, **kwargs)
        return dataclasses.replace(application, draft_key=uuid.uuid4())

    monkeypatch.setattr(check, "application_of", without_key)
    twice(ready, two_provinces)
    assert Case.objects.count() == 2


def test_a_double_click_on_begin_is_one_draft(two_provinces: World, ready: Applying) -> None:
    ready.key = uuid.uuid4()

    def begin() -> int:
        hers = Applying.__new__(Applying)
        hers.client, hers.version, hers.key, hers.path = (
            signed_in(two_provinces.people["citizen"]),
            ready.version,
            ready.key,
            ready.path,
        )
        return hers.begin().status_code

    assert at_once(begin, begin) == [302, 302]
    assert Draft.objects.filter(pk=ready.key).count() == 1


def send(ready: Applying, owner_id: int, words: bytes) -> Callable[[], object]:
    paper = Paper("件.pdf", "application/pdf", words)
    return lambda: keep([paper], owner_id=owner_id, draft_key=ready.key, material_code="identity")


def test_two_uploads_at_once_stay_within_the_limit(
    two_provinces: World, ready: Applying, monkeypatch: pytest.MonkeyPatch, uploads: Path
) -> None:
    monkeypatch.setattr("workflows.cases.uploads.MOST_FILES", 1)
    owner = two_provinces.people["citizen"].pk
    results = at_once(send(ready, owner, b"one"), send(ready, owner, b"two"))
    assert sorted(isinstance(r, TooManyFiles) for r in results) == [False, True]
    assert Upload.objects.count() == 1
    assert len([p for p in uploads.rglob("*") if p.is_file()]) == 1


def test_without_the_lock_on_the_draft_both_would_fit(
    two_provinces: World, ready: Applying, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: both count before either is there."""
    monkeypatch.setattr("workflows.cases.uploads.MOST_FILES", 1)
    # For both threads at once: each patching and putting back would leave the other's patch behind.
    monkeypatch.setattr(Draft.objects, "select_for_update", lambda: Draft.objects)
    both_have_counted = threading.Barrier(2)
    counted = uploads._new

    def waits(*args: Any) -> Any:
        fresh = counted(*args)
        both_have_counted.wait(timeout=10)
        return fresh

    monkeypatch.setattr(uploads, "_new", waits)
    owner = two_provinces.people["citizen"].pk
    at_once(send(ready, owner, b"one"), send(ready, owner, b"two"))
    assert Upload.objects.count() == 2


def save_both(ready: Applying, world: World) -> list[object]:
    """Two papers' pages open beside each other, saved in one moment."""

    def save(page: str) -> Callable[[], object]:
        client = signed_in(world.people["citizen"])
        return lambda: client.post(f"/apply/{ready.key}/{page}", {"way": "shared"}).status_code

    return at_once(save("papers/identity/way/"), save("papers/disability_card/way/"))


def test_two_pages_saved_at_once_both_stay(two_provinces: World, ready: Applying) -> None:
    assert save_both(ready, two_provinces) == [302, 302]
    assert ready.draft.answers["papers"] == {"identity": "shared", "disability_card": "shared"}


def test_without_the_lock_the_page_saved_last_forgets_the_other(
    two_provinces: World, ready: Applying, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: both have read the draft before either saves it."""
    both_have_read = threading.Barrier(2)

    def unlocked() -> Any:
        class Reader:
            def get(self, **key: Any) -> Draft:
                draft = Draft.objects.get(**key)
                both_have_read.wait(timeout=10)
                return draft

        return Reader()

    monkeypatch.setattr(Draft.objects, "select_for_update", unlocked)
    assert save_both(ready, two_provinces) == [302, 302]
    ways = ready.draft.answers["papers"]
    assert sorted(ways.values()) == ["shared", "window"]
