"""How long the server worked: its process's own CPU time, which other people's work does not lengthen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection


def server_seconds() -> float | None:
    """CPU seconds of this connection's server process; None where it runs on another machine."""
    pid = connection.connection.info.backend_pid if connection.connection else None
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except (OSError, ValueError, IndexError):
        return None


@contextmanager
def alone() -> Iterator[None]:
    """Without parallel workers: all the work of a statement is done, and counted, in one process."""
    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET max_parallel_workers_per_gather")
