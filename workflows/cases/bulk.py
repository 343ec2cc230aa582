"""One step for many cases at once, through the one door's own rules; each with its result.

Cases go in groups: one transaction reads the actor, the cases (locked in the order of their ids), their
people and what their bodies ask for once for all of them, takes each step in memory by `perform.take`,
and writes them in one statement. What a rule refuses gets its result and stops no other. Where a group
cannot be written as it is, its cases go one by one through `perform`.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import structlog
from django.db import connection, transaction
from django.db.models import CharField, Exists, OuterRef, Q
from django.db.models.functions import Cast
from django.utils import timezone

from matters.catalogue.models import Matter
from matters.catalogue.pinned import definitions_of
from tongban.accounts.actors import Actor, actor_of
from tongban.certificates.models import Use

from .access import visible_to
from .act import Act, Situation
from .declarations import Step
from .happening import moved_by
from .ledger_writing import write_steps
from .models import BulkResult, BulkRun, Case, Event
from .numbers import keep_numbers
from .perform import (
    CaseGone,
    InvalidData,
    NotAllowed,
    Stale,
    Taken,
    perform,
    ready,
    take,
)
from .reading import parties_of_many, to_be_locked
from .registry import flow_class, flows
from .shared_materials import SUBJECT
from .together import Together

if TYPE_CHECKING:
    from .flow import Flow

log = structlog.get_logger(__name__)

GROUP = 200
GOES_ON_BY_ITSELF = dt.timedelta(days=1)
MOST = 1000
LONGEST_TEXT, LONGEST_LABEL = 500, 60
WAITING, DONE, REFUSED = BulkResult.State.WAITING, BulkResult.State.DONE, BulkResult.State.REFUSED
NOT_SEEN = "没有这个办件，或您不能查看"
NO_STEP = "这类办件没有这个步骤"
FAILED = "系统没有办成这一件，没有任何改动；请打开办件办理"


GONE = "账号已停用"
# What of people no step asks for; unsealing costs more than the rest of the row.
SEALED = ("id_number", "phone", "user__password", "user__id_number")


class OneByOne(ValueError):
    """This case wants to be looked at: the step is taken from its own page."""


REFUSALS = (CaseGone, Stale, NotAllowed, InvalidData, OneByOne)


class NotForMany(ValueError):
    """The step is not one that is taken in many cases at once, or no case or too many were picked."""


@dataclass(frozen=True)
class Pick:
    """A case as the list showed it: its number, and its `seq` at that moment."""

    number: str
    token: int


@dataclass(frozen=True)
class Outcome:
    """What became of one case."""

    result_id: int
    is_done: bool
    text: str


def steps_for_many() -> frozenset[str]:
    """Codes of the steps that some flow allows for many at once."""
    return frozenset(c for flow in flows() for c, step in flow.STEPS.items() if step.for_many)


def label_in(step: str, flow_codes: Iterable[str]) -> str:
    """What the step is called in these flows."""
    known = (flow_class(code).STEPS.get(step) for code in sorted(set(flow_codes)))
    return "、".join(dict.fromkeys(each.label for each in known if each is not None))


def begin(
    *, actor: Actor, step: str, picks: Sequence[Pick], data: Mapping[str, Any], key: uuid.UUID
) -> BulkRun:
    """Write down what is to be done; nothing has been taken yet. The same key gives the same run.

    data: the answers for all, as a form sends them. Four statements. Raises NotForMany, also for a
    key that somebody else has used.
    """
    known = BulkRun.objects.filter(key=key).first()
    if known is None:
        picked = {pick.number: pick for pick in picks}
        is_one = step in steps_for_many() and actor.user_id is not None
        if not is_one or not 0 < len(picked) <= MOST:
            raise NotForMany(f"{step} for {len(picked)} cases")
        known = _begun(actor, step, list(picked.values()), data, key)
    if known.actor_id != actor.user_id:
        raise NotForMany("the key is another's")
    return known


@transaction.atomic
def _begun(
    actor: Actor,
    step: str,
    picks: Sequence[Pick],
    data: Mapping[str, Any],
    key: uuid.UUID,
) -> BulkRun:
    """Two who begin with one key at once: the second waits for the first, and gets its run."""
    seen = visible_to(_at_work(actor)).filter(number__in=[pick.number for pick in picks])
    found = list(seen.values_list("number", "pk", "flow"))
    ids = {number: pk for number, pk, _ in found}
    label = label_in(step, (flow for _, _, flow in found))
    unseen = sum(pick.number not in ids for pick in picks)
    now = timezone.now()
    run = BulkRun(
        key=key, step=step, label=label[:LONGEST_LABEL] or step, data=dict(data), actor_id=cast("int", actor.user_id),
        total=len(picks), refused=unseen, begun_at=now,
        finished_at=now if unseen == len(picks) else None,
    )  # fmt: skip
    BulkRun.objects.bulk_create([run], ignore_conflicts=True)
    kept = BulkRun.objects.get(key=key)
    if kept.begun_at != now or kept.actor_id != actor.user_id or kept.results.exists():
        return kept
    BulkResult.objects.bulk_create(
        BulkResult(
            run=kept,
            case_id=ids.get(pick.number),
            number=pick.number,
            token=pick.token,
            state=WAITING if pick.number in ids else REFUSED,
            text="" if pick.number in ids else NOT_SEEN,
        )
        for pick in picks
    )
    return kept


def _at_work(actor: Actor) -> Actor:
    """The actor without what they are a party of: many cases are taken at a desk, not as a citizen."""
    return Actor(None, actor.kind, actor.name, actor.desks, actor.heads, actor.supervises)


def go_on(run_id: int, *, is_over: Callable[[], bool] = lambda: False) -> BulkRun:
    """Take the step in the cases that still wait, group by group, until none does or `is_over`.

    What has been taken is committed group by group: whoever is killed has lost the group at hand,
    and it waits. Two who go on with one run share its cases.
    """
    run = BulkRun.objects.get(pk=run_id)
    while run.finished_at is None and not is_over():
        if not _group_taken(run):
            break
        run = BulkRun.objects.get(pk=run_id)
    return run


def go_on_with_all(*, is_over: Callable[[], bool]) -> int:
    """Go on with the runs of the last day that whoever began them left unfinished; how many ended.

    An older one waits for its person: what was meant a day ago may not be meant any more.
    """
    since = timezone.now() - GOES_ON_BY_ITSELF
    left = BulkRun.objects.filter(finished_at=None, begun_at__gte=since).order_by("begun_at")
    ended = (go_on(run_id, is_over=is_over) for run_id in list(left.values_list("pk", flat=True)))
    return sum(run.finished_at is not None for run in ended)


def _group_taken(run: BulkRun) -> bool:
    """Whether there was a group to take."""
    waiting: list[BulkResult] = []
    try:
        with transaction.atomic():
            waiting = _waiting(run, Q(), GROUP)
            if waiting:
                _keep(run, _taken_together(run, waiting))
    except Exception:
        # Whatever it was, it is one case's; alone each of them either goes or says why not.
        log.exception("cases taken one by one", run=run.pk)
        for each in waiting:
            _taken_alone(run, each.pk)
    return bool(waiting)


def _waiting(run: BulkRun, which: Q, most: int) -> list[BulkResult]:
    """Results to work on, locked, the cases' ids ascending; another's are passed over."""
    rows = BulkResult.objects.select_for_update(skip_locked=True)
    return list(rows.filter(which, run=run, state=WAITING).order_by("case_id")[:most])


def _taken_together(run: BulkRun, waiting: Sequence[BulkResult]) -> list[Outcome]:
    """Statements: actor, cases, matters, people, the ledger's one; and what the bodies ask for."""
    try:
        actor = actor_of(run.actor_id)
    except Actor.Gone:
        return [Outcome(each.pk, False, GONE) for each in waiting]
    ids = [cast("int", each.case_id) for each in waiting]
    together = Together(ids)
    cases, now = _locked(ids), timezone.now()
    parties = parties_of_many(ids, but=SEALED)
    definitions = definitions_of({case.version_id for case in cases.values()})
    said, stale, acts = dict[int, Outcome](), list[BulkResult](), dict[int, Act]()
    for each in waiting:
        case = cases[cast("int", each.case_id)]
        if each.token != case.seq:
            stale.append(each)
            continue
        # Nothing is said to have happened before what happened last.
        moment = max(now, case.last_at or case.entered_at)  # type: ignore[attr-defined]
        people = tuple(parties.get(case.pk, ()))
        definition = definitions[case.version_id]
        situation = Situation(case, actor, people, definition, moment, together)
        try:
            declared = _declared(case, run.step, together)
            acts[each.pk] = ready(situation, declared, run.data)[0]
        except REFUSALS as refused:
            said[each.pk] = Outcome(each.pk, False, words_of(refused))
    said |= _overtaken(stale)
    _write([take(act) for act in acts.values()], together)
    for result_id, act in acts.items():
        said[result_id] = Outcome(result_id, True, act.step.done)
    return list(said.values())


def _write(taken: Sequence[Taken], together: Together) -> None:
    together.flush()
    if taken:
        write_steps([each.move for each in taken])
    for each in taken:
        keep_numbers(each.act)


def _taken_alone(run: BulkRun, result_id: int) -> None:
    """One case by the one door itself, in a transaction of its own."""
    with transaction.atomic():
        for each in _waiting(run, Q(pk=result_id), 1):
            _keep(run, [_alone(run, each)])


def _alone(run: BulkRun, each: BulkResult) -> Outcome:
    case_id = cast("int", each.case_id)
    try:
        case = cast("Flow", Case.objects.get(pk=case_id))
        _declared(case, run.step, Together([case_id]))
        actor = actor_of(run.actor_id)
        done = perform(case_id, run.step, actor=actor, data=run.data, token=each.token)
    except Actor.Gone:
        return Outcome(each.pk, False, GONE)
    except REFUSALS as refused:
        return Outcome(each.pk, False, words_of(refused))
    except Exception:
        log.exception("a case of many failed", run=run.pk, case=case_id)
        return Outcome(each.pk, False, FAILED)
    return Outcome(each.pk, True, done.case.STEPS[run.step].done)


def _locked(case_ids: Sequence[int]) -> dict[int, Flow]:
    """By id, locked in the order of their ids, so that no two groups wait for each other."""
    rows = to_be_locked().filter(pk__in=case_ids).order_by("pk")
    cases = {case.pk: cast("Flow", case) for case in rows}
    matters = Matter.objects.in_bulk({case.matter_id for case in cases.values()})
    for case in cases.values():
        case.matter = matters[case.matter_id]
    return cases


def _declared(case: Flow, code: str, together: Together) -> Step:
    """The step, if it may be taken in this case among many. Raises CaseGone, OneByOne."""
    declared = case.STEPS.get(code)
    if declared is None:
        raise CaseGone(NO_STEP)
    if not declared.for_many:
        raise OneByOne("这类办件的这一步须逐件办理，请打开办件")
    if declared.decides and case.pk in together.of_each(with_certificates):
        # Their issuers are asked once more before a decision, and whoever decides sees the answer.
        raise OneByOne("材料中有电子证照，须核验后逐件决定，请打开办件")
    return declared


def with_certificates(case_ids: Collection[int]) -> dict[int, bool]:
    """The cases with certificates in the place of papers. One statement."""
    keys = Case.objects.filter(pk__in=case_ids).annotate(key=Cast("draft_key", CharField()))
    used = Use.objects.filter(subject_kind=SUBJECT, subject_key=OuterRef("key"))
    return dict.fromkeys(keys.filter(Exists(used)).values_list("pk", flat=True), True)


def _overtaken(stale: Sequence[BulkResult]) -> dict[int, Outcome]:
    """Who moved them meanwhile. One statement, none where nobody did."""
    if not stale:
        return {}
    newest = Event.objects.filter(case_id__in=[each.case_id for each in stale])
    last = {
        event.case_id: event
        for event in newest.order_by("case_id", "-seq").distinct("case_id").select_related("case")
    }
    return {
        each.pk: Outcome(each.pk, False, f"{moved_by(last.get(each.case_id or 0))}，没有重复办理")
        for each in stale
    }


def words_of(refused: Exception) -> str:
    """Why a case was left as it was, in a sentence."""
    if isinstance(refused, Stale):
        return f"{moved_by(refused.last)}，没有重复办理"
    if isinstance(refused, CaseGone):
        return NO_STEP
    if isinstance(refused, InvalidData):
        wrong = refused.form.errors.values()
        return "；".join(str(text) for texts in wrong for text in texts)
    return str(refused)


KEEP = """
WITH said AS (
    SELECT * FROM jsonb_to_recordset(%(said)s::jsonb) AS said(id bigint, state text, text text)
), kept AS (
    UPDATE cases_bulkresult AS result SET state = said.state, text = said.text
    FROM said WHERE result.id = said.id AND result.state = 'waiting'
    RETURNING result.state
), counted AS (
    SELECT count(*) FILTER (WHERE state = 'done') AS done,
        count(*) FILTER (WHERE state = 'refused') AS refused FROM kept
)
UPDATE cases_bulkrun AS run
SET done = run.done + counted.done, refused = run.refused + counted.refused,
    finished_at = CASE WHEN run.done + run.refused + counted.done + counted.refused >= run.total
        THEN %(now)s::timestamptz END
FROM counted WHERE run.id = %(run)s
"""


def _keep(run: BulkRun, outcomes: Sequence[Outcome]) -> None:
    """Each case's result, and how far the run is. One statement, the last before the commit."""
    said = [
        {"id": o.result_id, "state": DONE if o.is_done else REFUSED, "text": o.text[:LONGEST_TEXT]}
        for o in outcomes
    ]
    values: dict[str, Any] = {"said": json.dumps(said), "run": run.pk, "now": timezone.now()}
    with connection.cursor() as cursor:
        cursor.execute(KEEP, values)
