"""A hospital drives a visit by its messages: in order, once, and told in Chinese what does not go."""

from __future__ import annotations

import pytest

from tests.medical.visiting import Hospital, live, patient, state_of
from tests.world import World


@pytest.fixture
def hospital(world: World) -> Hospital:
    patient()
    return Hospital(world)


def test_a_stay_runs_from_the_card_to_the_settlement_and_back(hospital: Hospital) -> None:
    mdtrt_id = hospital.stay()
    shown = hospital.presettle(mdtrt_id)
    told = hospital.settle(mdtrt_id)
    assert told["setlinfo"]["psn_cash_pay"] == shown["setlinfo"]["psn_cash_pay"]
    assert state_of(mdtrt_id) == "settled"
    setl_id = told["setlinfo"]["setl_id"]
    back = hospital.say("2305", {"mdtrt_id": mdtrt_id, "setl_id": setl_id, "memo": "项目录错"})
    assert back["setlinfo"]["medfee_sumamt"] == "-13000.00"
    assert (state_of(mdtrt_id), live(mdtrt_id)) == ("reversed", [])
