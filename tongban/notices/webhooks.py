"""Telling systems: a signed POST for each event owed to them, tried again until it is taken.

A row is owed once per event and endpoint; on the wire it may come twice, for an answer can be lost.
The receiver knows it by `X-Tongban-Delivery`, which stays the same, and drops the second.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import urllib3
from django.conf import settings

from tongban.notices.carriers import (
    AskLater,
    HandOver,
    NothingBefore,
    Nowhere,
    RefusedForGood,
    TryLater,
)
from tongban.notices.delivering import BUDGET, Delivered, deliver
from tongban.notices.models import Channel, Endpoint, Notice, NoticeState
from tongban.sharing import breaker

# Shorter than the claim, so that nobody else takes the row while we still wait.
TIMEOUT = urllib3.Timeout(connect=3, read=10)
TOLERANCE = timedelta(minutes=5)
LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})


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


class WebhookSession(NothingBefore):
    """One pool of connections, and the endpoints of the batch at hand.

    One that does not answer is left alone for a minute by the breaker of all connectors: ten seconds
    of waiting for each of its events would leave none for the other systems.
    """

    def __init__(self, pool: urllib3.PoolManager) -> None:
        self.pool = pool
        self.endpoints: dict[str, Endpoint] = {}
        # By endpoint: whether it may be asked in this run, and whether it has answered.
        self.admitted: dict[int, bool] = {}
        self.answered: set[int] = set()

    def prepare(self, notices: Sequence[Notice]) -> None:
        keys = {notice.recipient.removeprefix("endpoint:") for notice in notices}
        self.endpoints = {str(e.pk): e for e in Endpoint.objects.filter(pk__in=keys)}

    def send(self, notice: Notice, now: datetime, *, hand_over: HandOver) -> None:  # noqa: ARG002
        """No word before it: the receiver knows a second copy by its number and drops it."""
        endpoint = self.endpoints.get(notice.recipient.removeprefix("endpoint:"))
        if endpoint is None or not endpoint.is_active:
            raise Nowhere("系统已停用这个通知地址")
        if endpoint.pk not in self.admitted:
            self.admitted[endpoint.pk] = breaker.admits(_key(endpoint), now)
        if not self.admitted[endpoint.pk]:
            raise AskLater("对方系统没有回应，稍后再发")
        try:
            require_fit(endpoint.url)
            status = _post(endpoint, notice, self.pool, now)
        except UnfitAddress as error:
            raise RefusedForGood(str(error)) from error
        except urllib3.exceptions.HTTPError as error:
            breaker.failed(_key(endpoint), type(error).__name__, now)
            self.admitted[endpoint.pk] = False
            raise TryLater(str(error)) from error
        if endpoint.pk not in self.answered:
            breaker.answered(_key(endpoint), now)
            self.answered.add(endpoint.pk)
        if not 200 <= status < 300:
            raise TryLater(f"HTTP {status}")


def _key(endpoint: Endpoint) -> str:
    """Among the breakers of all connectors."""
    return f"webhook:{endpoint.pk}"


class WebhookCarrier:
    channel = Channel.WEBHOOK.value
    orphaned = NoticeState.UNSURE

    def is_configured(self) -> bool:
        return True

    @contextmanager
    def session(self) -> Iterator[WebhookSession]:
        with urllib3.PoolManager(num_pools=4, retries=False, timeout=TIMEOUT) as pool:
            yield WebhookSession(pool)


def deliver_webhooks(
    *, limit: int | None = 100, now: datetime | None = None, budget: timedelta = BUDGET
) -> Delivered:
    """What is due to systems, by the dispatcher's one algorithm."""
    return deliver(WebhookCarrier(), limit=limit, now=now, budget=budget)


def _post(endpoint: Endpoint, notice: Notice, pool: urllib3.PoolManager, moment: datetime) -> int:
    """The status of the answer."""
    body = json.dumps(
        {"id": notice.pk, "event": notice.event_key, **notice.context}, ensure_ascii=False
    ).encode()
    headers = {
        "Content-Type": "application/json",
        "X-Tongban-Delivery": str(notice.pk),
        "X-Tongban-Signature": signature(endpoint.secret, body, moment),
    }
    answer = pool.request("POST", endpoint.url, body=body, headers=headers, redirect=False)
    return answer.status
