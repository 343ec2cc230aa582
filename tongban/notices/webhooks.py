"""Telling systems: a signed POST for each event owed to them, tried again until it is taken.

A row is owed once per event and endpoint; on the wire it may come twice, for an answer can be lost.
The receiver knows it by `X-Tongban-Delivery`, which stays the same, and drops the second.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import structlog
import urllib3
from django.conf import settings
from django.utils import timezone

from tongban.notices.dispatch import (
    BUDGET,
    Delivered,
    Outcome,
    claim,
    fail,
    postpone_or_fail,
    settle,
    settle_abandoned,
)
from tongban.notices.models import Channel, Endpoint, Notice, NoticeState

logger = structlog.get_logger(__name__)

# Shorter than the claim, so that nobody else takes the row while we still wait.
TIMEOUT = urllib3.Timeout(connect=3, read=10)
TOLERANCE = timedelta(minutes=5)
LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})


class NotTaken(Exception):
    """The receiver did not answer with 2xx."""


class UnfitAddress(ValueError):
    """An event leaves the house over HTTPS only; in a demonstration also to this machine."""


@dataclass(frozen=True)
class Forged(Exception):
    """A signature that is missing, wrong or too old; `reason` says which."""

    reason: str


def signature(secret: str, body: bytes, at: datetime) -> str:
    """`t=<seconds>,v1=<hex HMAC-SHA256 of "<seconds>.<body>">`."""
    moment = str(int(at.timestamp()))
    signed = hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256)
    return f"t={moment},v1={signed.hexdigest()}"


def verify(secret: str, body: bytes, header: str, *, now: datetime) -> None:
    """What a receiver does before it believes a body. Raises Forged."""
    parts = dict(part.partition("=")[::2] for part in header.split(","))
    moment = parts.get("t", "")
    if not moment.isascii() or not moment.isdecimal() or len(moment) > 12:
        raise Forged("no time")
    if abs(now.timestamp() - int(moment)) > TOLERANCE.total_seconds():
        raise Forged("too old")
    signed = hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256)
    if not hmac.compare_digest(signed.hexdigest(), parts.get("v1", "")):
        raise Forged("wrong signature")


def require_fit(url: str) -> None:
    """Raises UnfitAddress."""
    parts = urlsplit(url)
    here = settings.DEMONSTRATION and parts.scheme == "http" and parts.hostname in LOCAL
    if not (parts.hostname and (parts.scheme == "https" or here)) or "@" in parts.netloc:
        raise UnfitAddress(url)


def deliver_webhooks(
    *, limit: int | None = 100, now: datetime | None = None, budget: timedelta = BUDGET
) -> Delivered:
    """Send what is due, until none is left, `limit` were tried or the budget is spent.

    Any number may run at once; no transaction is open while a receiver is waited for.
    """
    stop_at = time.monotonic() + budget.total_seconds()
    settle_abandoned(now or timezone.now())
    tally: Counter[Outcome] = Counter()
    with urllib3.PoolManager(num_pools=4, retries=False, timeout=TIMEOUT) as pool:
        while (limit is None or tally.total() < limit) and time.monotonic() < stop_at:
            moment = now or timezone.now()
            notice = claim(moment, Channel.WEBHOOK)
            if notice is None:
                break
            tally[_attempt(notice, pool, moment)] += 1
    return Delivered(
        sent=tally[Outcome.SENT],
        failed=tally[Outcome.FAILED],
        skipped=tally[Outcome.SKIPPED],
        postponed=tally[Outcome.POSTPONED],
    )


def _attempt(notice: Notice, pool: urllib3.PoolManager, moment: datetime) -> Outcome:
    endpoint = Endpoint.objects.filter(pk=notice.recipient.removeprefix("endpoint:")).first()
    if endpoint is None or not endpoint.is_active:
        settle(notice, state=NoticeState.SKIPPED, skip_reason="系统已停用这个通知地址")
        return Outcome.SKIPPED
    try:
        require_fit(endpoint.url)
        _post(endpoint, notice, pool, moment)
    except UnfitAddress as error:
        return fail(notice, error)
    except (urllib3.exceptions.HTTPError, NotTaken) as error:
        return postpone_or_fail(notice, moment, error)
    settle(notice, state=NoticeState.DELIVERED, delivered_at=moment, last_error="")
    return Outcome.SENT


def _post(endpoint: Endpoint, notice: Notice, pool: urllib3.PoolManager, moment: datetime) -> None:
    body = json.dumps(
        {"id": notice.pk, "event": notice.event_key, **notice.context}, ensure_ascii=False
    ).encode()
    headers = {
        "Content-Type": "application/json",
        "X-Tongban-Delivery": str(notice.pk),
        "X-Tongban-Signature": signature(endpoint.secret, body, moment),
    }
    answer = pool.request("POST", endpoint.url, body=body, headers=headers, redirect=False)
    if not 200 <= answer.status < 300:
        raise NotTaken(f"HTTP {answer.status}")
