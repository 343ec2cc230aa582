"""Counting answers: around the whole site, at no cost to a request but a few additions.

Each process adds up by itself and writes the sums down every few seconds, from a thread: a request
never waits for it. A process that is killed takes at most those seconds' counts with it.
"""

from __future__ import annotations

import atexit
import os
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import structlog
from django.db import DatabaseError, InterfaceError, connection

log = structlog.get_logger(__name__)
EVERY_SECONDS = 5.0
SLOW_SECONDS = 1.0
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

_ADD = """
INSERT INTO running_httpcount (method, answer, requests, slow, seconds) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (method, answer) DO UPDATE SET
  requests = running_httpcount.requests + excluded.requests,
  slow = running_httpcount.slow + excluded.slow,
  seconds = running_httpcount.seconds + excluded.seconds
"""
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Sums = dict[tuple[str, str], tuple[int, int, float]]


class Counted:
    """A WSGI application whose answers are counted by method and class of status."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.sums: Sums = {}
        self.lock = threading.Lock()
        self.counting_in = 0

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        began = time.perf_counter()
        answers = ["5xx"]

        def started(status: str, *more: Any) -> Any:
            answers[0] = f"{status[:1]}xx"
            return start_response(status, *more)

        try:
            return self.application(environ, started)
        finally:
            method = environ.get("REQUEST_METHOD", "")
            self._count(
                method if method in METHODS else "other", answers[0], time.perf_counter() - began
            )

    def _count(self, method: str, answer: str, seconds: float) -> None:
        # A server that loads the site and then forks: each child has a thread of its own.
        if self.counting_in != os.getpid():
            self._begin()
        with self.lock:
            requests, slow, total = self.sums.get((method, answer), (0, 0, 0.0))
            self.sums[method, answer] = (
                requests + 1,
                slow + (seconds > SLOW_SECONDS),
                total + seconds,
            )

    def _begin(self) -> None:
        with self.lock:
            if self.counting_in == os.getpid():
                return
            self.counting_in, self.sums = os.getpid(), {}
        threading.Thread(target=self._go_on, name="counting answers", daemon=True).start()
        atexit.register(self.write_down)

    def _go_on(self) -> None:
        while True:
            time.sleep(EVERY_SECONDS)
            self.write_down()

    def write_down(self) -> None:
        """What was counted since; a database that is gone gets it the next time."""
        with self.lock:
            sums, self.sums = self.sums, {}
        if not sums:
            return
        try:
            with connection.cursor() as cursor:
                cursor.executemany(_ADD, [(*key, *counts) for key, counts in sorted(sums.items())])
        except (DatabaseError, InterfaceError) as error:
            log.warning("answers not written down", error=type(error).__name__)
            self._take_back(sums)
        finally:
            connection.close()

    def _take_back(self, sums: Sums) -> None:
        with self.lock:
            for key, counts in sums.items():
                now = self.sums.get(key, (0, 0, 0.0))
                self.sums[key] = (now[0] + counts[0], now[1] + counts[1], now[2] + counts[2])
