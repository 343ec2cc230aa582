"""The play knows every way across: no state of these flows is left standing for want of a move."""

from __future__ import annotations

from random import Random
from types import SimpleNamespace

import pytest

from workflows.cases.registry import flow_class
from workflows.flows.simulation.claims import CLAIMS
from workflows.flows.simulation.loans import LOANS
from workflows.flows.simulation.moves import MOVES, likely
from workflows.flows.simulation.moves_across import ACROSS
from workflows.flows.simulation.withdrawals import WITHDRAWALS

ACROSS_FLOWS = sorted({flow for flow, _ in ACROSS | CLAIMS | LOANS | WITHDRAWALS})
# What a mishap brings about, what waits for others or for next year, and what only people get out of.
LEFT_TO_PEOPLE = {
    ("fund_withdrawal", "facts_requested"),
    ("archive_transfer", "lost"),
    ("qualification", "confirmed"),
    ("qualification", "due"),
    ("reimbursement", "inquiring"),
    ("reimbursement", "paid"),
    ("route_permit", "consulting"),
    ("route_permit", "deciding"),
}


@pytest.mark.parametrize("code", ACROSS_FLOWS)
def test_every_open_state_has_a_move_that_its_flow_allows(code: str) -> None:
    flow = flow_class(code)
    for state in flow.STATES:
        moves = MOVES.get((code, state.code), ())
        assert bool(moves) != (state.closes or (code, state.code) in LEFT_TO_PEOPLE), state.code
        for move in moves:
            assert state.code in flow.STEPS[move.step].source, (state.code, move.step)


def test_the_same_luck_makes_the_same_choice() -> None:
    moves = ACROSS["relation_transfer", "sending"]
    drawn = [
        [m.step for m in Random(7).choices(moves, weights=[m.weight for m in moves], k=20)]
        for _ in range(2)
    ]
    assert drawn[0] == drawn[1]


@pytest.mark.parametrize("stage", ["verify", "fix", "call"])
def test_a_bad_rating_is_followed_up_most_of_the_time(stage: str) -> None:
    flow = flow_class("collect_forward")
    case = SimpleNamespace(closed_at=1, facts={"rating": 1, "review": stage}, outcome="done")
    moves = [likely(case, Random(seed)) for seed in range(40)]
    followed = {move.step for move in moves if move is not None}
    assert len(followed) == 1
    assert "completed" in flow.STEPS[followed.pop()].source
    assert None in moves
    assert likely(SimpleNamespace(closed_at=1, facts={"review": "closed"}), Random(1)) is None
