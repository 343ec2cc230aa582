"""营业执照互办互发: 通川 registers, 万州 prints."""

from __future__ import annotations

import pytest

from tests import journeys
from tests.world import World, answers_for, at
from workflows.cases.perform import InvalidData, NotAllowed

PRINTED = {"confirmed": "on", "number": "FB-0001"}


@pytest.fixture
def licence(world: World) -> journeys.Journey:
    world.post("market_cq", "万市监", "500101", "market_regulation", "clerk")
    world.post("market_sc", "通市监", "511702", "market_regulation", "clerk")
    version = world.matter("营业执照互办互发")
    data = answers_for(version, owner_region="511702", issuing_region="500101")
    return journeys.begin(world, version, "2026-05-11 09:00", data=data)


def registered(licence: journeys.Journey) -> journeys.Journey:
    licence.take("accept", "market_sc", "2026-05-11 09:30")
    assert licence.case.promise_due_at == at("2026-05-13 00:00")
    return licence.take("approve", "market_sc", "2026-05-11 10:00", opinion="符合")


def test_the_office_that_prints_is_not_the_one_that_decided(licence: journeys.Journey) -> None:
    registered(licence)
    assert (licence.case.state, licence.case.holder) == ("printing", "issuing")
    with pytest.raises(NotAllowed):
        licence.take("print_licence", "market_sc", **PRINTED)
    with pytest.raises(InvalidData):
        licence.take("print_licence", "market_cq", number="FB-0001")
    case = licence.take("print_licence", "market_cq", "2026-05-11 11:30", **PRINTED).case
    assert (case.state, case.outcome) == ("delivering", "done")
    case = licence.take("hand_out", "market_cq", way="counter", receiver="林晓梅").case
    assert case.state == "completed"


def test_a_wrong_entry_is_mended_by_the_office_that_made_it(licence: journeys.Journey) -> None:
    registered(licence).take("report_error", "market_cq", reason="经营范围缺一项")
    assert (licence.case.state, licence.case.holder) == ("correcting", "owner")
    with pytest.raises(NotAllowed):
        licence.take("correct", "market_cq", reason="自行更正")
    licence.take("correct", "market_sc", reason="已补录")
    assert licence.take("print_licence", "market_cq", **PRINTED).case.outcome == "done"


def test_what_is_not_registered_is_not_printed(licence: journeys.Journey) -> None:
    licence.take("accept", "market_sc")
    case = licence.take("disapprove", "market_sc", reason="名称不符合规定").case
    assert (case.state, case.outcome) == ("disapproved", "disapproved")
    with pytest.raises(NotAllowed):
        licence.take("print_licence", "market_cq", **PRINTED)
