"""After a change of the calendar every open clock is derived anew, slice by slice, until none is left."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tongban.offices.calendar import FRESH_SECONDS, calendar_version
from tongban.offices.models import CalendarVersion
from tongban.running.models import Slot
from tongban.running.slots import in_slices

from .models import Case, ClockDifference
from .recounting import rederive_some

NAME = "cases.follow_calendar"
# A page counts no further.
COUNTED = 10_000
# By then no process counts by the days of before: what is derived now is not undone by a step.
SETTLES = dt.timedelta(seconds=2 * FRESH_SECONDS)


@dataclass(frozen=True)
class Following:
    """How far the clocks have followed one version. `reached`: a case's id."""

    version: int
    is_done: bool
    reached: int
    finished_at: dt.datetime | None


def follow_calendar(*, now: dt.datetime, seconds: float = 40) -> bool:
    """Do a slice for the newest version; True when all open clocks follow it."""
    version = calendar_version()
    changed = CalendarVersion.objects.filter(pk=version).first()
    if changed is None or now < changed.imported_at + SETTLES:
        return False
    return in_slices(
        NAME,
        str(version),
        lambda after, is_over: rederive_some(after or 0, write=True, is_over=is_over)[1],
        seconds=seconds,
    )


def following(version: int) -> Following:
    """One statement."""
    slot = Slot.objects.filter(name=NAME, slot=str(version)).first()
    if slot is None:
        return Following(version, False, 0, None)
    return Following(version, slot.finished_at is not None, slot.cursor or 0, slot.finished_at)


def share_followed(progress: Following) -> int:
    """How many per cent of the cases, by their ids, have been looked at. One statement."""
    if progress.is_done:
        return 100
    newest = Case.objects.order_by("-pk").values_list("pk", flat=True).first() or 1
    return min(99, progress.reached * 100 // newest)


def moved_by(version: int) -> dict[str, int]:
    """How many clocks a version moved, by what became of them; COUNTED stands for that many or more."""
    rows = ClockDifference.objects.filter(calendar=version)
    return {
        settled: rows.filter(settled=settled)[:COUNTED].count()
        for settled in ClockDifference.Settled.values
    }
