"""Line disputes 争议: a line is held back, evidence is given, and it is taken off or paid."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db.models import QuerySet

from matters.medical.models import ClearingAmount, ClearingLine, ClearingMonth, LineDispute

from .money import post_dispute

State = LineDispute.State
OPEN = (State.RAISED, State.EVIDENCE)


class NotDisputable(ValueError):
    """The line cannot be disputed, or not decided so; the message is a Chinese sentence."""


def open_disputes(month: ClearingMonth) -> QuerySet[LineDispute]:
    """Undecided disputes about the month's lines."""
    return LineDispute.objects.filter(line__month=month, state__in=OPEN)


def raise_dispute(
    *, line: ClearingLine, month: ClearingMonth, side: str, reason: str, at: dt.datetime
) -> LineDispute:
    """Hold a line back from the statement. Raises NotDisputable. Three statements."""
    held = ClearingLine.objects.filter(
        pk=line.pk, month=month, status=ClearingLine.Status.OPEN
    ).update(status=ClearingLine.Status.DISPUTED)
    if not held:
        raise NotDisputable("这一笔不在本月待申报的明细里，或已在争议中")
    dispute = LineDispute.objects.create(
        line=line, raised_in=month, side=side, reason=reason, raised_at=at
    )
    post_dispute(month, line.counted, key=f"dispute:{dispute.pk}", at=at)
    return dispute


def give_evidence(*, dispute: LineDispute, evidence: str) -> None:
    """What the other side has to say. Raises NotDisputable."""
    told = LineDispute.objects.filter(pk=dispute.pk, state__in=OPEN)
    if not told.update(state=State.EVIDENCE, evidence=evidence):
        raise NotDisputable("这项争议已有结论")


def decide(
    *,
    dispute: LineDispute,
    upheld: bool,
    decision: str,
    at: dt.datetime,
    excluded: Decimal | None = None,
) -> None:
    """Upheld: `excluded` yuan (None: all of it) is taken off the line; dismissed: it is paid whole.

    The line waits for the statement again, with what is left of it. Raises NotDisputable.
    """
    line = (
        ClearingLine.objects.select_for_update(of=("self",))
        .select_related("month")
        .get(pk=dispute.line_id)
    )
    held = line.counted
    taken = held if excluded is None else excluded
    is_part_of_it = 0 < taken * line.sign <= abs(held)
    if upheld and not is_part_of_it:
        raise NotDisputable(f"剔除金额应大于 0，不超过争议金额 {abs(held):.2f} 元")
    decided = LineDispute.objects.filter(pk=dispute.pk, state__in=OPEN).update(
        state=State.UPHELD if upheld else State.DISMISSED,
        decision=decision,
        decided_at=at,
        excluded=taken if upheld else Decimal(0),
    )
    if not decided:
        raise NotDisputable("这项争议已有结论")
    if upheld:
        _take_off(line, taken)
    ClearingLine.objects.filter(pk=line.pk).update(
        status=ClearingLine.Status.OPEN, excluded=line.excluded + (taken if upheld else 0)
    )
    post_dispute(line.month, -held, key=f"dispute:{dispute.pk}:decided", at=at)


def _take_off(line: ClearingLine, taken: Decimal) -> None:
    """Fund by fund in their order, until it is all taken off."""
    left = taken
    for amount in ClearingAmount.objects.filter(line=line).order_by("id"):
        most = amount.amount - amount.excluded
        part = min(left, most) if line.sign > 0 else max(left, most)
        if part:
            ClearingAmount.objects.filter(pk=amount.pk).update(excluded=amount.excluded + part)
            left -= part
