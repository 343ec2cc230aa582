"""企业跨省市迁移: one application at the 迁入地, the archive comes after it, no company on two lists."""

from __future__ import annotations

import pytest

from tests import journeys
from tests.world import World, answers_for, at
from workflows.cases.perform import InvalidData, NotAllowed

BY_CLOUD = {"way": "cloud", "number": "YD-0001", "pages": "120"}


@pytest.fixture
def move(world: World) -> journeys.Journey:
    """From 通川 (四川) to 万州 (重庆)."""
    world.post("market_cq", "万市监", "500101", "market_regulation", "clerk")
    world.post("market_sc", "通市监", "511702", "market_regulation", "clerk")
    version = world.matter("市场主体迁移调档")
    data = answers_for(version, move_in_region="500101", move_out_region="511702")
    return journeys.begin(world, version, "2026-05-11 09:00", data=data)


def pushed(move: journeys.Journey) -> journeys.Journey:
    move.take("accept", "market_cq", "2026-05-11 09:30")
    return move.take("push", "market_cq", "2026-05-11 11:00", opinion="材料齐全")


def test_confirmed_sent_registered_and_closed(move: journeys.Journey) -> None:
    move.take("accept", "market_cq", "2026-05-11 09:30")
    # Half a working day to push it on.
    assert move.case.hop_due_at == at("2026-05-11 13:30")
    move.take("push", "market_cq", "2026-05-11 11:00", opinion="材料齐全")
    with pytest.raises(InvalidData):
        move.take("confirm_move", "market_sc")
    move.take("confirm_move", "market_sc", "2026-05-12 09:00", clear="on")
    # The law gives the archive three months.
    assert move.case.hop_due_at == at("2026-08-11 00:00")
    with pytest.raises(NotAllowed):
        move.take("withdraw", "citizen", reason="不迁了")
    move.take("send_archive", "market_sc", **BY_CLOUD)
    case = move.take("register_in", "market_cq", way="electronic", receiver="林晓梅").case
    assert (case.state, case.holder, case.outcome) == ("closing", "move_out", "done")
    assert case.concluded_at is not None
    assert case.closed_at is None
    case = move.take("close_out", "market_sc", reason="已办结迁出").case
    assert (case.state, case.closed_at is None) == ("completed", False)


def test_a_frozen_share_holds_it_until_it_is_free(move: journeys.Journey) -> None:
    pushed(move).take("object_to_move", "market_sc", reason="股权被冻结")
    assert (move.case.state, move.case.holder) == ("objected", "move_in")
    move.take("push_again", "market_cq", reason="已解除冻结").take(
        "confirm_move", "market_sc", clear="on"
    )
    assert move.case.state == "sending"


def test_or_it_is_refused_by_the_place_it_wants_to_go_to(move: journeys.Journey) -> None:
    pushed(move).take("object_to_move", "market_sc", reason="列入异常名录")
    with pytest.raises(NotAllowed):
        move.take("disapprove", "market_sc", reason="不行")
    case = move.take("disapprove", "market_cq", reason="未移出经营异常名录").case
    assert (case.state, case.outcome) == ("disapproved", "disapproved")
