"""Clocks that came out otherwise, kept as rows: what a person mends, and what a new calendar moved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import structlog
from django.db import transaction
from django.utils import timezone

from tongban.accounts.actors import SYSTEM
from tongban.offices.calendar import calendar_version

from .models import ClockDifference
from .perform import NotAllowed, Stale, perform
from .timekeeping import Moved

log = structlog.get_logger(__name__)
Settled = ClockDifference.Settled
FOUND = ("stood_due_at", "derived_due_at", "stood_yellow_at", "derived_yellow_at", "is_provisional",
         "calendar")  # fmt: skip
SETTLED = ("settled", "settled_at", "settled_by")


@dataclass(frozen=True)
class Differing:
    """An open case whose clocks come out otherwise. is_written: its recount now stands in the ledger."""

    case_id: int
    number: str
    moved: tuple[Moved, ...]
    is_written: bool


def keep_differences(
    found: Sequence[Differing], *, after: int, until: int | None, at: dt.datetime
) -> None:
    """Keep what was found in the cases from `after` (exclusive) to `until` (None: to the last one).

    A row that was open and is found no more is settled: somebody's step has put it right. One
    statement where nothing was or is found.
    """
    looked_at = ClockDifference.objects.filter(settled_at=None, case_id__gt=after)
    if until is not None:
        looked_at = looked_at.filter(case_id__lte=until)
    still_open = {(row.case_id, row.clock): row for row in looked_at}
    new, again = [], []
    for row in _rows(found, at):
        known = still_open.pop((row.case_id, row.clock), None)
        if known is None:
            new.append(row)
        else:
            for name in (*FOUND, *SETTLED):
                setattr(known, name, getattr(row, name))
            again.append(known)
    if not (new or again or still_open):
        return
    with transaction.atomic():
        ClockDifference.objects.bulk_create(new)
        ClockDifference.objects.bulk_update(again, (*FOUND, *SETTLED))
        _settle(still_open.values(), Settled.GONE, at)


def _rows(found: Iterable[Differing], at: dt.datetime) -> Iterator[ClockDifference]:
    for each in found:
        for moved in each.moved:
            yield ClockDifference(
                case_id=each.case_id,
                clock=moved.clock,
                calendar=calendar_version(),
                stood_due_at=moved.was_due_at,
                derived_due_at=moved.due_at,
                stood_yellow_at=moved.was_yellow_at,
                derived_yellow_at=moved.yellow_at,
                is_provisional=moved.is_provisional,
                found_at=at,
                settled=Settled.RECOUNTED if each.is_written else Settled.OPEN,
                settled_at=at if each.is_written else None,
            )


def _settle(rows: Iterable[ClockDifference], how: str, at: dt.datetime, *, by: str = "") -> None:
    ClockDifference.objects.filter(pk__in=[row.pk for row in rows], settled_at=None).update(
        settled=how, settled_at=at, settled_by=by
    )


def mend(difference_ids: Sequence[int], *, by: str) -> tuple[int, int]:
    """Let the system recount the cases of these rows: (cases mended, cases left as they are).

    by: the name of who asked for it. A case that moves this moment is left, and can be asked again.
    """
    rows = ClockDifference.objects.filter(pk__in=difference_ids, settled_at=None)
    by_case: dict[int, list[ClockDifference]] = {}
    for row in rows.select_related("case").order_by("id"):
        by_case.setdefault(row.case_id, []).append(row)
    mended = 0
    for of_case in by_case.values():
        how = _recounted(of_case[0])
        if how:
            _settle(of_case, how, timezone.now(), by=by)
        mended += how == Settled.RECOUNTED
    return mended, len(by_case) - mended


def _recounted(row: ClockDifference) -> str:
    """How the rows of its case are settled; '' where they stay open."""
    if row.case.closed_at is not None:
        return Settled.GONE
    try:
        perform(row.case_id, "recount", actor=SYSTEM, token=row.case.seq)
    except (Stale, NotAllowed):
        return ""
    except Exception:
        log.exception("case not recounted", case=row.case_id)
        return ""
    return Settled.RECOUNTED
