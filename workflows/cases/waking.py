"""A closed child wakes its parent: a system step on the parent, once its state's rule is met."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, cast

import structlog
from django.db import transaction
from django.utils import timezone

from tongban.accounts.actors import SYSTEM
from tongban.running.budget import IsOver, never

from .declarations import Awaits
from .models import Case, Wake
from .perform import NotAllowed, perform

if TYPE_CHECKING:
    from .flow import Flow

log = structlog.get_logger(__name__)
WAKE_STEP = "child_closed"
BATCH = 50


def take_wakes(*, is_over: IsOver = never) -> int:
    """Take the owed wakes; how many parents moved. Safe to run twice, anywhere.

    A wake that cannot be taken yet (the parent is suspended) stays owed; one bad row stops nothing.
    """
    moved, last_id = 0, 0
    while batch := list(Wake.objects.filter(taken_at=None, pk__gt=last_id).order_by("pk")[:BATCH]):
        moved += sum(_taken_safely(wake) for wake in batch)
        last_id = batch[-1].pk
        if is_over():
            break
    return moved


def wake_owed_by(child: Case, *, at: dt.datetime) -> bool:
    """Take the wake that this child's end owed, as of `at`: for a play of the past, where nobody comes by
    every few seconds. Whether its parent moved."""
    owed = Wake.objects.filter(taken_at=None, child_id=child.pk).first()
    return owed is not None and _taken_safely(owed, at)


def _taken_safely(wake: Wake, at: dt.datetime | None = None) -> bool:
    try:
        return _taken(wake, at or timezone.now())
    except NotAllowed as error:
        log.info("parent not woken", case=wake.parent_id, reason=str(error))
    except Exception:
        log.exception("parent not woken", case=wake.parent_id)
    return False


@transaction.atomic
def _taken(wake: Wake, at: dt.datetime) -> bool:
    """Whether the parent moved. Its lock comes first: what is decided here is not overtaken."""
    parent = _locked(wake.parent_id)
    moves = Wake.objects.filter(pk=wake.pk, taken_at=None).exists() and _is_ready(parent)
    if moves:
        perform(parent.pk, WAKE_STEP, actor=SYSTEM, token=parent.seq, at=at)
    Wake.objects.filter(pk=wake.pk, taken_at=None).update(taken_at=at)
    return moves


def _locked(parent_id: int) -> Flow:
    return cast("Flow", Case.objects.select_for_update(no_key=True).get(pk=parent_id))


def _is_ready(parent: Flow) -> bool:
    if parent.closed_at is not None:
        return False
    awaits = parent.current.awaits
    return awaits is not None and is_met(awaits, parent.pk)


def is_met(awaits: Awaits, parent_id: int) -> bool:
    """'all': no awaited child is open. 'any': one has ended well, or none is open any more.

    'lead': never by itself; whoever leads takes a step. One or two statements.
    """
    children = Case.objects.filter(parent_id=parent_id, relation="part", awaited_as=awaits.kind)
    if awaits.rule == "lead":
        return False
    if awaits.rule == "any" and children.filter(outcome="done").exists():
        return True
    return not children.filter(closed_at=None).exists()
