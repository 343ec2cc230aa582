"""Pages of a queue: every case once, in order, forwards and backwards, those without a limit last."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from django.test import Client

from tests.desk.conftest import SignedIn, numbers_on
from tests.world import World, at
from workflows.cases.models import Case
from workflows.desk.queue import views
from workflows.desk.queue.keyset import Page, Place, page_of

MIDNIGHT = at("2026-12-01 00:00")
# Many cases share a midnight, and many have no limit yet.
DAYS = [3, 1, None, 1, 1, None, 2, None, 1]


@pytest.fixture
def in_order(world: World) -> list[int]:
    """Ids of nine cases at two offices, as a queue must show them."""
    police = world.office("500101", "police")
    ids = []
    for nth, days in enumerate(DAYS):
        case = world.open()
        due_at = None if days is None else MIDNIGHT + dt.timedelta(days=days)
        Case.objects.filter(pk=case.pk).update(due_at=due_at)
        if nth % 2:
            Case.objects.filter(pk=case.pk).update(
                holder_office=police, office_ids=[*case.office_ids, police.pk]
            )
        ids.append(((due_at is None, due_at or MIDNIGHT, case.pk), case.pk))
    return [pk for _, pk in sorted(ids)]


def both_offices(world: World) -> list:  # type: ignore[type-arg]
    return [
        Case.objects.filter(closed_at=None, holder_office=world.office("500101", kind))
        for kind in ("service_center", "police")
    ]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 8, 9, 10])
def test_walking_forwards_and_back_meets_every_case_once(
    world: World, in_order: list[int], size: int
) -> None:
    queues = both_offices(world)
    pages: list[Page] = [page_of(queues, size=size)]
    while pages[-1].next:
        pages.append(page_of(queues, after=pages[-1].next, size=size))
    assert list(itertools.chain.from_iterable(p.ids for p in pages)) == in_order
    assert pages[0].previous is None
    for earlier, later in itertools.pairwise(pages):
        assert later.previous is not None
        back = page_of(queues, before=later.previous, size=size)
        assert back.ids == earlier.ids
        assert (back.previous is None) == (earlier is pages[0])
        assert back.next is not None


def test_a_place_survives_its_way_through_an_address() -> None:
    for place in (Place(None, 7), Place(MIDNIGHT, 2**40)):
        assert Place.parse(str(place)) == place


def test_a_case_that_left_the_queue_loses_nobody_their_place(
    world: World, in_order: list[int]
) -> None:
    queues = both_offices(world)
    first = page_of(queues, size=3)
    Case.objects.filter(pk__in=first.ids).update(holder_office=None)
    assert page_of(queues, after=first.next, size=3).ids == in_order[3:6]


def test_no_offices_have_no_cases() -> None:
    assert page_of([]) == Page([], None, None)


def test_a_clerk_turns_the_pages_of_their_two_offices(
    world: World, in_order: list[int], at_desk: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.clerk_cq.postings.create(
        office=world.office("500101", "police"), role="clerk", valid_from=dt.date(2020, 1, 1)
    )
    monkeypatch.setattr(views, "PAGE_SIZE", 4)
    client, path, seen = at_desk("clerk_cq"), "/desk/?view=office&claimed=no", []
    while path:
        page = client.get(path)
        seen += numbers_on(page)
        path = _next_of(client, page.content.decode())
    numbers = dict(Case.objects.values_list("pk", "number"))
    assert seen == [numbers[pk] for pk in in_order]


def _next_of(client: Client, html: str) -> str:
    """The address behind 下一页; filters stay in it."""
    if 'rel="next"' not in html:
        return ""
    href = html.split('rel="next"')[1].split('href="')[1].split('"')[0].replace("&amp;", "&")
    assert "view=office" in href
    assert "claimed=no" in href
    return f"/desk/{href}"
