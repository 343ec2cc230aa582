"""Deriving the clocks of all open cases anew: what a nightly check compares, what a new calendar moves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import structlog

from matters.catalogue.pinned import definition_of
from tongban.accounts.actors import SYSTEM

from .clocks import Pause
from .models import Case, Suspension
from .perform import Stale, perform
from .timekeeping import Moved, rederive

if TYPE_CHECKING:
    from .flow import Flow

log = structlog.get_logger(__name__)
BATCH = 500


@dataclass(frozen=True)
class Differing:
    """An open case whose clocks come out otherwise. is_written: its recount now stands in the ledger."""

    case_id: int
    number: str
    moved: tuple[Moved, ...]
    is_written: bool


def rederive_open(*, write: bool) -> Iterator[Differing]:
    """Every open case whose clocks differ from what the calendar of today makes of them.

    write: let the system take the step `recount` in each. Two statements for 500 cases; a bad row
    is logged and stops nothing else. A case that somebody moves meanwhile is left for the next time.
    """
    last_id: int | None = 0
    while last_id is not None:
        found, last_id = rederive_some(last_id, write=write)
        yield from found


def rederive_some(after: int, *, write: bool) -> tuple[list[Differing], int | None]:
    """The same for the next 500 open cases after a case's id; and the last one's id, None: no more."""
    batch = _batch(after)
    pauses = _pauses([case.pk for case in batch if case.clocks.get("pauses")])
    differing = []
    for case in batch:
        try:
            found = _differing(case, pauses.get(case.pk, ()), write=write)
        except Exception:
            log.exception("case not rederived", case=case.pk)
            continue
        if found is not None:
            differing.append(found)
    return differing, batch[-1].pk if batch else None


def _batch(after: int) -> list[Flow]:
    rows = Case.objects.filter(closed_at=None, pk__gt=after).exclude(clocks={}).order_by("pk")
    return cast("list[Flow]", list(rows.defer("data", "facts", "applicant_name")[:BATCH]))


def _pauses(case_ids: list[int]) -> dict[int, list[Pause]]:
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
