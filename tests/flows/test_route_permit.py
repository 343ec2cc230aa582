"""跨省超限运输: one permit for the whole way, when all on it agree."""

from __future__ import annotations

import pytest

from tests import journeys
from tests.world import World, answers_for
from tongban.accounts.actors import SYSTEM
from workflows.cases.models import Case
from workflows.cases.opening import NotInForce
from workflows.cases.perform import InvalidData, NotAllowed, perform
from workflows.cases.waking import take_wakes


@pytest.fixture
def load(world: World) -> journeys.Journey:
    """From 通川 (四川) by 达川 to 万州 (重庆)."""
    for who, region in (("road_cq", "500101"), ("road_dc", "511703")):
        world.post(who, "路政", region, "transport", "clerk")
    version = world.matter("公路超限运输许可(跨省)")
    world.parts(version)
    data = answers_for(version, departure_region="511702", arrival_region="500101")
    return journeys.begin(world, version, "2026-05-11 09:00", data=data).take(
        "accept", "transport_sc"
    )


def consulted(load: journeys.Journey, *regions: str) -> list[Case]:
    offices = [load.world.office(region, "transport").pk for region in regions]
    load.take("consult", "transport_sc", route="G65 包茂高速", offices=offices)
    newest = Case.objects.filter(parent_id=load.id).order_by("-id")[: len(regions)]
    return sorted(newest, key=lambda child: regions.index(child.region_of("along")))


def test_all_along_the_route_are_asked_at_once_and_the_permit_waits_for_the_last(
    load: journeys.Journey,
) -> None:
    here, there = consulted(load, "511703", "500101")
    assert (here.owner_province, there.owner_province) == ("510000", "500000")
    load.world.take(here, "agree", "road_dc", {"opinion": "同意"}, at=load.now)
    take_wakes()
    assert load.case.state == "consulting"
    with pytest.raises(NotAllowed):
        load.world.take(there, "agree", "road_dc", {"opinion": "代签"}, at=load.now)
    load.world.take(there, "agree", "road_cq", {"opinion": "同意"}, at=load.now)
    take_wakes()
    assert load.case.state == "deciding"
    number = {"number": "CX-0001", "opinion": "沿线均同意"}
    perform(
        load.id, "permit", actor=load.world.actor("transport_sc"), data=number,
        token=load.case.seq,
    )  # fmt: skip
    assert (load.case.state, load.case.outcome) == ("completed", "done")


def test_where_one_objects_another_way_is_found(load: journeys.Journey) -> None:
    (bridge,) = consulted(load, "511703")
    load.world.take(bridge, "object_to_route", "road_dc", {"reason": "桥梁限载"}, at=load.now)
    take_wakes()
    with pytest.raises(NotAllowed) as refused:
        load.world.take(load.case, "permit", "transport_sc", {"number": "CX-1", "opinion": "同意"})
    assert [r.code for r in refused.value.verdict.reasons] == ["all_agree"]
    offices = [load.world.office("500101", "transport").pk]
    load.world.take(load.case, "consult", "transport_sc", {"route": "改走G42", "offices": offices})
    child = Case.objects.filter(parent_id=load.id).latest("id")
    load.world.take(child, "agree", "road_cq", {"opinion": "同意"})
    take_wakes()
    assert (load.case.state, load.case.facts["objections"]) == ("deciding", 0)


def test_only_roads_are_asked_and_nobody_applies_for_an_opinion(
    load: journeys.Journey, world: World
) -> None:
    police = world.office("500101", "police").pk
    with pytest.raises(InvalidData) as wrong:
        load.take("consult", "transport_sc", route="G65", offices=[police])
    assert "offices" in wrong.value.form.errors
    with pytest.raises(NotInForce):
        world.open("超限运输沿线意见")
    with pytest.raises(NotAllowed):
        perform(load.id, "child_closed", actor=SYSTEM, token=load.case.seq)
