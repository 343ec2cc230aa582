"""The play: cases are handed in day by day, and each walks on in the order of time."""

from __future__ import annotations

import datetime as dt
import heapq
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any, cast

from matters.catalogue.models import MatterVersion
from matters.catalogue.pinned import definition_of
from tongban.accounts.demonstration import people
from workflows.cases.clocks import local_day
from workflows.cases.declarations import APPLICANT, STAGE
from workflows.cases.family import children_of
from workflows.cases.models import Case
from workflows.cases.opening import Application, PartyInput, open_case
from workflows.cases.perform import InvalidData, NotAllowed, perform
from workflows.cases.registry import flow_class
from workflows.cases.waking import wake_owed_by

from .acts import Move
from .answers import answers
from .at_once import booked_for
from .cast import Cast
from .claims import claim_answers
from .fund import fund_answers
from .hours import citizen_moment, office_moment
from .loans import loan_answers
from .medical import filing_answers
from .moves import likely
from .situations import carried_as_typed, fed_back, situation
from .withdrawals import withdrawal_answers

if TYPE_CHECKING:
    from workflows.cases.flow import Flow

MEAN_OFFICE_HOURS = 6.0
MEAN_CITIZEN_HOURS = 20.0
# Matters with definitions of their own come up far more often than those with only a name.
DEEP_SHARE = 0.85
# How often each flow comes up beside the others; 1 for those not named.
SHARES = {"collect_forward": 6, "online_approval": 5, "household_move": 3, "fund_transfer": 2,
          "fund_transfer_group": 0.3,
          "one_thing": 0.3, "financing": 0.3}  # fmt: skip
# Seats that are at the person's own place besides the one that takes in: who prints the licence.
HERE = ("issuing",)


@dataclass(order=True)
class Due:
    """A case's next move, in the queue of time."""

    at: dt.datetime
    nth: int
    case_id: int = field(compare=False)
    move: Move = field(compare=False)
    actor_id: int = field(compare=False)
    luck: Random = field(compare=False)


@dataclass(frozen=True)
class Share:
    """Which of the cases this process plays: those whose number leaves `nth` when divided by `of`."""

    nth: int = 0
    of: int = 1


@dataclass
class Played:
    opened: int = 0
    steps: int = 0
    stuck: int = 0


class Play:
    """One run. The same seed, people and catalogue give the same cases.

    Every case has luck of its own, so that several processes may each play a share of them.
    """

    def __init__(
        self,
        cast_: Cast,
        *,
        seed: int,
        until: dt.datetime,
        share: Share = Share(),
    ) -> None:
        self.cast, self.until, self.seed, self.share = cast_, until, seed, share
        self.queue: list[Due] = []
        self.nth = 0
        self.played = Played()
        self.deep, self.plain = _versions()

    def run(self, *, days: int, per_day: int, tick: Callable[[int], None]) -> Played:
        """Hand in `per_day` cases on each of the last `days` days and play until `until`."""
        openings = sorted(self._openings(days, per_day))
        for nth, moment in enumerate(openings):
            if nth % self.share.of != self.share.nth:
                continue
            self._play_up_to(moment, tick)
            self._open(moment, Random(f"case {self.seed} {nth}"))
            tick(1)
        self._play_up_to(self.until, tick)
        return self.played

    def _openings(self, days: int, per_day: int) -> Iterator[dt.datetime]:
        luck = Random(f"openings {self.seed}")
        first = local_day(self.until) - dt.timedelta(days=days - 1)
        for offset in range(days):
            day = first + dt.timedelta(days=offset)
            # On rest days people still apply on their phones, but fewer.
            share = 1.0 if day.weekday() < 5 else 0.3
            for _ in range(round(per_day * share)):
                start = dt.datetime.combine(day, dt.time(8), self.until.tzinfo)
                moment = start + dt.timedelta(minutes=luck.randrange(13 * 60))
                if moment < self.until:
                    yield moment

    def _play_up_to(self, moment: dt.datetime, tick: Callable[[int], None]) -> None:
        while self.queue and self.queue[0].at < moment:
            due = heapq.heappop(self.queue)
            case = Case.objects.get(pk=due.case_id)
            try:
                done = perform(
                    case.pk,
                    due.move.step,
                    actor=self.cast.actor(due.actor_id),
                    data=due.move.data(case, due.luck)
                    | fed_back(case, due.move.step, due.luck, due.at),
                    token=case.seq,
                    at=due.at,
                )
            except (NotAllowed, InvalidData):
                # E.g. one clerk for two stages: such a case waits for a person, as it would in life.
                self.played.stuck += 1
                continue
            self.played.steps += 1
            tick(1)
            self._plan(done.case, due.at, due.luck)
            self._plan_parts(done.case, due.at)
            self._plan_woken(done.case, due.at)

    def _open(self, moment: dt.datetime, luck: Random) -> None:
        home = luck.choice(["500000", "510000"])
        # Nine of ten cross the border: that is what the zone is for.
        away = "510000" if home == "500000" else "500000"
        owner = away if luck.random() < 0.9 else home
        version = self._version(luck)
        origin = self.cast.county(home, luck)
        person = luck.choice(self.cast.citizens[home])
        regions = self._regions(version, self.cast.county(owner, luck), origin)
        definition = definition_of(version.pk)
        said = situation(definition, local_day(moment), luck)
        application = Application(
            draft_key=uuid.UUID(int=luck.getrandbits(128), version=4),
            version=version,
            origin_region=origin,
            applicant_region=person.region_code,
            parties=[
                PartyInput(
                    role="applicant",
                    name=person.name,
                    user=person,
                    id_number=person.id_number or "",
                    phone=person.phone or "",
                )
            ],
            data=answers(
                definition,
                regions=regions,
                person=next(people(luck.randrange(10**9))),
                on=local_day(moment),
                luck=luck,
            )
            | filing_answers(version.flow, person, local_day(moment), luck)
            | claim_answers(version.flow, person, local_day(moment), luck)
            | fund_answers(version.flow, person, luck)
            | withdrawal_answers(version.flow, person, local_day(moment), luck)
            | loan_answers(version.flow, local_day(moment), luck)
            | carried_as_typed(definition, said),
            situation=said,
        )
        try:
            case = open_case(application, actor=self.cast.actor(person.pk), at=moment).case
        except InvalidData:
            # A form that asks for a day to come judges by today's date: it cannot be played in the past.
            self.played.stuck += 1
            return
        self.played.opened += 1
        self._plan(case, moment, luck)
        self._plan_parts(case, moment)

    def _plan_parts(self, case: Flow, moment: dt.datetime) -> None:
        """The parts that have just been opened walk on by themselves, each with luck of its own; and so
        does what follows a case that has ended, like the receipt of a loan."""
        if any(state.awaits for state in case.STATES):
            for nth, part in enumerate(children_of(case.pk)):
                if part.opened_at == moment:
                    self._plan(part, moment, Random(f"part {self.seed} {case.draft_key} {nth}"))
        if case.closed_at == moment:
            beside = Case.objects.filter(parent_id=case.pk, relation="follows", opened_at=moment)
            for nth, row in enumerate(beside.order_by("id")):
                luck = Random(f"beside {self.seed} {case.draft_key} {nth}")
                self._plan(cast("Flow", row), moment, luck)

    def _plan_woken(self, case: Flow, moment: dt.datetime) -> None:
        """The whole walks on in the hour in which its last part ended."""
        if case.closed_at != moment or case.parent_id is None or case.relation != "part":
            return
        if wake_owed_by(case, at=moment):
            parent = cast("Flow", Case.objects.get(pk=case.parent_id))
            luck = Random(f"woken {self.seed} {parent.draft_key} {parent.seq}")
            self._plan(parent, moment, luck)
            self._plan_parts(parent, moment)

    def _version(self, luck: Random) -> MatterVersion:
        """Mostly a matter that is written out: its flow first, then one of that flow's."""
        if luck.random() >= DEEP_SHARE:
            return luck.choice(self.plain)
        flows = sorted(self.deep)
        flow = luck.choices(flows, weights=[SHARES.get(each, 1) for each in flows])[0]
        return luck.choice(self.deep[flow])

    def _regions(self, version: MatterVersion, there: str, origin: str) -> Iterator[str]:
        """What the form's region fields get: here what the person's own place does, else there."""
        definition, here = definition_of(version.pk), {flow_class(version.flow).ORIGIN_SEAT, *HERE}
        near = {rule.region_field for rule in definition.seats if rule.seat in here}
        if definition.parts:
            # Where one goes to is asked first; where one comes from, after it.
            near |= {field.code for field in definition.fields if field.kind == "region"}
            near -= {rule.region_field for rule in definition.seats}
        for asked in definition.fields:
            if asked.kind == "region":
                yield origin if asked.code in near else there
        while True:
            yield there

    def _plan(self, case: Flow, moment: dt.datetime, luck: Random) -> None:
        move = likely(case, luck)
        if move is None:
            return
        step = case.STEPS[move.step]
        by_citizen = step.by == (APPLICANT,) or (step.by[0] == APPLICANT)
        if by_citizen:
            actor_id: int | None = self._citizen_of(case)
            at = citizen_moment(moment, MEAN_CITIZEN_HOURS, luck)
        else:
            seat = self._seat(case, step.by)
            office_id = case.office_of(seat)
            if step.head_only:
                actor_id = next(iter(self.cast.heads.get(office_id or 0, ())), None)
            else:
                actor_id = office_id and self.cast.clerk(office_id, luck, case.deciders)
            begin = max(moment, _special_until(case) or moment, booked_for(case) or moment)
            at = office_moment(begin, case.region_of(seat), MEAN_OFFICE_HOURS, luck)
        if actor_id is None:
            self.played.stuck += 1
            return
        self.nth += 1
        heapq.heappush(self.queue, Due(at, self.nth, case.pk, move, actor_id, luck))

    def _seat(self, case: Flow, takers: tuple[str, ...]) -> str:
        filled = [taker for taker in takers if case.office_of(taker) is not None]
        if STAGE in takers:
            return definition_of(case.version_id).stage(case.stage).seat
        return filled[0] if filled else case.holder

    def _citizen_of(self, case: Flow) -> int | None:
        event: Any = case.events.order_by("seq").first()
        return cast("int | None", event.actor_id)


def _versions() -> tuple[dict[str, list[MatterVersion]], list[MatterVersion]]:
    """Versions in force of matters that are written out, by flow, and the rest; each in slug order."""
    rows = (
        MatterVersion.objects.filter(status="published", valid_to=None)
        .select_related("matter")
        .order_by("matter__slug")
    )
    deep: dict[str, list[MatterVersion]] = {}
    plain: list[MatterVersion] = []
    for row in rows:
        flow = flow_class(row.flow)
        if flow.ONLY_AS_PART or flow.BETWEEN_OFFICES:
            continue
        if row.definition.get("sources"):
            deep.setdefault(row.flow, []).append(row)
        else:
            plain.append(row)
    return deep, plain


def _special_until(case: Flow) -> dt.datetime | None:
    """The end of a 公示 or 冷静期 that runs now: nothing can be done before it."""
    until = case.facts.get("special_until") if case.is_suspended else None
    return dt.datetime.fromisoformat(until) if until else None


def steps_expected(days: int, per_day: int) -> int:
    """A rough total for the progress bar."""
    return round(days * per_day * 6.2)
