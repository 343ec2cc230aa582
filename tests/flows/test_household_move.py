"""户口迁移一站式: one visit, two police stations."""

from __future__ import annotations

import pytest

from tests import journeys
from tests.world import World, answers_for, at
from workflows.cases.perform import NotAllowed

MOVE = "夫妻投靠户口迁移"


@pytest.fixture
def move(world: World) -> journeys.Journey:
    """林晓梅 moves from 通川 (四川) to 万州 (重庆)."""
    version = world.matter(MOVE)
    regions = [f["code"] for f in version.definition["fields"] if f["kind"] == "region"]
    there = dict(zip(regions, ["500101", "511702"], strict=True))
    rule = {s["seat"]: s["region"] for s in version.definition["seats"]}
    assert rule["move_in"] == f"field:{regions[0]}"
    return journeys.begin(world, version, "2026-05-11 09:00", data=answers_for(version, **there))


def permitted(move: journeys.Journey) -> journeys.Journey:
    return move.take("accept", "police_cq").take(
        "permit", "police_cq", permit_number="ZQ12345678", opinion="符合投靠条件"
    )


def test_one_visit_moves_the_register(move: journeys.Journey) -> None:
    case = permitted(move).case
    assert (case.state, case.holder, case.hop_due_at) == (
        "moving_out", "move_out", at("2026-05-19 00:00"),
    )  # fmt: skip
    move.take("register_out", "police_sc", certificate_number="QY12345678", contact="张警官")
    case = move.take("register_in", "police_cq", book="new", receiver="林晓梅").case
    assert (case.state, case.outcome) == ("completed", "done")
    assert (case.origin_province, case.owner_province) == ("500000", "500000")


def test_the_place_left_may_refuse_with_a_reason_and_be_asked_again(move: journeys.Journey) -> None:
    permitted(move).take("object_to_move", "police_sc", reason="户内有未办结事项")
    assert (move.case.state, move.case.holder) == ("objected", "move_in")
    move.take("send_again", "police_cq", reason="已补充说明")
    assert move.case.state == "moving_out"
    move.take("object_to_move", "police_sc", reason="仍不能迁出")
    with pytest.raises(NotAllowed):
        # Who permitted the move does not also decide against it.
        move.take("disapprove", "police_cq", reason="迁出地不予迁出")
    move.world.post("police_cq_2", "万民警二", "500101", "police", "clerk")
    case = move.take("disapprove", "police_cq_2", reason="迁出地不予迁出").case
    assert (case.state, case.outcome) == ("disapproved", "disapproved")


def test_each_side_takes_only_its_own_part(move: journeys.Journey) -> None:
    with pytest.raises(NotAllowed):
        move.take("accept", "police_sc")
    permitted(move)
    with pytest.raises(NotAllowed):
        move.take("register_out", "police_cq", certificate_number="QY12345678", contact="张警官")


def test_a_register_is_never_left_between_two_places(move: journeys.Journey) -> None:
    permitted(move)
    with pytest.raises(NotAllowed):
        move.take("withdraw", "citizen", reason="不迁了")
