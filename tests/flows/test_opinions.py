"""加签 and 会签: a second pair of eyes before the decision."""

from __future__ import annotations

import pytest

from tests import journeys
from tests.world import World
from workflows.cases import access
from workflows.cases.perform import InvalidData, NotAllowed


def asked(world: World) -> journeys.Journey:
    return journeys.reviewing(world).take(
        "ask_colleague", "clerk_sc", colleague=world.clerk_sc_2.pk, question="请复核残疾等级"
    )


def test_while_a_colleague_is_asked_nobody_decides(world: World) -> None:
    journey = asked(world)
    with pytest.raises(NotAllowed) as waiting:
        journey.take("approve", "clerk_sc", opinion="同意")
    assert [r.code for r in waiting.value.verdict.reasons] == ["no_opinion_owed"]
    journey.take("give_opinion", "clerk_sc_2", agrees="yes", opinion="等级无误")
    assert journey.take("approve", "clerk_sc", opinion="同意").case.state == "decided"


def test_only_who_was_asked_answers(world: World) -> None:
    journey = asked(world)
    with pytest.raises(NotAllowed) as other:
        journey.take("give_opinion", "clerk_sc", agrees="yes", opinion="我自己答")
    assert [r.code for r in other.value.verdict.reasons] == ["i_was_asked"]


def test_a_colleague_is_somebody_of_the_same_office(world: World) -> None:
    journey = journeys.reviewing(world)
    with pytest.raises(InvalidData):
        journey.take("ask_colleague", "clerk_sc", colleague=world.clerk_cq.pk, question="看看")


def test_another_office_countersigns_and_only_from_then_on_sees_the_case(world: World) -> None:
    world.post("federation_sc", "通残联", "511702", "disabled_federation", "clerk")
    journey = journeys.reviewing(world)
    federation = world.actor("federation_sc")
    assert not access.visible_to(federation).exists()
    office = world.office("511702", "disabled_federation")
    journey.take("ask_office", "clerk_sc", office=office.pk, question="请核实残疾证")
    assert access.visible_to(federation).get() == journey.case
    with pytest.raises(NotAllowed):
        journey.take("approve", "clerk_sc", opinion="同意")
    journey.take("countersign", "federation_sc", agrees="no", opinion="证件已注销")
    assert journey.case.facts["opinions"][0]["agrees"] is False
    assert journey.take("disapprove", "clerk_sc", reason="残疾证已注销").case.state == "decided"


def test_the_head_takes_a_question_back(world: World) -> None:
    journey = asked(world).take("drop_opinions", "head_sc")
    assert journey.take("approve", "clerk_sc", opinion="同意").case.state == "decided"
