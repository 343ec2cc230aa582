"""The play knows every way across: no state of these flows is left standing for want of a move."""

from __future__ import annotations

from random import Random

import pytest

from workflows.cases.registry import flow_class
from workflows.flows.simulation.claims import CLAIMS
from workflows.flows.simulation.loans import LOANS
from workflows.flows.simulation.moves import MOVES
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
