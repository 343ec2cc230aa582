"""A rehearsal is the real engine in a transaction that is always rolled back.

On each request everything is played anew from the list of moves: a version of its own (a copy, so
that a draft can be played and no cache remembers it), invented people at the real offices, and the
same `open_case` and `perform` that real cases go through. Nothing of it stays: no case, no event, no
notice (they are rows of the transaction, and the dispatcher is only hinted after a commit that never
comes), and no case number (`rehearsed_numbers`).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar, cast

from django.db import transaction
from django.db.models import Max

from matters.catalogue.models import MatterVersion, Status
from matters.catalogue.pauses import Paused
from matters.catalogue.pinned import forget_definition
from workflows.cases.flow import Flow
from workflows.cases.models import Case
from workflows.cases.opening import Application, NotInForce, NotTheWay, PartyInput, open_case
from workflows.cases.perform import CaseGone, InvalidData, NotAllowed, perform
from workflows.cases.rehearsed_numbers import rehearsed_numbers
from workflows.cases.routing import NoRegion, OutsideItsZone
from workflows.cases.situations import situation_for

from .moves import OPEN, Move, Rehearsed
from .people import NoSuchRole, People, invent
from .places import form_of, keys_of

ALWAYS = dt.date(1990, 1, 1), dt.date(2200, 1, 1)
T = TypeVar("T")
# What the engine may say to somebody who tries.
REFUSALS = (NotAllowed, NotInForce, NoRegion, Paused, CaseGone, NoSuchRole, InvalidData, NotTheWay)


class Refused(Exception):
    """A move that the version does not allow. `cause` is what the engine said; its text is for people."""

    def __init__(self, cause: Exception, said: str) -> None:
        super().__init__(said)
        self.cause = cause


@dataclass
class Stage:
    """Where a rehearsal has come to. broken: the first move that no longer works, and why."""

    version: MatterVersion
    people: People
    case: Flow | None = None
    broken: tuple[int, str] | None = None


def rehearse(version: MatterVersion, rehearsed: Rehearsed, look: Callable[[Stage], T]) -> T:
    """Play all moves, let `look` see where that leads, and take everything back.

    What `look` gives must not read the database later: render pages inside it.
    """
    with _nothing_left(), _copy(version) as copy:
        stage = Stage(copy, People(invent("演练申请人", "citizen")))
        for place, move in enumerate(rehearsed.moves):
            try:
                play(stage, rehearsed.origin, move)
            except Refused as refused:
                stage.broken = (place, str(refused))
                break
        return look(stage)


def play(stage: Stage, origin: str, move: Move) -> None:
    """Take one more move. Raises Refused."""
    known = dict(stage.people.made)
    try:
        with transaction.atomic():
            if move.step == OPEN:
                stage.case = _opened(stage, origin, move)
            else:
                stage.case = _taken(stage, move)
    except REFUSALS as cause:
        # Whoever was invented for this move went with it.
        stage.people.made = known
        raise Refused(cause, _said(cause)) from cause


def _opened(stage: Stage, origin: str, move: Move) -> Flow:
    applicant = stage.people.applicant
    application = Application(
        draft_key=uuid.uuid4(),
        version=stage.version,
        origin_region=origin,
        parties=[PartyInput(role="applicant", name=applicant.name, user=applicant)],
        data=move.data,
        applicant_region=origin,
    )
    actor = stage.people.actor("applicant", cast(Flow, None))
    return _fresh(open_case(application, actor=actor, at=move.at).case)


def _taken(stage: Stage, move: Move) -> Flow:
    case = stage.case
    if case is None or move.step not in case.STEPS:
        raise NoSuchRole(move.step)
    actor = stage.people.actor(move.role, case)
    form = form_of(case.STEPS[move.step], situation_for(case, actor, move.at))
    data = keys_of(form, move.data) if form is not None else {}
    return _fresh(
        perform(case.pk, move.step, actor=actor, data=data, token=case.seq, at=move.at).case
    )


def _fresh(case: Case) -> Flow:
    return cast(Flow, Case.objects.select_related("matter").get(pk=case.pk))


def _said(cause: Exception) -> str:
    match cause:
        case OutsideItsZone():
            return str(cause)
        case NoRegion():
            return "有岗位要按某个地区分办，而该地区没有填"
        case NoSuchRole() | CaseGone():
            return "这一版没有这个步骤，或办件里没有这个岗位"
        case NotInForce():
            return "这类办件只能作为其他办件的一部分"
        case InvalidData():
            return "所填内容不符合要求"
        case _:
            return str(cause)


@contextmanager
def _nothing_left() -> Iterator[None]:
    with rehearsed_numbers(), transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)


@contextmanager
def _copy(version: MatterVersion) -> Iterator[MatterVersion]:
    """The version as if it were published and always in force."""
    numbers = MatterVersion.objects.filter(matter_id=version.matter_id)
    copy = MatterVersion.objects.create(
        matter=version.matter,
        number=(numbers.aggregate(last=Max("number"))["last"] or 0) + 1,
        status=Status.PUBLISHED,
        valid_from=ALWAYS[0],
        valid_to=ALWAYS[1],
        mode=version.mode,
        mode_certainty=version.mode_certainty,
        flow=version.flow,
        definition=version.definition,
        published_at=dt.datetime.now(dt.UTC),
    )
    try:
        yield copy
    finally:
        forget_definition(copy.pk)
