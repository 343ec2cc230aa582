"""Who may take which step in which state: the whole table, three times over.

What the declarations mean (written down here once more, independently) is what `verdict` says, is what
the committed files under `rights/` show to a reviewer, is what the door itself does with real rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from matters.catalogue.definition import Definition
from matters.catalogue.pinned import definition_of
from tests.flows.settings import SETTINGS, actors_in, open_in, put_in_state
from tests.world import World, planned_matters
from tongban.accounts.models import User
from tongban.notices.models import Notice
from workflows.cases.declarations import Step
from workflows.cases.flow import Flow
from workflows.cases.management.commands.print_rights import text_of
from workflows.cases.models import Case, Document, Event, Material, Suspension
from workflows.cases.perform import NotAllowed, perform
from workflows.cases.registry import flow_class, flows
from workflows.cases.rights import Spot, rights, spots, takers, whole_definition

COMMITTED = Path(__file__).parent / "rights"
# What each kind of party may do, in the words of `Step.right`.
PARTY_RIGHTS = {
    "applicant": {"sign", "supplement", "withdraw", "see"},
    "co_applicant": {"sign", "see"},
    "beneficiary": {"see"},
    "contact": set(),
}
EVERY_FLOW = sorted(SETTINGS)
IN_FULL = "collect_forward"


def expected(definition: Definition, spot: Spot, step: Step, who: str, *, suspended: bool) -> bool:
    """May `who` take the step there? From what source and by mean, and from nothing else."""
    if spot.state.code not in step.source or (suspended and not step.while_suspended):
        return False
    for taker in step.by:
        if taker == "applicant":
            allowed = step.right in PARTY_RIGHTS.get(who, set())
        elif taker in ("timer", "system"):
            allowed = who == "system"
        elif taker == "supervisor":
            allowed = who in ("window's supervisor", "owner's supervisor")
        else:
            seats = {
                "@any": {rule.seat for rule in definition.seats},
                "@holder": {spot.holder},
                "@stage": {stage.seat for stage in definition.stages if stage.code == spot.stage},
            }.get(taker, {taker})
            heads = {f"head of {seat}" for seat in seats}
            allowed = who in heads or (who in seats - {"applicant"} and not step.head_only)
        if allowed:
            return True
    return False


def definitions(flow: type[Flow]) -> Iterator[Definition]:
    """A made-up matter that fills every seat, and the real one with most stages."""
    yield whole_definition(flow)
    real = [planned.definition for planned in planned_matters() if planned.flow == flow.CODE]
    yield max(real, key=lambda definition: len(definition.stages))


@pytest.mark.parametrize("code", EVERY_FLOW)
def test_the_verdict_is_what_the_declarations_mean(code: str) -> None:
    flow = flow_class(code)
    for definition in definitions(flow):
        found = {(r.spot, r.step.code): r for r in rights(flow, definition)}
        people = takers(definition)
        for spot in spots(flow, definition):
            for step in flow.STEPS.values():
                right = found.get((spot, step.code))
                for who in people:
                    as_shown = (
                        who in (right.takers if right else ()),
                        who in (right.while_suspended if right else ()),
                    )
                    as_meant = (
                        expected(definition, spot, step, who, suspended=False),
                        expected(definition, spot, step, who, suspended=True),
                    )
                    assert as_shown == as_meant, (code, spot, step.code, who)


def test_every_flow_is_tried() -> None:
    assert [flow.CODE for flow in flows()] == EVERY_FLOW


@pytest.mark.parametrize("code", EVERY_FLOW)
def test_rights_change_only_where_a_reviewer_sees_it(code: str) -> None:
    """Meant so? Then: manage.py print_rights --write tests/flows/rights"""
    assert text_of(flow_class(code)) == (COMMITTED / f"{code}.txt").read_text(encoding="utf-8")


def test_no_table_of_a_flow_that_is_gone_lies_about() -> None:
    assert {path.stem for path in COMMITTED.iterdir()} == set(EVERY_FLOW)


def test_the_closed_case_is_moved_by_nobody() -> None:
    for flow in flows():
        for right in rights(flow, whole_definition(flow)):
            if right.spot.state.closes:
                assert right.step.target is None, (flow.CODE, right.spot, right.step.code)


def all_there_is(case: Case) -> list[object]:
    """The row and whatever a step could have left beside it."""
    rows: list[object] = [Case.objects.filter(pk=case.pk).values().get()]
    rows += [list(model.objects.filter(case=case).values()) for model in (Material, Suspension)]
    return [*rows, Event.objects.count(), Notice.objects.count(), Document.objects.count()]


@pytest.fixture
def with_father(world: World) -> World:
    world.people["father"] = User.objects.create(username="father", name="周德福", password="!")
    return world


def attempts(
    definition: Definition, spot: Spot, flow: type[Flow], people: list[str], nth: int
) -> Iterator[tuple[Step, str]]:
    """Who tries what without being allowed to: each step that is not of this state by one who could
    take it in another; each that is, by every seventeenth of those who may not.

    The door is one for all flows: at one of them everything is tried, at the others a third of what
    is not of the state, in turn. The verdict behind it is compared in full above.
    """
    tried = 0
    for place, step in enumerate(flow.STEPS.values()):
        if flow.CODE != IN_FULL and spot.state.code not in step.source and (place + nth) % 3:
            continue
        for who in people:
            if expected(definition, spot, step, who, suspended=False):
                continue
            if spot.state.code not in step.source:
                elsewhere = [s for s in spots(flow, definition) if s.state.code in step.source]
                if any(expected(definition, s, step, who, suspended=False) for s in elsewhere):
                    yield step, who
                    break
            else:
                tried += 1
                if (tried + nth) % 17 == 0:
                    yield step, who


@pytest.mark.parametrize("code", EVERY_FLOW)
def test_what_is_not_listed_is_refused_at_the_door_and_changes_nothing(
    with_father: World, code: str
) -> None:
    world, flow = with_father, flow_class(code)
    case = open_in(world, code)
    actors = actors_in(world, code)
    definition = definition_of(case.version_id)
    for nth, spot in enumerate(spots(flow, definition)):
        put_in_state(case, spot)
        before = all_there_is(case)
        for step, who in attempts(definition, spot, flow, list(actors), nth):
            with pytest.raises(NotAllowed):
                perform(case.pk, step.code, actor=actors[who], data={}, token=case.seq)
        assert all_there_is(case) == before, spot
