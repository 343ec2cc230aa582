"""The third door: running cases are carried from one version of their matter to another, and back.

A moving is planned, tried and kept. Each case goes in a transaction of its own, with its event in
the ledger and a result of its own; a killed moving goes on where it stopped. A case that nobody has
touched since goes back exactly as it was.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from matters.catalogue.models import MatterVersion
from matters.catalogue.pinned import definition_of
from tongban.accounts.actors import SYSTEM, Actor, actor_of
from tongban.templatetags.formats import zh_date

from . import telling
from .act import Act, Situation
from .declarations import SYSTEM as BY_SYSTEM
from .declarations import Step
from .happened import event_of
from .ledger_writing import Move, write_steps
from .models import Case, MovedCase, Moving, Party
from .move_clocks import moved_between
from .move_fit import Fit, Road, carried, tried_on
from .move_plan import MovePlan, problems_of_plan
from .reading import locked_case, parties_of, parties_of_many
from .timekeeping import INSTANT, set_columns

if TYPE_CHECKING:
    from .flow import Flow

BATCH = 200
MOVING = Step(
    code="change_version", label="改按新版本办理", done="改按事项新版本办理",
    source=(), target=None, by=(BY_SYSTEM,),
)  # fmt: skip
REVERTING = Step(
    code="restore_version", label="恢复按原版本办理", done="恢复按事项原版本办理",
    source=(), target=None, by=(BY_SYSTEM,),
)  # fmt: skip
CLOCK_WORDS = {"promise": "承诺办结", "statutory": "法定办结", "hop": "当前环节"}
Result = MovedCase.Result


class NotMoved(Exception):
    """The moving did not begin; `problems` are sentences."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("；".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Tally:
    """How many cases of a moving came out how."""

    moved: int
    left: int
    reverted: int = 0


def road_of(moving: Moving) -> Road:
    return Road(moving.from_version, moving.to_version, MovePlan.model_validate(moving.plan))


def running(version_id: int) -> QuerySet[Case]:
    """The open cases of a version, by id."""
    return Case.objects.filter(version_id=version_id, closed_at=None).order_by("pk")


def dry_run(road: Road, *, after: int = 0, limit: int | None = None) -> Iterator[Fit]:
    """Try every running case on, writing nothing. Two statements a batch, and what a case needs.

    after, limit: one page of it, by the case's id.
    """
    last, given = after, 0
    while batch := _batch(running(road.old.pk).filter(pk__gt=last)):
        parties = parties_of_many([case.pk for case in batch])
        for case in batch:
            if limit is not None and given == limit:
                return
            given += 1
            yield tried_on(case, road, parties.get(case.pk, []), timezone.now())
        last = batch[-1].pk


def _batch(rows: QuerySet[Case]) -> list[Flow]:
    return cast("list[Flow]", list(rows.select_related("matter")[:BATCH]))


def begin_moving(*, old: MatterVersion, new: MatterVersion, plan: MovePlan, actor: Actor) -> Moving:
    """Plan a moving; an unfinished one with the same plan goes on. Nothing has moved yet.

    Raises NotMoved.
    """
    _require_operator(actor)
    if problems := problems_of_plan(plan, old, new):
        raise NotMoved(problems)
    kept = plan.model_dump(mode="json")
    same = Moving.objects.filter(from_version=old, to_version=new, plan=kept, finished_at=None)
    return same.first() or Moving.objects.create(
        from_version=old,
        to_version=new,
        plan=kept,
        started_by_id=actor.user_id,
        started_by_name=actor.name or "系统",
        started_at=timezone.now(),
    )


def carry_on(moving: Moving, *, actor: Actor, limit: int | None = None) -> Tally:
    """Move the cases that have no result yet, at most `limit`. Whatever is done is committed."""
    _require_operator(actor)
    road, moved, left = road_of(moving), 0, 0
    while True:
        room = BATCH if limit is None else min(BATCH, limit - moved - left)
        ids = list(_waiting(moving).values_list("pk", flat=True)[:room]) if room > 0 else []
        for case_id in ids:
            result = move_one(moving, road, case_id, actor=actor)
            moved += result == Result.MOVED
            left += result == Result.LEFT
        if not ids:
            break
    if moving.finished_at is None and not _waiting(moving).exists():
        moving.finished_at = timezone.now()
        moving.save(update_fields=["finished_at"])
    return Tally(moved, left)


def waiting_count(moving: Moving) -> int:
    return _waiting(moving).count()


def _waiting(moving: Moving) -> QuerySet[Case]:
    results = MovedCase.objects.filter(moving=moving, case_id=OuterRef("pk"))
    return running(moving.from_version_id).exclude(Exists(results))


def move_one(moving: Moving, road: Road, case_id: int, *, actor: Actor) -> str:
    """Move one case or leave it with its reasons; the result that is kept, "" if it is not here now.

    Statements: lock, parties, write, result; and what `tried_on` names.
    """
    with transaction.atomic():
        case = locked_case(case_id)
        if case is None or case.version_id != road.old.pk or case.closed_at is not None:
            return ""
        parties = list(parties_of(case.pk))
        at = max(timezone.now(), case.last_at or case.entered_at)
        fit = tried_on(case, road, parties, at)
        result = MovedCase(moving=moving, case_id=case.pk, at=at)
        if fit.fits:
            result.before = _before(case, fit.columns)
            moved = _write(case, fit, MOVING, road, parties, actor, at, moving)
            result.result, result.seq_after = Result.MOVED, moved.seq
        else:
            result.result, result.reasons = Result.LEFT, fit.reasons
        # Two who carry on at once may both come to leave a case: it is left once.
        MovedCase.objects.bulk_create([result], ignore_conflicts=result.result == Result.LEFT)
    return result.result


def revert(
    moving: Moving,
    *,
    actor: Actor,
    case_ids: Collection[int] | None = None,
    limit: int | None = None,
) -> Tally:
    """Take back the moved cases that nobody has touched since, those named or all, at most `limit`.

    Raises nothing for a case that cannot go back: its result says why, and without names it is not
    tried again.
    """
    _require_operator(actor)
    rows = MovedCase.objects.filter(moving=moving, result=Result.MOVED)
    rows = rows.filter(kept_because="") if case_ids is None else rows.filter(case_id__in=case_ids)
    reverted = left = 0
    for result_id in list(rows.values_list("pk", flat=True)[:limit]):
        done = revert_one(moving, result_id, actor=actor)
        reverted, left = reverted + done, left + (not done)
    return Tally(0, left, reverted)


def revert_one(moving: Moving, result_id: int, *, actor: Actor) -> bool:
    """Whether the case is as it was: all columns but its step and its chain, which only grow.

    Statements: result, lock, parties, write, result.
    """
    with transaction.atomic():
        result = MovedCase.objects.select_for_update().get(pk=result_id)
        case = locked_case(result.case_id)
        if case is None or result.result != Result.MOVED:
            return False
        if case.seq != result.seq_after:
            result.kept_because = "搬迁以后办件已有新的办理记录"
            result.save(update_fields=["kept_because"])
            return False
        parties = list(parties_of(case.pk))
        at = max(timezone.now(), case.last_at or case.entered_at)
        columns = {**result.before, "entered_at": parse_datetime(result.before["entered_at"])}
        fit = Fit(case, columns=columns, moved=list(moved_between(case.clocks, columns["clocks"])))
        road = Road(moving.to_version, moving.from_version, MovePlan())
        _write(case, fit, REVERTING, road, parties, actor, at, moving)
        result.result, result.reverted_at, result.kept_because = Result.REVERTED, at, ""
        result.save(update_fields=["result", "reverted_at", "kept_because"])
    return True


def _write(
    case: Flow,
    fit: Fit,
    step: Step,
    road: Road,
    parties: list[Party],
    actor: Actor,
    at: dt.datetime,
    moving: Moving,
) -> Flow:
    """Case, event and owed notices, in the ledger's one statement."""
    moved = carried(case, fit.columns)
    definition, days = definition_of(moved.version_id), day_words(fit)
    moved.seq = case.seq + 1
    act = Act(
        Situation(moved, actor, tuple(parties), definition, at), step, "", None, {}, moved.seq
    )
    if (moved.state, moved.flow) != (case.state, case.flow):
        stayed = at - case.entered_at
        act.note(stay={"flow": case.flow, "seconds": int(stayed.total_seconds())})
    act.note(
        moving=moving.pk,
        version={"was": case.version_id, "now": moved.version_id},
        changed=sorted(name for name in fit.columns if getattr(case, name) != getattr(moved, name)),
        moved={m.clock: {"was": m.was_due_at, "due": m.due_at} for m in fit.moved},
    )
    act.note(text=_said(road, days))
    if days:
        act.tell("case_step", message=_said(road, days))
    # Colours that have come without the sweep's seeing them ahead: the alarm goes back to the first.
    unseen = [moment for clock in fit.moved for moment in clock.comes_late(at)]
    moved.next_alarm_at = min([*unseen, *filter(None, [moved.next_alarm_at])], default=None)
    set_columns(moved, at)
    event = event_of(act, case.state)
    write_steps([Move(moved, event, telling.owed_for(act, event))])
    return moved


def day_words(fit: Fit) -> list[str]:
    """The due days that moved: what the parties are owed a word of."""
    return [
        f"{CLOCK_WORDS[m.clock]}期限由{_day(m.was_due_at)}改为{_day(m.due_at)}"
        for m in fit.moved
        if m.clock in CLOCK_WORDS and m.was_due_at != m.due_at
    ]


def _said(road: Road, days: list[str]) -> str:
    moved = "，".join(days) or "办理期限不变"
    return f"本办件改按事项第 {road.new.number} 版办理，{moved}。"


def _day(due_at: dt.datetime | None) -> str:
    """The last day in time."""
    return zh_date(timezone.localtime(due_at - INSTANT)) if due_at else "无"


def _before(case: Flow, columns: dict[str, Any]) -> dict[str, Any]:
    kept = {name: getattr(case, name) for name in columns}
    return {**kept, "entered_at": case.entered_at.isoformat()}


def _require_operator(actor: Actor) -> None:
    """As of now: the system, or somebody who keeps the site. Raises NotMoved."""
    if actor != SYSTEM and not (actor.user_id and actor_of(actor.user_id).operator):
        raise NotMoved(["只有维护人员可以搬迁办件"])
