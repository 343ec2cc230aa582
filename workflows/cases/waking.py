"""A closed child wakes its parent: a system step on the parent, once its state's rule is met."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import structlog
from django.utils import timezone

from tongban.accounts.actors import SYSTEM

from .declarations import Awaits
from .models import Case, Wake
from .perform import NotAllowed, Stale, perform

if TYPE_CHECKING:
    from .flow import Flow

log = structlog.get_logger(__name__)
WAKE_STEP = "child_closed"


def take_wakes(limit: int = 200) -> int:
    """Take the owed wakes; how many parents moved. A parent that still waits keeps its state."""
    moved = 0
    owed = Wake.objects.filter(taken_at=None).order_by("owed_at")[:limit]
    for wake in owed.select_related("parent"):
        parent = cast("Flow", wake.parent)
        if parent.closed_at is None and _rule_is_met(parent):
            try:
                perform(parent.pk, WAKE_STEP, actor=SYSTEM, token=parent.seq)
                moved += 1
            except Stale:
                # Somebody moved the parent meanwhile; this wake is looked at again next time.
                continue
            except NotAllowed as error:
                log.info("parent not woken", case=parent.pk, reason=str(error))
        Wake.objects.filter(pk=wake.pk).update(taken_at=timezone.now())
    return moved


def _rule_is_met(parent: Flow) -> bool:
    awaits = parent.current.awaits
    return awaits is not None and is_met(awaits, parent.pk)


def is_met(awaits: Awaits, parent_id: int) -> bool:
    """'all': no awaited child is open. 'any': one has ended well. One statement."""
    children = Case.objects.filter(parent_id=parent_id, relation="part", awaited_as=awaits.kind)
    if awaits.rule == "any":
        return children.filter(outcome="done").exists()
    return not children.filter(closed_at=None).exists()
