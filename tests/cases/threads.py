"""Calls that start together, each in a thread with a database connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connection


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
