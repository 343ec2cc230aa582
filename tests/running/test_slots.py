"""A periodic job runs once for each slot, in slices, by whoever comes first."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from tongban.running.slots import Slot, in_slices, once

pytestmark = pytest.mark.django_db
NIGHT = "2026-11-21"


def counting(upto: int, seen: list[int]) -> Callable[[Any, Callable[[], bool]], Any]:
    """Work over the numbers below `upto`, one at a time."""

    def work(cursor: Any, is_over: Callable[[], bool]) -> Any:
        number = cursor or 0
        seen.append(number)
        return number + 1 if number + 1 < upto else None

    return work


def test_a_job_that_fits_is_finished_in_one_run() -> None:
    seen: list[int] = []
    assert in_slices("cases.check", NIGHT, counting(3, seen))
    assert seen == [0, 1, 2]
    assert Slot.objects.get().finished_at


def test_a_finished_slot_does_nothing_and_the_next_night_begins_anew() -> None:
    seen: list[int] = []
    in_slices("cases.check", NIGHT, counting(2, seen))
    assert in_slices("cases.check", NIGHT, counting(2, seen))
    assert seen == [0, 1]
    assert in_slices("cases.check", "2026-11-22", counting(2, seen))
    assert seen == [0, 1, 0, 1]


def test_a_job_that_does_not_fit_goes_on_in_the_next_run() -> None:
    seen: list[int] = []
    for _ in range(2):
        assert not in_slices("cases.check", NIGHT, counting(3, seen), seconds=0)
    assert in_slices("cases.check", NIGHT, counting(3, seen), seconds=0)
    assert seen == [0, 1, 2]


def test_after_a_crash_the_work_goes_on_from_the_last_cursor() -> None:
    seen: list[int] = []

    def crashing(cursor: Any, is_over: Callable[[], bool]) -> Any:
        if cursor == 2:
            raise RuntimeError("struck down")
        return counting(4, seen)(cursor, is_over)

    with pytest.raises(RuntimeError):
        in_slices("cases.check", NIGHT, crashing)
    assert Slot.objects.get().cursor == 2
    assert in_slices("cases.check", NIGHT, counting(4, seen))
    assert seen == [0, 1, 2, 3]


def test_who_was_overtaken_stops_and_leaves_the_other_ones_cursor() -> None:
    def overtaken(cursor: Any, is_over: Callable[[], bool]) -> Any:
        Slot.objects.update(cursor=700, slices=9)
        return 1

    assert not in_slices("cases.check", NIGHT, overtaken)
    assert Slot.objects.get().cursor == 700


def test_a_short_job_runs_once() -> None:
    for expected in (True, False):
        with once("portal.remind", "09:05") as is_mine:
            assert is_mine is expected


def test_a_short_job_that_failed_is_free_again() -> None:
    with pytest.raises(ValueError, match="no"), once("portal.remind", "09:05"):
        raise ValueError("no")
    with once("portal.remind", "09:05") as is_mine:
        assert is_mine


def test_two_at_once_and_only_one_works() -> None:
    seen: list[int] = []
    inner: list[bool] = []

    def elsewhere() -> None:
        """Another worker: a thread has a connection, and so a session, of its own."""
        try:
            inner.append(in_slices("cases.check", NIGHT, counting(1, seen)))
            with once("cases.check", NIGHT) as is_mine:
                inner.append(is_mine)
        finally:
            connection.close()

    def meanwhile(cursor: Any, is_over: Callable[[], bool]) -> Any:
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
        return None

    assert in_slices("cases.check", NIGHT, meanwhile)
    assert inner == [False, False]
    assert seen == []
