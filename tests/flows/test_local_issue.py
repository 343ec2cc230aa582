"""就近出具: issued at once where the data are there, on the keeper's word where they are not."""

from __future__ import annotations

import pytest

from tests import journeys
from tests.world import World, answers_for
from workflows.cases.models import Document
from workflows.cases.perform import InvalidData, NotAllowed

FOUND = {"found": "yes", "record": "人口库 2026-05-11"}
NOT_FOUND = {"found": "no", "question": "请查1998年前的户籍底册"}


@pytest.fixture
def proof(world: World) -> journeys.Journey:
    """Asked for in 万州 (重庆) by somebody whose household was in 通川 (四川)."""
    version = world.matter("户籍证明")
    data = answers_for(version, accepting_region="500101", household_region="511702")
    return journeys.begin(world, version, "2026-05-11 09:00", data=data)


def test_with_the_data_at_hand_the_other_province_is_not_asked(proof: journeys.Journey) -> None:
    proof.take("accept", "police_cq", **FOUND)
    assert (proof.case.state, proof.case.holder) == ("reviewing", "issuing")
    case = proof.take("issue_proof", "police_cq", number="HJ-0001", receiver="林晓梅").case
    assert (case.state, case.outcome) == ("completed", "done")
    assert Document.objects.get(kind="conclusion").content["result"] == "户籍证明"


def test_without_them_the_keeper_looks_it_up(proof: journeys.Journey) -> None:
    with pytest.raises(InvalidData) as unasked:
        proof.take("accept", "police_cq", found="no")
    assert "question" in unasked.value.form.errors
    proof.take("accept", "police_cq", **NOT_FOUND)
    assert (proof.case.state, proof.case.holder) == ("asked", "keeping")
    with pytest.raises(NotAllowed):
        proof.take("issue_proof", "police_cq", number="HJ-0001", receiver="林晓梅")
    proof.take("answer_lookup", "police_sc", found="yes", record="底册第三卷第12页")
    case = proof.take("issue_proof", "police_cq", number="HJ-0001", receiver="林晓梅").case
    assert (case.outcome, case.facts["record"]["by"]) == ("done", "keeping")


def test_nothing_is_issued_that_no_archive_bears_out(proof: journeys.Journey) -> None:
    proof.take("accept", "police_cq", **NOT_FOUND)
    proof.take("answer_lookup", "police_sc", found="no", record="查1985至1998年底册，无此人")
    with pytest.raises(NotAllowed) as refused:
        proof.take("issue_proof", "police_cq", number="HJ-0001", receiver="林晓梅")
    assert [r.code for r in refused.value.verdict.reasons] == ["record_found"]
    case = proof.take("disapprove", "police_cq", reason="档案中查无记录").case
    assert (case.state, case.outcome) == ("disapproved", "disapproved")


def test_a_marriage_certificate_goes_the_same_way(world: World) -> None:
    """结婚证补领: any registry; the one that registered looks into its archive."""
    version = world.matter("补领结婚证")
    data = answers_for(version, accepting_region="500101", registered_region="511702")
    journey = journeys.begin(world, version, "2026-05-11 09:00", data=data)
    world.post("wed_cq", "万婚登", "500101", "civil_affairs", "clerk")
    journey.take("accept", "wed_cq", **NOT_FOUND)
    journey.take("answer_lookup", "clerk_sc", found="yes", record="1996年登记档案")
    case = journey.take("issue_proof", "wed_cq", number="JH-0001", receiver="林晓梅").case
    assert (case.state, case.origin_province, case.owner_province) == (
        "completed", "500000", "500000",
    )  # fmt: skip
