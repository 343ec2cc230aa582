"""Is the site well? One report, for the page of people, the JSON of machines and the metrics."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from tongban.celery import QUEUES

from . import beats, watching
from .models import Heartbeat
from .probes import Kind, probes

# Seconds. A queue's messages come every ten or thirty seconds and take as long at most.
LAG_LIMIT = 180.0
BEAT_LIMIT = 60.0
UNSENT_LIMIT = 1800.0


@dataclass(frozen=True)
class Check:
    """One thing that was looked at. `is_vital`: without it the site as a whole is failing.

    value: a number as `unit` says ("s" seconds, "" a count), None where there is nothing to say.
    """

    name: str
    title: str
    is_well: bool
    is_vital: bool
    text: str
    value: float | None = None
    of: str = ""

    @property
    def fails(self) -> bool:
        return self.is_vital and not self.is_well


@dataclass(frozen=True)
class Report:
    """status: "ok", "warning" (a person should look) or "failing"."""

    at: dt.datetime
    checks: tuple[Check, ...]

    @property
    def status(self) -> str:
        if any(check.fails for check in self.checks):
            return "failing"
        return "ok" if all(check.is_well for check in self.checks) else "warning"

    def as_json(self) -> dict[str, Any]:
        told: dict[str, Any] = {}
        for check in self.checks:
            said = {"ok": check.is_well, "value": check.value, "text": check.text}
            if check.of:
                told.setdefault(check.name, {})[check.of] = said
            else:
                told[check.name] = said
        return {"status": self.status, "at": self.at.isoformat(), "checks": told}


def report(now: dt.datetime | None = None) -> Report:
    """Never raises: a database or broker that is gone is what it tells."""
    moment = now or timezone.now()
    return Report(moment, tuple(_checks(moment)))


def is_ready() -> bool:
    """Can this web process answer people? The broker's or a worker's trouble is not theirs."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        return False
    return True


def _checks(now: dt.datetime) -> Iterator[Check]:
    try:
        found = [Check("database", "数据库", True, True, "正常"), *_of_tables(now)]
    except (DatabaseError, InterfaceError) as error:
        found = [Check("database", "数据库", False, True, f"不通（{type(error).__name__}）")]
    yield from found[:1]
    yield from _broker()
    yield from found[1:]


def _of_tables(now: dt.datetime) -> Iterator[Check]:
    """Three statements, and one for each age that is watched."""
    found = beats.heartbeats()
    for queue in QUEUES:
        yield _consumer(queue, beats.silence(found, Heartbeat.Kind.WORKER, queue=queue, now=now))
    yield _beat(beats.silence(found, Heartbeat.Kind.BEAT, now=now))
    for channel, seconds in sorted(watching.oldest_unsent(now).items()):
        is_well, text = seconds <= UNSENT_LIMIT, f"最久的一条到时已 {told(seconds)}"
        yield Check("unsent", "待发通知", is_well, False, text, seconds, of=channel)
    for probe in probes():
        if probe.kind is Kind.AGE:
            value = probe.read(now)
            is_well = value is None or probe.limit is None or value <= probe.limit
            text = "没有" if value is None else f"最久 {told(value)}"
            yield Check(probe.name, probe.title, is_well, False, text, value)
    year = watching.unannounced_year(now)
    text = f"{year} 年放假安排尚未导入，期限按暂定日历计算" if year else "已按公布的放假安排"
    yield Check("calendar", "工作日历", year is None, False, text, year)


def _broker() -> Iterator[Check]:
    try:
        lags = beats.queue_lags()
    except beats.BrokerGone as error:
        yield Check("broker", "消息队列服务", False, True, f"不通（{error}）")
        return
    yield Check("broker", "消息队列服务", True, True, "正常")
    for queue, lag in lags.items():
        waits = lag.oldest_seconds
        is_well = waits is None or waits <= LAG_LIMIT
        text = f"{lag.waiting} 条在等" + (f"，最久 {told(waits)}" if waits is not None else "")
        yield Check("lag", "队列积压", is_well, True, text, waits, of=queue)


def _consumer(queue: str, seconds: float | None) -> Check:
    is_well = seconds is not None and seconds <= beats.SILENT_SECONDS
    text = "没有任务进程在读" if seconds is None else f"最近心跳 {told(seconds)}前"
    return Check("consumer", "队列有人读", is_well, True, text, seconds, of=queue)


def _beat(seconds: float | None) -> Check:
    is_well = seconds is not None and seconds <= BEAT_LIMIT
    text = "没有定时进程" if seconds is None else f"最近一次 {told(seconds)}前"
    return Check("beat", "定时进程", is_well, True, text, seconds)


def told(seconds: float) -> str:
    """In words, to the unit that matters."""
    for size, unit in ((86400, "天"), (3600, "小时"), (60, "分钟")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} 秒"
