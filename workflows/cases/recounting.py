"""Deriving the clocks of all open cases anew: what a nightly check compares, what a new calendar moves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, cast

import structlog
from django.utils import timezone

from matters.catalogue.pinned import definition_of
from tongban.accounts.actors import SYSTEM
from tongban.running.budget import IsOver, never

from .clock_differences import Differing, keep_differences
from .clocks import Pause
from .models import Case, Suspension
from .perform import Stale, perform
from .timekeeping import rederive

if TYPE_CHECKING:
    from .flow import Flow

log = structlog.get_logger(__name__)
BATCH = 500


def rederive_open(*, write: bool) -> Iterator[Differing]:
    """Every open case whose clocks differ from what the calendar of today makes of them.

    write: let the system take the step `recount` in each. A bad row is logged and stops nothing
    else. A case that somebody moves meanwhile is left for the next time.
    """
    last_id: int | None = 0
    while last_id is not None:
        found, last_id = rederive_some(last_id, write=write)
        yield from found


def rederive_some(
    after: int, *, write: bool, is_over: IsOver = never
) -> tuple[list[Differing], int | None]:
    """The same for the next open cases after a case's id; and the last one's id, None: no more.

    What is found is kept as `ClockDifference`. Four statements for 500 cases where nothing differs.
    """
    batch = _batch(after)
    pauses = pauses_of_many([case.pk for case in batch if case.clocks.get("pauses")])
    differing, last_id = [], None
    for case in batch:
        last_id = case.pk
        try:
            found = _differing(case, pauses.get(case.pk, ()), write=write)
        except Exception:
            log.exception("case not rederived", case=case.pk)
            continue
        if found is not None:
            differing.append(found)
        if is_over():
            break
    keep_differences(differing, after=after, until=last_id, at=timezone.now())
    return differing, last_id


def _batch(after: int) -> list[Flow]:
    rows = Case.objects.filter(closed_at=None, pk__gt=after).order_by("pk")
    return cast("list[Flow]", list(rows.defer("data", "facts", "applicant_name")[:BATCH]))


def pauses_of_many(case_ids: list[int]) -> dict[int, list[Pause]]:
    """The suspensions of these cases, the earliest first. One statement, none for no case."""
    pauses: dict[int, list[Pause]] = {}
    if case_ids:
        rows = Suspension.objects.filter(case_id__in=case_ids).order_by("started_at", "id")
        for row in rows:
            pause = Pause(row.started_at, row.ended_at, row.get_kind_display())
            pauses.setdefault(row.case_id, []).append(pause)
    return pauses


def _differing(case: Flow, pauses: Sequence[Pause], *, write: bool) -> Differing | None:
    moved = tuple(rederive(case, pauses, definition_of(case.version_id)))
    if not moved:
        return None
    return Differing(case.pk, case.number, moved, write and _written(case))


def _written(case: Flow) -> bool:
    try:
        perform(case.pk, "recount", actor=SYSTEM, token=case.seq)
    except Stale:
        return False
    return True
