"""What Prometheus scrapes: computed at the scrape, from PostgreSQL and Redis.

The client library's own counters live in one process each. Here web processes, pool processes and
machines come and go, and a scrape meets any one of them; its multi-process mode keeps files that
die with the machine and grow with every pool child. What the tables say holds for all of them,
survives kill -9, and costs the same few statements whoever asks. The library writes the format.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db import DatabaseError, InterfaceError
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    Metric,
    SummaryMetricFamily,
)
from prometheus_client.registry import Collector

from tongban.celery import QUEUES

from . import beats, watching
from .models import Heartbeat, HttpCount, TaskRun
from .probes import Kind, probes

PREFIX = "tongban_"


def exposition() -> bytes:
    """The text format. A part that cannot be had is missing, and `tongban_up` says which."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Scrape(timezone.now()))
    return generate_latest(registry)


class Scrape(Collector):
    """All there is to say at one moment. Five statements, and one for each probe."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now

    def describe(self) -> list[Metric]:
        """Nothing in advance: registering asks no table."""
        return []

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily(PREFIX + "up", "Whether it answers.", labels=["part"])
        for part, read in (("database", self._tables), ("broker", self._queues)):
            try:
                found = list(read())
            except (DatabaseError, InterfaceError, beats.BrokerGone):
                up.add_metric([part], 0)
                continue
            up.add_metric([part], 1)
            yield from found
        yield up

    def _queues(self) -> Iterator[Metric]:
        waiting = _gauge("queue_waiting", "Messages that nobody has taken.", "queue")
        oldest = _gauge("queue_oldest_seconds", "Age of the oldest message.", "queue")
        for queue, lag in beats.queue_lags().items():
            waiting.add_metric([queue], lag.waiting)
            oldest.add_metric([queue], lag.oldest_seconds or 0)
        yield from (waiting, oldest)

    def _tables(self) -> Iterator[Metric]:
        yield from self._beats()
        yield from _tasks()
        yield from self._notices()
        yield from _http()
        for probe in probes():
            value = probe.read(self.now)
            if probe.kind is Kind.COUNTER:
                yield CounterMetricFamily(PREFIX + probe.name, probe.title, value=value or 0)
            else:
                suffix = "_seconds" if probe.kind is Kind.AGE else ""
                name = PREFIX + probe.name + suffix
                yield GaugeMetricFamily(name, probe.title, value=value or 0)

    def _beats(self) -> Iterator[Metric]:
        found = beats.heartbeats()
        consumers = _gauge("queue_consumers", "Living workers that read the queue.", "queue")
        for queue in QUEUES:
            alive = [
                each
                for each in found
                if queue in each.queues
                and (self.now - each.at).total_seconds() <= beats.SILENT_SECONDS
            ]
            consumers.add_metric([queue], len(alive))
        silent = beats.silence(found, Heartbeat.Kind.BEAT, now=self.now)
        name = PREFIX + "beat_silent_seconds"
        yield consumers
        if silent is not None:
            yield GaugeMetricFamily(name, "Since the beat last sent something.", value=silent)

    def _notices(self) -> Iterator[Metric]:
        rows = GaugeMetricFamily(
            PREFIX + "notices", "Notices that are not settled.", labels=["channel", "state"]
        )
        for labels, count in watching.open_notices().items():
            rows.add_metric(list(labels), count)
        oldest = _gauge("notice_oldest_due_seconds", "The longest due notice.", "channel")
        for channel, seconds in watching.oldest_unsent(self.now).items():
            oldest.add_metric([channel], seconds)
        yield from (rows, oldest)


def _tasks() -> Iterator[Metric]:
    seconds = SummaryMetricFamily(
        PREFIX + "task_seconds", "Runs of a task and the time they took.", labels=["task"]
    )
    failures = CounterMetricFamily(PREFIX + "task_failures", "Runs that failed.", labels=["task"])
    last = _gauge("task_last_start_timestamp_seconds", "When it last began.", "task")
    for run in TaskRun.objects.order_by("name"):
        seconds.add_metric([run.name], run.runs, run.total_seconds)
        failures.add_metric([run.name], run.failures)
        if run.started_at:
            last.add_metric([run.name], run.started_at.timestamp())
    yield from (seconds, failures, last)


def _http() -> Iterator[Metric]:
    labels = ["method", "answer"]
    seconds = SummaryMetricFamily(PREFIX + "http_seconds", "Requests answered.", labels=labels)
    slow = CounterMetricFamily(PREFIX + "http_slow", "Over one second.", labels=labels)
    for row in HttpCount.objects.order_by("method", "answer"):
        seconds.add_metric([row.method, row.answer], row.requests, row.seconds)
        slow.add_metric([row.method, row.answer], row.slow)
    yield from (seconds, slow)


def _gauge(name: str, told: str, label: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(PREFIX + name, told, labels=[label])
