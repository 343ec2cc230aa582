"""How filings end: cancelled, superseded, run out, void. Rows are never deleted.

`ended_on` is the first day on which a filing no longer holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from matters.medical.models import Filing, Insured, Visit
from matters.medical.visits import is_admitted_at
from tongban.templatetags.formats import zh_date

from .refusals import FilingRefused

EXPIRED_WORDS = "有效期届满"
RELATION_ENDED = "参保关系终止"
VISIT_ENDED = "本次就医已结束"


def hold(insured_id: int) -> Insured:
    """The person's row, locked until the transaction ends: filings of one person queue here.

    It lets rows be added that point at the person. One statement.
    """
    rows = Insured.objects.select_for_update(no_key=True, of=("self",)).select_related("pool")
    return rows.get(pk=insured_id)


def why_it_stays(filing: Filing, on: date) -> FilingRefused | None:
    """What forbids to change or cancel the filing on that day, if anything does.

    At most one statement. Reads `destination`.
    """
    if filing.state != Filing.State.ACTIVE or filing.kind == Filing.Kind.EMERGENCY:
        return FilingRefused("not_active", "这项备案已经不在有效状态，不用再取消或变更。")
    if refused := locked(filing, on):
        return refused
    if is_admitted_at(filing.insured_id, filing.destination_id):
        return FilingRefused(
            "admission_open",
            f"在{filing.destination.name}有尚未结算的住院，出院结算后才能变更或取消这项备案。",
        )
    return None


def locked(filing: Filing, on: date) -> FilingRefused | None:
    """The lock of a long-term filing made on a promise. No SQL."""
    if filing.locked_until is None or on >= filing.locked_until:
        return None
    until = zh_date(filing.locked_until)
    return FilingRefused("locked", f"这项备案以告知承诺方式办理，{until}前不能变更或取消。")


def cancel(*, filing_id: int, on: date, reason: str) -> Filing:
    """End a filing from `on`. Raises FilingRefused (not_active, locked, admission_open)."""
    known = Filing.objects.only("insured_id").get(pk=filing_id)
    with transaction.atomic():
        hold(known.insured_id)
        filing = Filing.objects.select_related("destination").get(pk=filing_id)
        if refused := why_it_stays(filing, on):
            raise refused
        return _end(filing, Filing.State.CANCELLED, on, reason)


def supersede(*, filings: Iterable[Filing], on: date, reason: str) -> list[Filing]:
    """End filings because a new one takes their place. The caller holds the person's row."""
    return [_end(filing, Filing.State.SUPERSEDED, on, reason) for filing in filings]


def void(*, insured_id: int, on: date, reason: str) -> list[Filing]:
    """The insurance relation changed 参保关系变动: no filing of it holds from `on`."""
    with transaction.atomic():
        hold(insured_id)
        rows = Filing.objects.filter(insured_id=insured_id, state=Filing.State.ACTIVE)
        return [_end(row, Filing.State.VOID, on, reason) for row in rows.order_by("id")]


@dataclass(frozen=True)
class Swept:
    """How many filings a sweep ended."""

    expired: int
    voided: int


def expire_due(*, on: date, insured_id: int | None = None) -> Swept:
    """End what ran out before `on`, lost the cover it rests on, or was deemed for a visit that is over;
    of one person, or of all.

    A filing whose last day is yesterday ends today, not before and not later, and the days decide:
    a sweep that is late, or runs twice, or in two places at once, makes no difference to anybody.
    Three statements.
    """
    active = Filing.objects.filter(state=Filing.State.ACTIVE)
    if insured_id is not None:
        active = active.filter(insured_id=insured_id)
    cover_ended = Insured.objects.filter(pk=OuterRef("insured_id")).values("valid_to")
    uncovered = Q(valid_to=None) | Q(valid_to__gte=F("insured__valid_to"))
    # The day comes from another row, so it is read before the rows are written.
    gone = active.filter(uncovered, insured__valid_to__lte=on).values("pk")
    voided = Filing.objects.filter(pk__in=gone).update(
        state=Filing.State.VOID, ended_on=Subquery(cover_ended), end_reason=RELATION_ENDED
    )
    expired = active.filter(valid_to__lt=on).update(
        state=Filing.State.EXPIRED,
        ended_on=F("valid_to") + timedelta(days=1),
        end_reason=EXPIRED_WORDS,
    )
    return Swept(expired + _end_with_their_visits(active, on), voided)


def _end_with_their_visits(active: QuerySet[Filing], on: date) -> int:
    """Deemed filings whose visit ended before `on`. No other visit had them anyway. One statement."""
    over = Visit.objects.filter(mdtrt_id=OuterRef("visit_key"), is_admitted=False, ended_on__lt=on)
    deemed = active.filter(Exists(over), kind=Filing.Kind.EMERGENCY).values("pk")
    return Filing.objects.filter(pk__in=deemed).update(
        state=Filing.State.EXPIRED,
        ended_on=Subquery(over.values("ended_on")[:1]) + timedelta(days=1),
        end_reason=VISIT_ENDED,
    )


def _end(filing: Filing, state: Filing.State, on: date, reason: str) -> Filing:
    filing.state, filing.ended_on, filing.end_reason = state, on, reason
    filing.save(update_fields=["state", "ended_on", "end_reason"])
    return filing
