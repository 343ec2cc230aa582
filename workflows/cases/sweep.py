"""The deadline sweep: colours told once, timer steps taken, parents woken. Safe to run twice, anywhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import structlog
from django.db import transaction
from django.utils import timezone

from tongban.accounts.actors import SYSTEM
from tongban.accounts.models import Posting
from tongban.notices.outbox import Owed, owe, recipient_of

from .clocks import SHANGHAI, local_day
from .declarations import APPLICANT, TIMER
from .models import Case, Party
from .parties import SEE, rights_of
from .perform import Stale, perform
from .timekeeping import next_alarm, running

if TYPE_CHECKING:
    from .flow import Flow

log = structlog.get_logger(__name__)
BATCH = 50


@dataclass
class Swept:
    """What one sweep did."""

    cases: int = 0
    colours: int = 0
    timers: int = 0
    failed: int = 0


def sweep_deadlines(*, now: dt.datetime | None = None, limit: int = 2000) -> Swept:
    """Take every case whose next alarm has come, in small batches; one bad row stops nothing else."""
    moment = now or timezone.now()
    swept, last_id = Swept(), 0
    while swept.cases < limit:
        batch = _due_ids(moment, after=last_id)
        if not batch:
            break
        for case_id in batch:
            _swept(case_id, moment, swept)
        last_id = batch[-1]
    return swept


def _due_ids(moment: dt.datetime, *, after: int) -> list[int]:
    rows = Case.objects.filter(next_alarm_at__lte=moment, pk__gt=after).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:BATCH])


def _swept(case_id: int, moment: dt.datetime, swept: Swept) -> None:
    timers = _safely(_take_timer, case_id, moment)
    colours = _safely(_tell_colours, case_id, moment)
    swept.timers += timers or 0
    swept.colours += colours or 0
    # What fails does not count against the limit: bad rows keep no good one waiting.
    is_sound = timers is not None and colours is not None
    swept.cases += is_sound
    swept.failed += not is_sound


def _safely(
    look: Callable[[int, dt.datetime], int], case_id: int, moment: dt.datetime
) -> int | None:
    """What `look` did with the case; None if it could not, whatever is wrong with that row."""
    try:
        return look(case_id, moment)
    except Stale:
        # Somebody moved it this moment; the next sweep looks again.
        return 0
    except Exception:
        log.exception("case not swept", case=case_id)
        return None


def _take_timer(case_id: int, moment: dt.datetime) -> bool:
    case = Case.objects.get(pk=case_id)
    timer = case.clocks.get(TIMER)
    if timer is None or case.closed_at is not None:
        return False
    due_at = dt.datetime.fromisoformat(timer["due_at"])
    if due_at > moment:
        return False
    # It happened when the time ran out, not when a worker came by.
    perform(case_id, timer["step"], actor=SYSTEM, token=case.seq, at=due_at)
    return True


def _tell_colours(case_id: int, moment: dt.datetime) -> int:
    """Owe the holder a word for each colour that has come, and set the next alarm. One claim a row."""
    with transaction.atomic():
        case = _claimed(case_id, moment)
        if case is None or case.next_alarm_at is None:
            return 0
        # All that came before this alarm has been told.
        since_alarm = case.next_alarm_at
        colours = [
            (clock, colour, kept[key])
            for clock, kept in running(case).items()
            for colour, key in (("yellow", "yellow_at"), ("red", "due_at"))
            if kept.get(key) and since_alarm <= dt.datetime.fromisoformat(kept[key]) <= moment
        ]
        # Red says all that yellow said: after an outage nobody is told both at once.
        red = {clock for clock, colour, _ in colours if colour == "red"}
        owed = [
            notice
            for clock, colour, since in colours
            if colour == "red" or clock not in red
            for notice in _colour_notices(case, clock, colour, since, local_day(moment))
        ]
        owe(owed, moment)
        Case.objects.filter(pk=case_id).update(next_alarm_at=next_alarm(case, after=moment))
        return len(owed)


def _claimed(case_id: int, moment: dt.datetime) -> Flow | None:
    """The case, locked; None if its alarm is somebody else's or has been seen to."""
    rows = Case.objects.select_for_update(skip_locked=True, no_key=True)
    return cast("Flow | None", rows.filter(pk=case_id, next_alarm_at__lte=moment).first())


def _colour_notices(case: Flow, clock: str, colour: str, since: str, on: dt.date) -> list[Owed]:
    kept = case.clocks[clock]
    last = dt.datetime.fromisoformat(kept["due_at"]) - dt.timedelta(microseconds=1)
    context = {
        "number": case.number,
        "matter": case.matter.name,
        "clock": CLOCK_NAMES[clock],
        "state": case.current.name,
        "due_text": f"{last.astimezone(SHANGHAI):%Y年%m月%d日}",
        "url": f"/desk/{case.number}/" if case.holder != APPLICANT else f"/my/{case.number}/",
    }
    return [
        Owed(
            template=f"deadline_{colour}",
            channel="inbox",
            recipient=recipient_of(user_id),
            user_id=user_id,
            context=context,
            event_key=f"case:{case.pk}:{clock}:{colour}:{since}",
            subject_kind="case",
            subject_key=case.number,
        )
        for user_id in _who_is_told(case, colour, on)
    ]


CLOCK_NAMES = {"hop": "环节时限", "promise": "承诺时限", "statutory": "法定时限"}


def _who_is_told(case: Flow, colour: str, on: dt.date) -> list[int]:
    """The one who has it and the office's heads; on red everyone at that desk who may act.

    Where the applicant has it: the parties who may see the case.
    """
    if case.holder_office_id is None:
        parties = list(Party.objects.filter(case_id=case.pk).exclude(user=None))
        people = {p.user_id for p in parties if SEE in rights_of(p, on)}
        return sorted(user_id for user_id in people if user_id is not None)
    roles = ["head"] if case.claimed_by_id and colour == "yellow" else ["head", "clerk"]
    posted = Posting.objects.in_force(on).filter(office_id=case.holder_office_id, role__in=roles)
    told = set(posted.values_list("user_id", flat=True))
    if case.claimed_by_id:
        told.add(case.claimed_by_id)
    return sorted(told)
