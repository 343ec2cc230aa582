"""What happens to settled visits afterwards: matched by the day, declared and cleared by the month.

The clearing keeps its own books by settlement; a visit follows them, each in a step of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import structlog
from django.db.models import Exists, OuterRef

from matters.medical.models import ClearingLine, ClearingMonth, Settlement
from tongban.accounts.actors import SYSTEM
from workflows.cases.models import Case
from workflows.cases.perform import NotAllowed, Stale, perform

from .medical_visit import MedicalVisit

log = structlog.get_logger(__name__)
# Three kinds of step for so many visits fit into half a minute.
BATCH = 500


def match_visits(setl_ids: Iterable[str], *, at: dt.datetime) -> int:
    """The daily check found these settlements alike on both sides; how many visits moved on."""
    numbers = Settlement.objects.filter(setl_id__in=list(setl_ids)).values("mdtrt_id")
    return _all(Case.objects.filter(state="settled", number__in=numbers), "match_daily", at)


def follow_clearing(*, at: dt.datetime, limit: int = BATCH) -> int:
    """Visits whose month has been declared, or closed, since the last look; how many steps were taken."""
    live = Settlement.objects.filter(mdtrt_id=OuterRef("number"), sign=1, reversal=None)
    closed = ClearingMonth.objects.exclude(closed_at=None).values("pk")
    cleared = ClearingLine.objects.filter(
        settlement__mdtrt_id=OuterRef("number"), settlement__reversal=None, month__in=closed
    )
    visits = Case.objects.filter(flow=MedicalVisit.CODE, closed_at=None).order_by("pk")
    declared = visits.filter(Exists(live.exclude(clearing_month="")))
    # What was declared had agreed before, whoever found it.
    taken = _all(declared.filter(state="settled")[:limit], "match_daily", at)
    taken += _all(declared.filter(state="reconciled")[:limit], "enter_month", at)
    return taken + _all(
        visits.filter(state="declared").filter(Exists(cleared))[:limit], "finish_clearing", at
    )


def _all(cases: Iterable[Case], step: str, at: dt.datetime) -> int:
    """Take the step in each; one that has moved meanwhile is left for the next time."""
    taken = 0
    for case in cases:
        try:
            perform(case.pk, step, actor=SYSTEM, token=case.seq, at=at)
        except (Stale, NotAllowed) as refused:
            log.info("visit not moved", case=case.pk, step=step, reason=str(refused))
            continue
        taken += 1
    return taken
