"""Settling a difference between the books: the hospital sends again, it is reversed, or it is accepted."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet

from matters.medical.ledger import reverse
from matters.medical.models import (
    ClearingLine,
    ClearingMonth,
    Difference,
    Settlement,
    TreatmentEntry,
)

from .months import SHANGHAI, ends_at
from .reconciliation import recheck

Kind, State = Difference.Kind, Difference.State
Resolution = Difference.Resolution
# What can be done about each. What only the hospital has cannot be accepted: nobody insured owes it.
WAYS: dict[str, tuple[str, ...]] = {
    Kind.ONLY_HOSPITAL: (Resolution.RESEND, Resolution.REVERSE),
    Kind.ONLY_AGENCY: (Resolution.RESEND, Resolution.REVERSE, Resolution.ACCEPT),
    Kind.AMOUNTS: (Resolution.RESEND, Resolution.REVERSE, Resolution.ACCEPT),
}


class NotThisWay(ValueError):
    """The difference cannot be settled like that; the message is a Chinese sentence."""


def open_differences(month: ClearingMonth) -> QuerySet[Difference]:
    """Of the pair, found up to the month's end and not settled yet, the oldest first."""
    last = ends_at(month.month).astimezone(SHANGHAI).date()
    rows = Difference.objects.filter(
        treated_province=month.treated_province,
        insured_province=month.insured_province,
        day__lt=last,
    ).exclude(state=State.SETTLED)
    return rows.select_related("institution").order_by("day", "id")


def settle_difference(
    *, difference: Difference, resolution: str, note: str, at: dt.datetime
) -> Difference:
    """Settle one difference, or have the hospital send it again. Raises NotThisWay and, for a reversal
    that the ledger refuses, what `ledger.reverse` raises.

    accept: 就医地 takes over the amounts that 参保地 has; reverse: both sides take the line back.
    """
    if difference.state == State.SETTLED or resolution not in WAYS[difference.kind]:
        raise NotThisWay("这条差异已处理，或不能这样处理")
    with transaction.atomic():
        kept = {"resolution": resolution, "note": note, "state": State.WAITING}
        Difference.objects.filter(pk=difference.pk).update(**kept)
        if resolution == Resolution.ACCEPT:
            _accept(difference, at)
        elif resolution == Resolution.REVERSE:
            _take_back(difference, note, at)
        recheck(institution=difference.institution, day=difference.day, at=at)
        difference.refresh_from_db()
    return difference


def is_settled_where(lines: QuerySet[ClearingLine]) -> QuerySet[ClearingLine]:
    """Those of the lines that no open difference is about."""
    return lines.exclude(pk__in=differing(lines).values("pk"))


def differing(lines: QuerySet[ClearingLine]) -> QuerySet[ClearingLine]:
    """Those of the lines about which a difference is open."""
    still = Difference.objects.exclude(state=State.SETTLED)
    return lines.filter(origin__setl_id__in=still.values("setl_id"))


def _accept(difference: Difference, at: dt.datetime) -> None:
    found = _entry(difference)
    agency = difference.agency
    found.update(voided_at=at, void_reason="认账，按参保地金额更正")
    settled = Settlement.objects.filter(setl_id=difference.setl_id).first()
    if settled is None:
        raise NotThisWay("参保地没有这笔结算，不能认账")
    TreatmentEntry.objects.create(
        treated_province=difference.treated_province,
        insured_province=difference.insured_province,
        institution=difference.institution,
        setl_id=difference.setl_id,
        sign=difference.sign,
        visit=settled.visit,
        on=difference.day,
        source=TreatmentEntry.Source.ACCEPTED,
        booked_at=at,
        **{name: Decimal(amount) for name, amount in agency.items()},
    )


def _take_back(difference: Difference, note: str, at: dt.datetime) -> None:
    """Undo it on both sides: the ledger by a negative entry, 就医地's line by voiding it.

    A reversal that only one side has (sign −1) is undone by nothing but settling anew.
    """
    if difference.sign < 0 and difference.kind != Kind.ONLY_HOSPITAL:
        raise NotThisWay("撤销本身不能再撤销：请医院重传，或认账")
    reason = f"对账差异撤销：{note}"[:200]
    taken = _entry(difference)
    if difference.kind == Kind.ONLY_HOSPITAL:
        taken.update(voided_at=at, void_reason=reason)
        return
    settled = Settlement.objects.get(setl_id=difference.setl_id)
    back = reverse(
        settlement_id=settled.pk, key=f"difference:{difference.pk}", at=at, reason=reason
    )
    taken.update(voided_at=at, void_reason=reason)
    # 就医地 has both entries as the ledger has them: the line and what takes it back.
    for entry, sign in ((settled, 1), (back, -1)):
        TreatmentEntry.objects.create(
            treated_province=difference.treated_province,
            insured_province=difference.insured_province,
            institution=difference.institution,
            setl_id=settled.setl_id,
            sign=sign,
            visit=settled.visit,
            on=difference.day if sign > 0 else at.astimezone(SHANGHAI).date(),
            medfee_sumamt=entry.medfee_sumamt,
            fund_pay_sumamt=entry.fund_pay_sumamt,
            acct_pay=entry.acct_pay + entry.acct_mulaid_pay,
            source=TreatmentEntry.Source.ACCEPTED,
            booked_at=at,
        )


def _entry(difference: Difference) -> QuerySet[TreatmentEntry]:
    return TreatmentEntry.objects.filter(
        setl_id=difference.setl_id, sign=difference.sign, voided_at=None
    )
