"""`perform` and `open_case`: whole or not at all, once, by those who may, on what they saw."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import journeys
from tests.world import SUBSIDY, World, at
from workflows.cases.ledger import first_break
from workflows.cases.models import Case, Event, Suspension
from workflows.cases.perform import CaseGone, InvalidData, NotAllowed, Stale, perform

STATEMENTS_AT_MOST = 6


def test_a_case_crosses_the_border_and_comes_back(world: World) -> None:
    journey = journeys.completed(world)
    case = journey.case

    assert (case.state, case.outcome, case.holder) == ("completed", "done", "")
    assert (case.origin_province, case.owner_province) == ("500000", "510000")
    events = list(Event.objects.filter(case=case).order_by("seq"))
    assert [e.step for e in events] == [
        "open", "collect", "forward", "sign", "accept", "approve", "feed_back", "sign_result",
        "hand_over",
    ]  # fmt: skip
    assert [e.seq for e in events] == list(range(1, 10))
    assert [e.province for e in events] == [
        "", "500000", "500000", "510000", "510000", "510000", "510000", "500000", "500000"
    ]  # fmt: skip
    assert first_break(events) is None


def test_handing_the_same_draft_in_twice_gives_one_case(world: World) -> None:
    draft = uuid.uuid4()
    first = world.open(SUBSIDY, draft_key=draft)
    second = world.open(SUBSIDY, draft_key=draft)
    assert first.pk == second.pk
    assert Case.objects.count() == 1


def test_a_stale_page_changes_nothing_and_says_who_moved_the_case(world: World) -> None:
    journey = journeys.arrived(world)
    case = journey.case
    journey.take("remark", "clerk_sc_2", text="已电话联系")
    with pytest.raises(Stale) as stale:
        perform(case.pk, "accept", actor=world.actor("clerk_sc"), token=case.seq)
    assert stale.value.last is not None
    assert (stale.value.last.actor_name, stale.value.last.step) == ("通同事", "remark")
    assert journey.case.state == "received"


def test_a_step_that_is_not_ones_own_is_refused_with_who_could_take_it(world: World) -> None:
    journey = journeys.arrived(world)
    with pytest.raises(NotAllowed) as refused:
        journey.take("accept", "clerk_cq")
    assert refused.value.verdict.who == "属地主管部门"
    assert journey.case.seq == 4


def test_a_form_with_errors_keeps_what_was_typed_and_changes_nothing(world: World) -> None:
    journey = journeys.reviewing(world)
    with pytest.raises(InvalidData) as invalid:
        journey.take("require_supplement", "clerk_sc", items="", reason="缺残疾人证")
    assert invalid.value.form.errors["items"] == ["请逐行列出需要补正的全部内容"]
    assert invalid.value.form["reason"].value() == "缺残疾人证"
    assert journey.case.state == "reviewing"
    assert not Suspension.objects.exists()


def test_a_step_no_flow_has_is_no_step(world: World) -> None:
    case = journeys.begin(world).case
    with pytest.raises(CaseGone):
        perform(case.pk, "delete", actor=world.actor("clerk_cq"), token=case.seq)


def test_a_dismissed_clerk_cannot_act_on_a_page_left_open(world: World) -> None:
    journey = journeys.arrived(world)
    actor = world.actor("clerk_sc")
    world.clerk_sc.postings.update(valid_to=at("2026-01-01 00:00").date())
    with pytest.raises(NotAllowed):
        perform(journey.id, "accept", actor=actor, token=journey.case.seq)


@pytest.mark.parametrize(
    ("step", "by", "data", "own"),
    [
        # `own` are the statements that the step's body and form declare in their docstrings.
        ("accept", "clerk_sc", {}, 1),
        ("remark", "clerk_sc", {"text": "已核对"}, 0),
        ("claim", "clerk_sc", {}, 0),
        ("refuse", "clerk_sc", {"reason": "不属于本机关职权"}, 1),
        ("require_supplement", "clerk_sc", {"items": "残疾人证", "reason": "缺"}, 3),
        ("withdraw", "citizen", {"reason": "不办了"}, 0),
    ],
)
def test_a_transition_costs_at_most_six_statements(
    world: World, step: str, by: str, data: dict[str, str], own: int
) -> None:
    case = journeys.arrived(world).case
    actor = world.actor(by)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        perform(case.pk, step, actor=actor, data=data, token=case.seq)
    statements = [
        q["sql"] for q in captured
        if not q["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK"))
    ]  # fmt: skip
    assert len(statements) - own <= STATEMENTS_AT_MOST, statements


def test_the_ledger_refuses_to_be_rewritten(world: World) -> None:
    from django.db import DatabaseError, transaction

    case = journeys.begin(world).case
    for statement in ("UPDATE cases_event SET actor_name = 'x'", "DELETE FROM cases_event"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            connection.cursor().execute(statement)
    assert first_break(list(case.events.order_by("seq"))) is None


def test_a_forged_event_breaks_the_chain(world: World) -> None:
    events = list(journeys.arrived(world).case.events.order_by("seq"))
    events[1].actor_name = "冒名者"
    assert first_break(events) is events[1]
