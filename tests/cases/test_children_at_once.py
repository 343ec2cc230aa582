"""Parents and children in threads: no lock of one case waits for another's, no wake is lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import pytest
from django.db import OperationalError, connection, transaction

from tests.cases.joint import Joint
from tests.cases.threads import at_once
from workflows.cases import waking
from workflows.cases.flow import Flow
from workflows.cases.models import Case, Event, Wake
from workflows.cases.reading import locked_case
from workflows.cases.waking import take_wakes

pytestmark = pytest.mark.django_db(transaction=True)


def waiting_for_two(joint: Joint) -> tuple[Case, Case, Case]:
    parent = joint.parent()
    here, there = joint.child(parent), joint.child(parent)
    joint.take(parent, "send_for_signature")
    return parent, here, there


def test_two_sides_sign_at_once_and_two_sweeps_wake_the_parent_once(
    joint_in_threads: Joint,
) -> None:
    joint = joint_in_threads
    parent, here, there = waiting_for_two(joint)
    results = at_once(lambda: joint.take(here, "sign"), lambda: joint.take(there, "sign"))
    assert [getattr(r, "state", r) for r in results] == ["signed", "signed"]
    moved = at_once(take_wakes, take_wakes)
    assert sorted(cast("list[int]", moved)) == [0, 1]
    assert Event.objects.filter(case=parent, step="child_closed").count() == 1
    assert not Wake.objects.filter(taken_at=None).exists()


@contextmanager
def impatient() -> Iterator[None]:
    """In here a statement that has to wait for a lock fails after a moment."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '300ms'")
        yield
        cursor.execute("SET lock_timeout = 0")


@contextmanager
def held_by_somebody(lock: Any) -> Iterator[None]:
    """Another thread holds the lock until the end of the block."""
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            lock()
            held.set()
            done.wait(timeout=10)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(timeout=10)
    try:
        yield
    finally:
        done.set()
        thread.join(timeout=10)


def test_a_child_closes_while_a_step_is_being_taken_in_its_parent(
    joint_in_threads: Joint,
) -> None:
    parent, here, _ = waiting_for_two(joint_in_threads)
    with held_by_somebody(lambda: locked_case(parent.pk)), impatient():
        assert joint_in_threads.take(here, "sign").state == "signed"
        assert joint_in_threads.child(parent).parent_id == parent.pk


def test_with_a_full_lock_the_child_would_wait_for_its_parent(joint_in_threads: Joint) -> None:
    """The twin: FOR UPDATE also stops whoever only points at the row."""
    parent, here, _ = waiting_for_two(joint_in_threads)
    full = Case.objects.select_for_update().filter(pk=parent.pk)
    with (
        held_by_somebody(lambda: list(full)),
        impatient(),
        pytest.raises(OperationalError, match="lock timeout"),
    ):
        joint_in_threads.take(here, "sign")
    assert Case.objects.get(pk=here.pk).state == "asked"


def overtaken(joint: Joint, monkeypatch: pytest.MonkeyPatch, lock: Any) -> str:
    """The parent begins to wait just when a sweep has seen that it doesn't; its state in the end."""
    parent = joint.parent()
    joint.take(joint.child(parent), "sign")
    looked, sent = threading.Event(), threading.Event()
    is_ready = waking._is_ready

    def slowly(case: Flow) -> bool:
        ready = is_ready(case)
        looked.set()
        # With the lock the other cannot get in between: nobody answers, and the sweep goes on.
        sent.wait(timeout=0.5)
        return ready

    def send() -> None:
        looked.wait(timeout=10)
        joint.take(parent, "send_for_signature")
        sent.set()

    monkeypatch.setattr(waking, "_locked", lock)
    monkeypatch.setattr(waking, "_is_ready", slowly)
    results = at_once(take_wakes, send)
    assert results == [0, None]
    monkeypatch.setattr(waking, "_is_ready", is_ready)
    take_wakes()
    return str(Case.objects.get(pk=parent.pk).state)


def test_a_parent_that_begins_to_wait_while_a_sweep_looks_is_woken(
    joint_in_threads: Joint, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert overtaken(joint_in_threads, monkeypatch, waking._locked) == "made"


def test_without_the_parents_lock_its_wake_would_be_lost(
    joint_in_threads: Joint, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unlocked(parent_id: int) -> Flow:
        return cast("Flow", Case.objects.get(pk=parent_id))

    assert overtaken(joint_in_threads, monkeypatch, unlocked) == "signing"
