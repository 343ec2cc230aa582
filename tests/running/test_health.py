"""Machines and people hear at once what is not running, and outsiders hear nothing of it."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as site
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from prometheus_client.parser import text_string_to_metric_families
from redis import Redis

from tests.world import World
from tongban.celery import QUEUES
from tongban.notices.models import Channel, Notice
from tongban.running import beats, health, runs
from tongban.running.beats import BrokerGone, Lag
from tongban.running.http import Counted
from tongban.running.models import Heartbeat, HttpCount, TaskRun
from tongban.running.probes import probes

LATER = dt.timedelta(minutes=5)


def test_a_site_that_is_well_says_so(well: dt.datetime, client: Client) -> None:
    answer = client.get("/healthz")

    assert answer.status_code == 200
    told = answer.json()["checks"]
    assert set(told["consumer"]) == set(told["lag"]) == set(QUEUES)
    assert told["database"]["ok"]
    assert told["broker"]["ok"]
    assert told["beat"]["ok"]


def no_consumer(queues: dict[str, Lag]) -> None:
    Heartbeat.objects.filter(kind="worker").update(queues=["notices", "sweeps", "nightly"])


def silent_worker(queues: dict[str, Lag]) -> None:
    Heartbeat.objects.filter(kind="worker").update(at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))


def no_beat(queues: dict[str, Lag]) -> None:
    Heartbeat.objects.filter(kind="beat").delete()


def long_queue(queues: dict[str, Lag]) -> None:
    queues["counts"] = Lag(40, 400.0)


@pytest.mark.parametrize(
    ("harm", "where"),
    [
        (no_consumer, "consumer"),
        (silent_worker, "consumer"),
        (no_beat, "beat"),
        (long_queue, "lag"),
    ],
)
def test_each_failure_is_named_and_answered_with_503(
    well: dt.datetime,
    queues: dict[str, Lag],
    client: Client,
    harm: Callable[[dict[str, Lag]], None],
    where: str,
) -> None:
    harm(queues)
    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert {check.name for check in health.report().checks if check.fails} == {where}
    # The pages go on: a load balancer is not to take this process away.
    assert client.get("/healthz/web").status_code == 200


def test_a_broker_or_a_database_that_is_gone_is_what_the_report_tells(
    well: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> Any:
        raise BrokerGone("ConnectionError")

    def broken() -> Any:
        raise DatabaseError("server closed the connection, password=secret")

    monkeypatch.setattr(beats, "queue_lags", gone)
    assert {check.name for check in health.report().checks if check.fails} == {"broker"}
    monkeypatch.setattr(beats, "heartbeats", broken)
    found = health.report()
    assert {check.name for check in found.checks if check.fails} == {"broker", "database"}
    assert "secret" not in json.dumps(found.as_json())


def test_a_mail_server_that_takes_nothing_is_a_warning_and_no_failure(
    well: dt.datetime, world: World
) -> None:
    Notice.objects.create(
        event_key="case:1:1",
        channel=Channel.EMAIL,
        recipient="user:1",
        template="accepted",
        next_attempt_at=well - dt.timedelta(hours=2),
    )
    found = health.report()

    assert found.status == "warning"
    (unsent,) = [check for check in found.checks if check.name == "unsent"]
    assert (unsent.of, unsent.is_well, unsent.text) == ("email", False, "最久的一条到时已 2 小时")


def test_an_alarm_that_nobody_sweeps_and_a_calendar_that_is_missing_are_seen(
    well: dt.datetime, world: World
) -> None:
    case = world.open()
    type(case).objects.filter(pk=case.pk).update(next_alarm_at=well - dt.timedelta(minutes=10))
    found = {check.name: check for check in health.report().checks}

    assert not found["unswept_alarm"].is_well
    assert found["unswept_alarm"].text == "最久 10 分钟"
    assert not health.report(dt.datetime(2029, 12, 1, tzinfo=dt.UTC)).checks[-1].is_well


@pytest.mark.parametrize(
    ("headers", "is_told"),
    [
        ({"REMOTE_ADDR": "203.0.113.9"}, False),
        ({"REMOTE_ADDR": "127.0.0.1"}, True),
        ({"REMOTE_ADDR": "::1"}, True),
        # Through a proxy that the settings do not know of.
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.9"}, False),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_REAL_IP": "127.0.0.1"}, False),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_FORWARDED": "for=127.0.0.1"}, False),
        ({"REMOTE_ADDR": "", "HTTP_X_FORWARDED_FOR": "127.0.0.1"}, False),
        ({"REMOTE_ADDR": "203.0.113.9", "HTTP_AUTHORIZATION": "Bearer watch-word"}, True),
        ({"REMOTE_ADDR": "203.0.113.9", "HTTP_AUTHORIZATION": "Bearer watch-wort"}, False),
        ({"REMOTE_ADDR": "203.0.113.9", "HTTP_AUTHORIZATION": "Bearer "}, False),
    ],
)
def test_outsiders_hear_whether_the_site_is_well_and_no_more(
    well: dt.datetime, client: Client, settings: Any, headers: dict[str, Any], is_told: bool
) -> None:
    settings.MONITORING_TOKEN = "watch-word"

    assert ("checks" in client.get("/healthz", **headers).json()) is is_told
    assert client.get("/metrics", **headers).status_code == (200 if is_told else 404)


@pytest.mark.parametrize(
    ("headers", "is_told"),
    [
        # Past the proxy, by somebody who makes its header up.
        ({"REMOTE_ADDR": "203.0.113.9", "HTTP_X_FORWARDED_FOR": "127.0.0.1"}, False),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "127.0.0.1"}, False),
        ({"REMOTE_ADDR": "127.0.0.1"}, True),
    ],
)
def test_what_a_proxy_of_ours_says_makes_nobody_a_watcher(
    well: dt.datetime, client: Client, settings: Any, headers: dict[str, Any], is_told: bool
) -> None:
    settings.TRUSTED_PROXIES = 1
    assert ("checks" in client.get("/healthz", **headers).json()) is is_told


def test_an_empty_token_opens_nothing(well: dt.datetime, client: Client) -> None:
    headers: dict[str, Any] = {"REMOTE_ADDR": "203.0.113.9", "HTTP_AUTHORIZATION": "Bearer "}
    assert client.get("/metrics", **headers).status_code == 404


def scraped(client: Client) -> dict[tuple[str, ...], float]:
    text = client.get("/metrics").content.decode()
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_a_scrape_says_in_numbers_what_the_page_says_in_words(
    well: dt.datetime, queues: dict[str, Lag], client: Client
) -> None:
    queues["sweeps"] = Lag(7, 12.5)
    runs.started("cases.sweep", at=well)
    runs.ended("cases.sweep", at=well, seconds=1.5)
    runs.ended("cases.sweep", at=well, seconds=0.5, error="OperationalError")
    found = scraped(client)

    assert found["tongban_queue_waiting", "sweeps"] == 7
    assert found["tongban_queue_oldest_seconds", "sweeps"] == 12.5
    assert found["tongban_queue_consumers", "nightly"] == 1
    assert found["tongban_task_seconds_count", "cases.sweep"] == 2
    assert found["tongban_task_seconds_sum", "cases.sweep"] == 2.0
    assert found["tongban_task_failures_total", "cases.sweep"] == 1
    assert found["tongban_up", "database"] == found["tongban_up", "broker"] == 1


def test_a_scrape_costs_as_many_statements_however_much_there_is(
    well: dt.datetime, client: Client
) -> None:
    for number in range(30):
        runs.ended(f"made.up_{number}", at=well, seconds=1)
    with CaptureQueriesContext(connection) as caught:
        client.get("/metrics")
    assert len(caught) == 5 + len(probes())
    with CaptureQueriesContext(connection) as caught:
        client.get("/healthz")
    ages = [probe for probe in probes() if probe.kind == "age"]
    assert len(caught) == 3 + len(ages)
    # Asked again at once, nothing is looked at.
    with CaptureQueriesContext(connection) as caught:
        client.get("/healthz")
    assert len(caught) == 0


def test_the_lag_of_a_queue_is_read_off_its_oldest_message(settings: Any) -> None:
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {
        **site.CELERY_BROKER_TRANSPORT_OPTIONS,
        "global_keyprefix": "lag-test:",
    }
    with Redis.from_url(site.REDIS_URL) as redis:
        for age in (90, 30):
            sent = {"headers": {beats.SENT_AT: time.time() - age}}
            redis.lpush("lag-test:notices", json.dumps(sent))
        redis.lpush("lag-test:counts", "neither JSON nor ours")
        try:
            lags = beats.queue_lags()
        finally:
            redis.delete("lag-test:notices", "lag-test:counts")

    assert lags["notices"].waiting == 2
    assert 89 < (lags["notices"].oldest_seconds or 0) < 100
    assert lags["counts"] == Lag(1, None)
    assert lags["sweeps"] == Lag(0, None)


def test_a_run_that_was_struck_down_leaves_a_start_without_an_end(well: dt.datetime) -> None:
    runs.ended("cases.sweep", at=well - LATER, seconds=1)
    runs.started("cases.sweep", at=well)
    kept = TaskRun.objects.get(name="cases.sweep")

    assert kept.started_at
    assert kept.finished_at
    assert kept.started_at > kept.finished_at


def test_answers_are_counted_for_all_processes_together(db: None) -> None:
    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        if environ["PATH_INFO"] == "/broken":
            raise RuntimeError
        start_response("200 OK", [])
        return [b""]

    one, other = Counted(application), Counted(application)
    for process in (one, other):
        process.counting_in = -1
        process._begin = lambda: None  # type: ignore[method-assign]  # no thread in a test
        process({"REQUEST_METHOD": "GET", "PATH_INFO": "/"}, lambda *_: None)
        with pytest.raises(RuntimeError):
            process({"REQUEST_METHOD": "BREW", "PATH_INFO": "/broken"}, lambda *_: None)
        written(process)

    counts = {(row.method, row.answer): row.requests for row in HttpCount.objects.all()}
    assert counts == {("GET", "2xx"): 2, ("other", "5xx"): 2}


def written(process: Counted) -> None:
    """Write down over this test's connection, which must stay open."""
    close, connection.close = connection.close, lambda: None  # type: ignore[method-assign]
    try:
        process.write_down()
    finally:
        connection.close = close  # type: ignore[method-assign]
