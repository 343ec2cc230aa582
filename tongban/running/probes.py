"""What the parts of the site have to say of their own state; each registers its probes at start.

This package knows nothing of cases or figures: whoever does says here what is to be watched.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

Read = Callable[[dt.datetime], float | None]


class Kind(StrEnum):
    """age: seconds by which something is behind; gauge: any number now; counter: only grows."""

    AGE = "age"
    GAUGE = "gauge"
    COUNTER = "counter"


@dataclass(frozen=True)
class Probe:
    """`read(now)`: one cheap statement at any size of the tables; None: nothing to measure.

    name: lower case and underscores, as the metric is called. limit: above it a person must look.
    """

    name: str
    title: str
    kind: Kind
    read: Read
    limit: float | None = None


_probes: dict[str, Probe] = {}


def register(probe: Probe) -> None:
    """Again under the same name replaces it."""
    _probes[probe.name] = probe


def probes() -> list[Probe]:
    return [_probes[name] for name in sorted(_probes)]


def scalar(statement: str) -> Read:
    """A probe's reading by one SQL statement of one value; `%(now)s` is the moment."""
    from django.db import connection

    def read(now: dt.datetime) -> float | None:
        with connection.cursor() as cursor:
            cursor.execute(statement, {"now": now})
            value = cursor.fetchone()[0]
        return None if value is None else float(value)

    return read
