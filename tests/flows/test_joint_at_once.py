"""Two windows book the same clerk's same half hour in the same moment."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from django.db import connection

from tests import journeys
from tests.cases.threads import at_once
from tests.flows.test_joint_counter import TUESDAY, code, sits
from tests.world import World, at, build_world
from workflows.cases.act import Act
from workflows.cases.models import JointSession
from workflows.cases.perform import InvalidData
from workflows.flows import joint_steps

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def two_provinces(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    """Both have found the slot free before either keeps it."""
    looked = threading.Barrier(2)
    keep = joint_steps._keep

    def kept(session: JointSession, act: Act) -> None:
        looked.wait(timeout=10)
        keep(session, act)

    monkeypatch.setattr(joint_steps, "_keep", kept)
    return build_world()


@pytest.fixture
def without_the_index(two_provinces: World) -> Iterator[None]:
    guard = next(c for c in JointSession._meta.constraints if c.name == "joint_slot_once")
    with connection.schema_editor() as editor:
        editor.remove_constraint(JointSession, guard)
    yield
    JointSession.objects.all().delete()
    with connection.schema_editor() as editor:
        editor.add_constraint(JointSession, guard)


def both_book(world: World) -> list[object]:
    sits(world)
    slot = {"slot": code(world, f"{TUESDAY} 11:00")}
    cases = [journeys.collected(world).case for _ in range(2)]
    now = at(f"{TUESDAY} 10:30")
    return at_once(
        lambda: world.take(cases[0], "book_together", "clerk_cq", slot, at=now),
        lambda: world.take(cases[1], "book_together", "clerk_cq_2", slot, at=now),
    )


def test_one_gets_it_and_the_other_is_told(two_provinces: World) -> None:
    results = both_book(two_provinces)
    refused = [each for each in results if isinstance(each, Exception)]
    assert [type(each) for each in refused] == [InvalidData], results
    assert "刚刚被约走" in str(refused[0])
    assert JointSession.objects.count() == 1


@pytest.mark.usefixtures("without_the_index")
def test_without_the_index_both_would_get_it(two_provinces: World) -> None:
    results = both_book(two_provinces)
    assert not [each for each in results if isinstance(each, Exception)], results
    assert JointSession.objects.count() == 2
