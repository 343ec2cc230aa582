"""公证: fifteen working days without those of supplement and verification; no 复议 against it."""

from __future__ import annotations

import pytest

from tests import journeys
from tests.world import World, answers_for, at
from workflows.cases.models import Document
from workflows.cases.perform import NotAllowed


@pytest.fixture
def deed(world: World) -> journeys.Journey:
    world.post("notary", "通公证", "511702", "justice", "clerk")
    version = world.matter("学历公证（指引）")
    data = answers_for(version, owner_region="511702")
    return journeys.begin(world, version, "2026-05-11 09:00", data=data)


def test_certified_within_fifteen_days_that_leave_out_verification(deed: journeys.Journey) -> None:
    deed.take("accept", "notary", "2026-05-11 10:00")
    assert deed.case.statutory_due_at == at("2026-06-02 00:00")
    deed.take("start_special", "notary", procedure="核实有关情况", reason="向学校核实")
    assert deed.case.statutory_due_at is None
    deed.take("end_special", "notary", "2026-05-18 10:00", reason="学校已回函")
    # Five working days (12–18 May) do not count.
    assert deed.case.statutory_due_at == at("2026-06-09 00:00")
    case = deed.take("certify", "notary", opinion="真实、合法").case
    assert (case.state, case.outcome) == ("delivering", "done")
    assert (
        deed.take("deliver", "notary", way="counter", receiver="林晓梅").case.state == "completed"
    )


def test_a_notary_who_will_not_certify_prints_no_administrative_remedies(
    deed: journeys.Journey,
) -> None:
    deed.take("accept", "notary").take("disapprove", "notary", reason="学校查无此学历")
    paper = Document.objects.get(kind="refusal").content
    assert (paper["verdict"], paper["remedies"]) == ("不予办理公证", None)


def test_what_cannot_be_brought_to_an_end_is_terminated(deed: journeys.Journey) -> None:
    deed.take("accept", "notary")
    deed.take("require_supplement", "notary", items="学位证书原件", reason="只交了复印件")
    with pytest.raises(NotAllowed):
        deed.take("terminate", "citizen", reason="不办了")
    case = deed.take("terminate", "notary", reason="逾期未补充证明材料").case
    assert (case.state, case.suspended_as) == ("terminated", "")
    assert Document.objects.get(kind="refusal").content["verdict"] == "终止公证"
