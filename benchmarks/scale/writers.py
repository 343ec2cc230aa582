"""Sixteen writers through the public engine, with the supervisors' pages off and on, in turns."""

from __future__ import annotations

import heapq
import multiprocessing
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.sharedctypes import Synchronized
from random import Random
from typing import Any

from django.db import connections
from django.test import Client
from django.utils import timezone

from workflows.flows.simulation.cast import gather as gather_cast
from workflows.flows.simulation.play import Play
from workflows.throughput.counting import count_today
from workflows.throughput.models import CountedDay

from .people import gather

WRITERS = 16
ROUNDS, SECONDS = 4, 20.0
LEAST_KEPT = 0.85
COUNT_EVERY = 30.0
# Twenty supervisors and two wall screens, each of whose pages renews itself every half minute.
PAGES_A_SECOND = 22 / 30
LIFE = 7

Number = Synchronized


class Now(Play):
    """The simulation's people, at once: each case is opened and walks on without waiting."""

    def live(self, luck: Random) -> int:
        """One case's first steps, each its own transaction; how many were taken."""
        before = self.played.opened + self.played.steps
        self.queue.clear()
        self._open(timezone.now(), luck)
        for _ in range(LIFE):
            if not self.queue:
                break
            due = heapq.heappop(self.queue)
            self.queue.clear()
            due.at = timezone.now()
            self.queue.append(due)
            self._play_up_to(timezone.now(), lambda _: None)
        return self.played.opened + self.played.steps - before


def measure(
    *,
    writers: int = WRITERS,
    rounds: int = ROUNDS,
    seconds: float = SECONDS,
    pages_a_second: float = PAGES_A_SECOND,
) -> dict[str, Any]:
    """Transitions a second without and with the pages, in turns; ratios of neighbouring rounds."""
    supervisor = gather().people["supervisor"].pk
    # Web processes are warm; those that look below are forked from this one and remember what it does.
    _signed_in(supervisor).get("/throughput/")
    connections.close_all()
    off, on, fresh = [], [], list[float]()
    with _writing(writers) as taken:
        time.sleep(min(seconds, 10))
        for _ in range(rounds):
            off.append(_rate(taken, seconds))
            with _watching(supervisor, pages_a_second) as (pages, seen):
                on.append(_rate(taken, seconds))
                fresh += seen[:]
                shown = pages.value
    kept = [b / a for a, b in zip(off, on, strict=True)]
    return {
        "writers": writers,
        "transitions a second, pages off": [round(each, 1) for each in off],
        "transitions a second, pages on": [round(each, 1) for each in on],
        "kept, each round": [round(each, 3) for each in kept],
        "kept, median": round(statistics.median(kept), 3),
        "enough": statistics.median(kept) >= LEAST_KEPT,
        "pages asked for a second": round(pages_a_second, 2),
        "pages shown in the last round": shown,
        "event to dashboard, s": {
            "median": round(statistics.median(fresh), 1) if fresh else None,
            "longest": round(max(fresh), 1) if fresh else None,
            "counted every": COUNT_EVERY,
        },
    }


def _rate(taken: Number[int], seconds: float) -> float:
    before, begun = taken.value, time.perf_counter()
    time.sleep(seconds)
    return (taken.value - before) / (time.perf_counter() - begun)


@contextmanager
def _writing(writers: int) -> Iterator[Number[int]]:
    context = multiprocessing.get_context("fork")
    taken: Any = context.Value("q", 0)
    stop = context.Event()
    processes = [
        context.Process(target=_write, args=(nth, taken, stop), daemon=True)
        for nth in range(writers)
    ]
    for process in processes:
        process.start()
    try:
        yield taken
    finally:
        stop.set()
        for process in processes:
            process.join(60)


def _write(nth: int, taken: Any, stop: Any) -> None:
    connections.close_all()
    luck = Random(f"writer {nth} {time.time()}")  # noqa: S311
    play = Now(gather_cast(timezone.localdate()), seed=nth, until=timezone.now())
    while not stop.is_set():
        done = play.live(luck)
        with taken.get_lock():
            taken.value += done
    connections.close_all()


@contextmanager
def _watching(supervisor: int, pages_a_second: float) -> Iterator[tuple[Any, Any]]:
    """Counting every half minute, and somebody's dashboard so many times a second."""
    context = multiprocessing.get_context("fork")
    pages, stop = context.Value("q", 0), context.Event()
    with context.Manager() as manager:
        seen = manager.list()
        processes = [
            context.Process(target=_count, args=(stop, seen), daemon=True),
            context.Process(
                target=_look, args=(supervisor, pages_a_second, pages, stop), daemon=True
            ),
        ]
        for process in processes:
            process.start()
        try:
            yield pages, seen
        finally:
            stop.set()
            for process in processes:
                process.join(60)


def _count(stop: Any, seen: Any) -> None:
    """As beat does. seen: how old the oldest event was that this count was the first to show."""
    connections.close_all()
    last = CountedDay.objects.filter(day=timezone.localdate()).first()
    since = last.counted_at if last else timezone.now()
    while not stop.is_set():
        begun = time.monotonic()
        count_today()
        counted = CountedDay.objects.get(day=timezone.localdate())
        waited = timezone.now() - since
        if waited.total_seconds() < 2 * COUNT_EVERY:
            seen.append(waited.total_seconds())
        since = counted.counted_at
        stop.wait(max(0.0, COUNT_EVERY - (time.monotonic() - begun)))
    connections.close_all()


def _look(supervisor: int, pages_a_second: float, pages: Any, stop: Any) -> None:
    connections.close_all()
    client = _signed_in(supervisor)
    next_at = time.monotonic()
    while not stop.is_set():
        if client.get("/throughput/").status_code == 200:
            with pages.get_lock():
                pages.value += 1
        next_at = max(next_at + 1 / pages_a_second, time.monotonic() - 1)
        stop.wait(max(0.0, next_at - time.monotonic()))
    connections.close_all()


def _signed_in(supervisor: int) -> Client:
    from tongban.accounts.models import User

    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(pk=supervisor))
    return client
