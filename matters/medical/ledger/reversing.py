"""Taking a settlement back: a negative entry, and the year and the accounts as they were before it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.db.models import OuterRef, Q, Subquery

from matters.medical.models import AccountEntry, Insured, Settlement

from .accounts import locked, without_names
from .booking import one_transaction
from .refusals import (
    AlreadyReversed,
    KeyTaken,
    MonthDeclared,
    MonthNotDeclared,
    NotReversible,
    NotTheLast,
)
from .writing import write_negative
from .year import counted, head


def reverse(*, settlement_id: int, key: str, at: dt.datetime, reason: str) -> Settlement:
    """2208 / 2305: the negative entry of a settlement; the same key gives the same entry.

    Last in, first out per person and year: raises NotTheLast (.first: what to reverse before it),
    AlreadyReversed, MonthDeclared, NotReversible, KeyTaken; then nothing has been written.
    """
    return _take_back(settlement_id, cause=Settlement.Cause.REVERSED, key=key, at=at, reason=reason)


def refund_after_declaration(
    *, settlement_id: int, key: str, at: dt.datetime, reason: str
) -> Settlement:
    """The negative line of a later month for a settlement whose month is declared; counters as by `reverse`.

    Raises as `reverse` does, with MonthNotDeclared in the place of MonthDeclared.
    """
    return _take_back(settlement_id, cause=Settlement.Cause.REFUNDED, key=key, at=at, reason=reason)


def _take_back(
    settlement_id: int, *, cause: str, key: str, at: dt.datetime, reason: str
) -> Settlement:
    """Seven statements, and one where an account had paid."""
    with one_transaction():
        taken = _held(settlement_id)
        gives_back = _drawn(taken)
        later = _later(taken, key)
        if (before := _taken_before(taken, later, key)) is not None:
            return before
        _refuse(taken, later, cause)
        year = head(insured_id=taken.insured_id, year=taken.year)
        return write_negative(
            taken,
            cause=cause,
            head=year,
            totals=year.totals - counted(taken.year_entry.delta),
            gives_back=gives_back,
            key=key,
            at=at,
            reason=reason,
        )


def _held(settlement_id: int) -> Settlement:
    """The settlement under lock: its month is not declared meanwhile. Raises Settlement.DoesNotExist."""
    rows = Settlement.objects.select_related("year_entry")
    held: Settlement = rows.select_for_update(no_key=True, of=("self",)).get(pk=settlement_id)
    return held


def _drawn(taken: Settlement) -> dict[int, Decimal]:
    """Whose accounts paid how much, by insured id; these people and the insured are locked."""
    entries = AccountEntry.objects.filter(settlement=taken)
    concerned = Q(pk=taken.insured_id) | Q(pk__in=entries.values("insured_id"))
    drawn = Subquery(entries.filter(insured=OuterRef("pk")).values("amount"))
    rows = without_names(Insured.objects.filter(concerned)).annotate(drawn=drawn).order_by("pk")
    amounts = {row.pk: getattr(row, "drawn", None) for row in locked(rows)}
    return {holder: -amount for holder, amount in amounts.items() if amount}


def _later(taken: Settlement, key: str) -> list[Settlement]:
    """What was booked after it in its year, of its visit in a later one, instead of it, or by this key."""
    asked = Q(key=key) | Q(reverses=taken)
    asked |= Q(insured=taken.insured_id, year=taken.year, seq__gt=taken.seq)
    asked |= Q(insured=taken.insured_id, mdtrt_id=taken.mdtrt_id, year__gt=taken.year)
    return list(Settlement.objects.filter(asked).with_standing().order_by("-year", "-seq"))


def _taken_before(taken: Settlement, later: Sequence[Settlement], key: str) -> Settlement | None:
    before = next((row for row in later if row.key == key), None)
    if before is not None and before.reverses_id != taken.pk:
        raise KeyTaken
    return before


def _refuse(taken: Settlement, later: Sequence[Settlement], cause: str) -> None:
    if taken.sign < 0:
        raise NotReversible
    if reversal := next((row for row in later if row.reverses_id == taken.pk), None):
        raise AlreadyReversed(reversal)
    if cause == Settlement.Cause.REVERSED and taken.clearing_month:
        raise MonthDeclared(taken.clearing_month)
    if cause == Settlement.Cause.REFUNDED and not taken.clearing_month:
        raise MonthNotDeclared
    if first := _resting_on(taken, later):
        raise NotTheLast(first)


def _resting_on(taken: Settlement, later: Sequence[Settlement]) -> list[Settlement]:
    """Live settlements after this one, the last first; and its stay's part in the next year with what follows it."""
    live = [row for row in later if row.sign > 0 and not row.is_taken_back]
    after = [row for row in live if row.year == taken.year]
    if part := next((row for row in live if row.year > taken.year), None):
        follows = Q(insured=part.insured_id, year=part.year, seq__gt=part.seq)
        beyond = Settlement.objects.live().filter(follows).order_by("-seq")
        return [*beyond, part, *after]
    return after
