"""Delivery receipts 回执: whether a message that a gateway took reached its phone.

Pulled, not pushed: a gateway that pushes needs an address of ours that the whole world can reach,
and what it pushes is not signed.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from tongban.notices.carriers import Unreachable
from tongban.notices.models import Notice, NoticeState, SmsHandover

from .gateways import Found, Gateway, gateways

logger = structlog.get_logger(__name__)

BATCH = 100
BUDGET = timedelta(seconds=20)
# A phone that is off gets a message for up to three days; after that no receipt comes.
LAST_LOOK = timedelta(days=3)
SHORTEST = timedelta(minutes=2)
Receipt = SmsHandover.Receipt


def fetch_receipts(*, now: datetime | None = None, budget: timedelta = BUDGET) -> int:
    """Ask for the receipts that are due to be asked for; how many came. Safe beside itself."""
    moment = now or timezone.now()
    known = {gateway.code: gateway for gateway in gateways()}
    if not known:
        return 0
    stop_at = time.monotonic() + budget.total_seconds()
    came, down = 0, set[str]()
    for handover in _due(moment):
        if time.monotonic() >= stop_at:
            break
        gateway = known.get(handover.gateway)
        if gateway is None or handover.gateway in down:
            continue
        try:
            came += _look(handover, gateway, moment)
        except Unreachable:
            down.add(handover.gateway)
    return came


@transaction.atomic
def _due(now: datetime) -> list[SmsHandover]:
    """Those to look at, put off at once: later and later, and so that nobody looks beside us."""
    rows = SmsHandover.objects.select_for_update(skip_locked=True).filter(look_at__lte=now)
    due = list(rows.order_by("look_at")[:BATCH])
    for handover in due:
        age = now - handover.handed_over_at
        handover.look_at = now + max(SHORTEST, age) if age < LAST_LOOK else None
        if handover.look_at is None:
            handover.phone = ""
    SmsHandover.objects.bulk_update(due, ["look_at", "phone"])
    return due


def _look(handover: SmsHandover, gateway: Gateway, now: datetime) -> bool:
    if not handover.phone:
        return False
    found = gateway.find(
        out_id=str(handover.notice_id),
        phone=handover.phone,
        on=timezone.localdate(handover.handed_over_at),
        reference=handover.reference,
    )
    if found is None or found.has_arrived is None:
        return False
    _keep(handover, found, now)
    return True


@transaction.atomic
def _keep(handover: SmsHandover, found: Found, now: datetime) -> None:
    asked_of = SmsHandover.objects.filter(
        pk=handover.pk, handed_over_at=handover.handed_over_at, receipt=Receipt.NONE
    )
    kept = asked_of.update(
        receipt=Receipt.ARRIVED if found.has_arrived else Receipt.NOT_ARRIVED,
        receipt_at=found.at or now,
        receipt_code=found.code,
        look_at=None,
        phone="",
    )
    if kept and not found.has_arrived:
        # Somebody has to see it: the person was not reached.
        Notice.objects.filter(pk=handover.notice_id, state=NoticeState.DELIVERED).update(
            state=NoticeState.FAILED, last_error=f"运营商回执：未到手机（{found.code}）"
        )
        logger.warning("text message did not arrive", notice=handover.notice_id, code=found.code)
