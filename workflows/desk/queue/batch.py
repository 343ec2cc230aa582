"""Many cases of a list at once: which were picked, what is asked for all of them, and the run."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django.forms import Form
from django.http import QueryDict

from tongban.accounts.actors import Actor
from tongban.running.budget import lasting
from workflows.cases.bulk import Pick, go_on, words_of
from workflows.cases.declarations import Step
from workflows.cases.extending import STEP as EXTEND
from workflows.cases.models import BulkRun, Case
from workflows.cases.perform import CaseGone, InvalidData, NotAllowed, Stale, perform
from workflows.cases.situations import situation_for
from workflows.cases.verdicts import verdict

from ..door import cases_at_desk

if TYPE_CHECKING:
    from workflows.cases.flow import Flow

MOST = 500
# So long a request works on a run; the rest is for the next one, or for the worker.
PATIENCE_SECONDS = 2.0
# How many of the picked cases are looked at for one that shows which form the step asks.
LOOKED_AT = 20
# Takes a plan and a second person (`extending`), whoever may take it in one case alone.
NOT_BY_LIST = frozenset({EXTEND})
# What a page sends besides the answers.
NOT_ANSWERS = frozenset({"csrfmiddlewaretoken", "case", "step", "run", "asked", "next", "all"})


@dataclass(frozen=True)
class Result:
    number: str
    done: bool
    text: str


def pick_of(text: str) -> Pick | None:
    """From "number:token"; None for anything else."""
    number, _, token = text.partition(":")
    digits = (number + token).isascii() and number.isdecimal() and token.isdecimal()
    if not (digits and 10 <= len(number) <= 32 and len(token) < 10):
        return None
    return Pick(number, int(token))


def picks_of(values: Iterable[str]) -> list[Pick]:
    """The cases that were ticked, each once, some hundreds at most."""
    picks = {pick.number: pick for pick in filter(None, map(pick_of, values))}
    return list(picks.values())[:MOST]


def picks_among(ids: Sequence[int], actor: Actor) -> list[Pick]:
    """The cases with these ids as they stand now, in this order. One statement."""
    rows = cases_at_desk(actor).filter(pk__in=ids).values_list("pk", "number", "seq")
    found = {pk: Pick(number, seq) for pk, number, seq in rows}
    return [found[i] for i in ids if i in found]


def offered_in(cases: Iterable[Case], actor: Actor) -> dict[str, str]:
    """What may be done with some of these cases at once, in the order in which flows declare it. No SQL."""
    offered: dict[str, Step] = {}
    for case in cases:
        for step in steps_in(case, actor):
            offered.setdefault(step.code, step)
    ordered = sorted(offered.values(), key=lambda step: step.is_aside)
    return {step.code: step.label for step in ordered}


def steps_in(case: Case, actor: Actor) -> list[Step]:
    """Steps for many that this case's state and this actor's desk allow, as far as a list can tell."""
    office = case.holder_office_id
    if case.closed_at is not None or office not in actor.desks:
        return []
    flow = cast("Flow", case)
    is_head = office in actor.heads
    mine = case.claimed_by_id in (None, actor.user_id) or is_head
    mine = mine or actor.absent_at(office, case.claimed_by_id) is not None
    return [
        step
        for step in flow.STEPS.values()
        if step.for_many
        and step.code not in NOT_BY_LIST
        and case.state in step.source
        and (is_head or not step.head_only)
        and (mine or step.is_aside)
        and (step.code != "claim" or case.claimed_by_id is None)
        and (step.code != "release" or case.claimed_by_id == actor.user_id)
    ]


def form_for_all(
    picks: Sequence[Pick], step: str, actor: Actor, answers: QueryDict | None = None
) -> Form | None:
    """The form that the step asks in the first case that allows it; None if it asks nothing.

    A few statements; the cases that differ get their own result.
    """
    numbers = [pick.number for pick in picks[:LOOKED_AT]]
    for case in cases_at_desk(actor).filter(number__in=numbers).select_related("matter"):
        declared = cast("Flow", case).STEPS.get(step)
        if declared is None or declared.form is None or not declared.for_many:
            continue
        situation = situation_for(case, actor)
        if verdict(situation, declared).allowed:
            return declared.form(answers, situation=situation)  # type: ignore[call-arg]
    return None


def answers_in(posted: QueryDict) -> dict[str, Any]:
    """What was answered for all, as a form takes it again: one text, or several."""
    return {
        name: values[0] if len(values) == 1 else values
        for name, values in posted.lists()
        if name not in NOT_ANSWERS and values
    }


def key_in(posted: QueryDict) -> uuid.UUID:
    """The key of the page, so that what is sent twice is one run; a fresh one for none."""
    try:
        return uuid.UUID(posted.get("run", ""))
    except ValueError:
        return uuid.uuid4()


def work_on(run: BulkRun) -> BulkRun:
    """Go on with a run for as long as somebody waits for the answer."""
    return go_on(run.pk, is_over=lasting(PATIENCE_SECONDS))


def results_of(run: BulkRun, picks: Collection[Pick], done: str = "") -> list[Result]:
    """The results of a run in the order of the picks. done: said of those that went. One statement."""
    rows = {each.number: each for each in run.results.all()}
    found = [rows[pick.number] for pick in picks if pick.number in rows]
    return [
        Result(each.number, is_done, done or each.text if is_done else each.text)
        for each in found
        for is_done in [each.state == "done"]
    ]


def take_one(pick: Pick, step: str, *, actor: Actor) -> Result:
    """The step in the one case whose button was pressed."""
    case_id = cases_at_desk(actor).filter(number=pick.number).values_list("pk", flat=True).first()
    if case_id is None:
        return Result(pick.number, False, "没有这个办件，或您不能查看")
    try:
        done = perform(case_id, step, actor=actor, data={}, token=pick.token)
    except (CaseGone, Stale, NotAllowed, InvalidData) as refused:
        return Result(pick.number, False, words_of(refused))
    return Result(pick.number, True, done.case.STEPS[step].done)
