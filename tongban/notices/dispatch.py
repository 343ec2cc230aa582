"""The dispatcher: every channel's due notices, each channel in its own time.

A mail server that hangs must not hold up the text messages, so in the background each channel
runs in a thread of its own and has its own budget; `deliver_due` takes one after the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from django.db import connections

from .carriers import Carrier
from .delivering import BUDGET, Delivered, deliver
from .email import EmailCarrier
from .sms.carrier import SmsCarrier
from .webhooks import WebhookCarrier

__all__ = ["BUDGET", "CARRIERS", "Delivered", "deliver_due", "deliver_together"]

CARRIERS: tuple[Carrier, ...] = (EmailCarrier(), SmsCarrier(), WebhookCarrier())


def deliver_due(
    *,
    channels: Iterable[str] | None = None,
    limit: int | None = 100,
    now: datetime | None = None,
    budget: timedelta = BUDGET,
) -> Delivered:
    """Deliver what is due, one channel after the other; limit and budget are each channel's."""
    done = Delivered()
    for carrier in _of(channels):
        done += deliver(carrier, limit=limit, now=now, budget=budget)
    return done


def deliver_together(
    *,
    channels: Iterable[str] | None = None,
    limit: int | None = None,
    budget: timedelta = BUDGET,
) -> Delivered:
    """Deliver what is due, all channels at once; as long as the slowest takes."""
    open_ones = [carrier for carrier in _of(channels) if carrier.is_configured()]
    if not open_ones:
        return Delivered()
    with ThreadPoolExecutor(len(open_ones), thread_name_prefix="notices") as pool:
        runs = [pool.submit(_alone, carrier, limit, budget) for carrier in open_ones]
    # Every channel has had its run before one's trouble is raised.
    return sum((run.result() for run in runs), Delivered())


def _alone(carrier: Carrier, limit: int | None, budget: timedelta) -> Delivered:
    try:
        return deliver(carrier, limit=limit, budget=budget)
    finally:
        connections.close_all()


def _of(channels: Iterable[str] | None) -> list[Carrier]:
    wanted = None if channels is None else set(channels)
    return [carrier for carrier in CARRIERS if wanted is None or carrier.channel in wanted]
