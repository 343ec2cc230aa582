"""A site that is well: every queue read, the beat ticking, the calendar announced."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.utils import timezone

from tongban.celery import QUEUES
from tongban.running import beats, pages
from tongban.running.beats import Lag
from tongban.running.models import Heartbeat


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    """The answer of before is another test's."""
    pages._kept.clear()
    yield
    pages._kept.clear()


@pytest.fixture
def queues(monkeypatch: pytest.MonkeyPatch) -> dict[str, Lag]:
    """What the broker is said to hold; a test may change it."""
    lags = dict.fromkeys(QUEUES, Lag(0, None))
    monkeypatch.setattr(beats, "queue_lags", lambda: lags)
    return lags


@pytest.fixture
def well(db: None, queues: dict[str, Lag]) -> dt.datetime:
    """A worker on every queue and a beat, alive now."""
    now = timezone.now()
    beats.beat("w1@site 10", Heartbeat.Kind.WORKER, queues=QUEUES, now=now)
    beats.beat("beat@site 11", Heartbeat.Kind.BEAT, now=now)
    return now
