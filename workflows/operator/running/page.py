"""Queues, workers, the beat and each periodic task: what is well, and what is overdue."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tongban.notices.models import Channel, NoticeState
from tongban.running import beats, health, watching
from tongban.running.models import Heartbeat
from tongban.running.periodic import periodic

from ..door import for_operators

OF_QUEUES = ("lag", "consumer")
STATUS = {
    "ok": ("good", "正常"),
    "warning": ("warn", "需要留意"),
    "failing": ("bad", "有故障"),
}
CHANNELS = dict(Channel.choices)
STATES = dict(NoticeState.choices)


@require_safe
@for_operators
def running(request: HttpRequest) -> HttpResponse:
    """Seven statements, one more for each age that is watched, and one question to the broker."""
    report = health.report()
    now = report.at
    found = beats.heartbeats()
    context = {
        "report": report,
        "status": STATUS[report.status],
        "checks": [
            (check, CHANNELS.get(check.of, ""))
            for check in report.checks
            if check.name not in OF_QUEUES
        ],
        "queues": _queues(report),
        "processes": [_process(each, (now - each.at).total_seconds()) for each in found],
        "rows": periodic(now),
        "notices": _notices(),
    }
    return render(request, "operator/running.html", context)


def _queues(report: health.Report) -> list[dict[str, Any]]:
    """By queue, its lag and its consumer; without a broker only the consumers."""
    rows: dict[str, dict[str, Any]] = {}
    for check in report.checks:
        if check.name in OF_QUEUES:
            rows.setdefault(check.of, {"queue": check.of})[check.name] = check
    return list(rows.values())


def _process(beat: Heartbeat, seconds: float) -> dict[str, Any]:
    is_alive = seconds <= beats.SILENT_SECONDS
    return {"beat": beat, "is_alive": is_alive, "ago": health.told(seconds)}


def _notices() -> list[dict[str, Any]]:
    return [
        {"channel": CHANNELS[channel], "state": STATES[state], "count": count}
        for (channel, state), count in sorted(watching.open_notices().items())
    ]
