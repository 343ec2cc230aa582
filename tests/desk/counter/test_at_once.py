"""Two clerks at the same sheet in the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from tests import journeys
from tests.desk.counter.conftest import scanned, sheet, value_of, visit_path
from tests.world import SUBSIDY, World, build_world
from workflows.cases import parcels
from workflows.cases.models import Case, Document, Parcel
from workflows.cases.perform import perform

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def two_provinces(transactional_db: None) -> World:
    return build_world()


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Run the calls in threads that start together; each call's result or exception."""
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


def signed_in(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.people[name])
    return client


def test_a_sheet_pressed_twice_at_once_is_one_case_with_one_receipt(two_provinces: World) -> None:
    clerk = signed_in(two_provinces, "clerk_cq")
    key = scanned(clerk)
    data = sheet(two_provinces.matter(SUBSIDY))
    again = Client()
    again.cookies = clerk.cookies
    answers = at_once(
        lambda: clerk.post(visit_path(key), data), lambda: again.post(visit_path(key), data)
    )
    assert [getattr(answer, "status_code", answer) for answer in answers] == [302, 302]
    case = Case.objects.get()
    assert (case.state, case.seq) == ("collected", 2)
    assert Document.objects.filter(case=case).count() == 1


def test_two_clerks_hand_the_same_draft_in_at_once(two_provinces: World) -> None:
    first, second = (signed_in(two_provinces, name) for name in ("clerk_cq", "clerk_cq_2"))
    key = scanned(first)
    data = sheet(two_provinces.matter(SUBSIDY))
    first.post(visit_path(key), data | {"do": "save"})
    data["c-seen"] = value_of(second.get(visit_path(key)), "c-seen")
    answers = at_once(
        lambda: first.post(visit_path(key), data), lambda: second.post(visit_path(key), data)
    )
    assert all(isinstance(answer, HttpResponse) for answer in answers), answers
    assert 302 in [getattr(answer, "status_code", 0) for answer in answers]
    case = Case.objects.get()
    assert (case.state, case.seq) == ("collected", 2)


def forward_at_once(world: World) -> list[object]:
    """Two clerks put a case each into a parcel with one new waybill."""
    cases = [journeys.collected(world).case for _ in range(2)]
    data = {"way": "post", "waybill": "EMS5555555555"}
    actors = [world.actor("clerk_cq"), world.actor("clerk_cq_2")]
    return at_once(
        *[
            lambda case=case, actor=actor: perform(
                case.pk, "forward", actor=actor, data=data, token=case.seq
            )
            for case, actor in zip(cases, actors, strict=True)
        ]
    )


def slow_to_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have looked for the parcel and found none before either begins it."""
    looked = threading.Barrier(2)
    begin = parcels._begun

    def begun(parcel: Parcel) -> Parcel:
        looked.wait(timeout=10)
        return begin(parcel)

    monkeypatch.setattr(parcels, "_begun", begun)


def test_two_clerks_begin_one_parcel_at_once_and_both_cases_are_in_it(
    two_provinces: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow_to_begin(monkeypatch)
    results = forward_at_once(two_provinces)
    assert not [r for r in results if isinstance(r, Exception)], results
    parcel = Parcel.objects.get()
    assert len(set(parcel.items.values_list("case_id", flat=True))) == 2


def test_without_the_second_look_one_of_them_would_fail(
    two_provinces: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def begun(parcel: Parcel) -> Parcel:
        parcel.save(force_insert=True)
        return parcel

    monkeypatch.setattr(parcels, "_begun", begun)
    slow_to_begin(monkeypatch)
    results = forward_at_once(two_provinces)
    assert sum(isinstance(r, Exception) for r in results) == 1
