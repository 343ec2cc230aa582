"""社会保险关系转移接续: three legs of two offices, each with its own days; the money may come later."""

from __future__ import annotations

import pytest

from tests import journeys
from tests.world import World, answers_for, at
from workflows.cases.models import Document
from workflows.cases.perform import InvalidData, NotAllowed

PENSION = "企业职工基本养老保险关系转移接续"
SHEET = {"months": "100", "balance": "45678.90", "funds": "to_settle"}


def transfer_of(world: World, matter: str, **answers: str) -> journeys.Journey:
    """林晓梅 moves her insurance from 通川 (四川) to 万州 (重庆)."""
    world.post("hr_cq", "万社保", "500101", "human_resources", "clerk")
    world.post("hr_sc", "通社保", "511702", "human_resources", "clerk")
    version = world.matter(matter)
    regions = {"receiving_region": "500101", "sending_region": "511702"}
    data = answers_for(version, **regions, **answers)
    return journeys.begin(world, version, "2026-05-11 09:00", data=data)


@pytest.fixture
def pension(world: World) -> journeys.Journey:
    return transfer_of(world, PENSION)


def letter_sent(journey: journeys.Journey) -> journeys.Journey:
    journey.take("accept", "hr_cq", "2026-05-11 10:00")
    return journey.take("send_letter", "hr_cq", "2026-05-13 10:00", opinion="符合转移条件")


def test_each_leg_has_fifteen_working_days_of_its_own(pension: journeys.Journey) -> None:
    pension.take("accept", "hr_cq", "2026-05-11 10:00")
    assert (pension.case.holder, pension.case.hop_due_at) == ("receiving", at("2026-06-02 00:00"))
    pension.take("send_letter", "hr_cq", "2026-05-13 10:00", opinion="符合转移条件")
    assert (pension.case.holder, pension.case.hop_due_at) == ("sending", at("2026-06-04 00:00"))
    pension.take("send_sheet", "hr_sc", "2026-05-18 10:00", **SHEET)
    assert (pension.case.holder, pension.case.hop_due_at) == ("receiving", at("2026-06-09 00:00"))
    # 45 working days from the acceptance are the law's for the whole.
    assert pension.case.statutory_due_at == at("2026-07-14 00:00")


def test_the_record_is_joined_before_the_money_is_here(pension: journeys.Journey) -> None:
    letter_sent(pension).take("send_sheet", "hr_sc", **SHEET)
    case = pension.take("join_up", "hr_cq", months_here="24").case
    assert (case.state, case.outcome, case.facts["months"]) == ("completed", "done", 124)
    assert Document.objects.get(kind="conclusion").content["joined_months"] == 124
    with pytest.raises(InvalidData):
        pension.take("record_funds", "hr_cq", amount="45678.00", voucher="QS202606")
    pension.take("record_funds", "hr_cq", "2026-07-01 10:00", amount="45678.90", voucher="QS202606")
    assert (pension.case.facts["funds"], pension.case.state) == ("arrived", "completed")
    with pytest.raises(NotAllowed):
        pension.take("record_funds", "hr_cq", amount="45678.90", voucher="QS202606")


def test_several_accounts_at_once_are_cleared_up_before_the_letter_goes_again(
    pension: journeys.Journey,
) -> None:
    letter_sent(pension).take(
        "object_to_transfer", "hr_sc", code="several_relations", reason="请先在达州清退重复账户"
    )
    assert (pension.case.state, pension.case.holder) == ("objected", "receiving")
    pension.take("send_letter_again", "hr_cq", "2026-06-01 09:00", reason="已清退")
    assert pension.case.hop_due_at == at("2026-06-23 00:00")
    pension.take("object_to_transfer", "hr_sc", code="temporary_account", reason="临时账户")
    case = pension.take("disapprove", "hr_cq", reason="临时账户不能转移").case
    assert (case.state, case.outcome) == ("disapproved", "disapproved")
    assert Document.objects.get(kind="refusal").content["remedies"]["review_days"] == 60


def test_neither_office_does_the_others_leg(pension: journeys.Journey) -> None:
    letter_sent(pension)
    for step, data in (("send_sheet", SHEET), ("join_up", {"months_here": "1"})):
        with pytest.raises(NotAllowed):
            pension.take(step, "hr_cq", **data)
    pension.take("send_sheet", "hr_sc", **SHEET)
    with pytest.raises(NotAllowed):
        pension.take("join_up", "hr_sc", months_here="1")
    with pytest.raises(NotAllowed):
        pension.take("withdraw", "citizen", reason="不办了")


def test_waiting_for_a_paper_stops_the_whole_and_the_leg(pension: journeys.Journey) -> None:
    pension.take("accept", "hr_cq", "2026-05-11 10:00")
    pension.take("require_supplement", "hr_cq", items="身份证复印件", reason="看不清")
    assert pension.case.statutory_due_at is None
    owed = journeys.owed_papers(pension.case)
    pension.take("supplement", "citizen", "2026-05-18 09:00", items=owed)
    # Five working days of waiting (12–18 May) come on top of both.
    assert pension.case.hop_due_at == at("2026-06-09 00:00")
    assert pension.case.statutory_due_at == at("2026-07-21 00:00")


def test_an_unemployed_persons_relation_goes_without_money_while_they_work(world: World) -> None:
    """失业保险: in work only the relation moves, and the sending place has five working days."""
    journey = transfer_of(world, "失业保险金发放关系转移", benefit_state="working")
    letter_sent(journey)
    assert journey.case.hop_due_at == at("2026-05-21 00:00")
    with pytest.raises(InvalidData) as both:
        journey.take("send_sheet", "hr_sc", **(SHEET | {"funds": "none"}))
    assert "funds" in both.value.form.errors
    journey.take("send_sheet", "hr_sc", months="36", balance="0", funds="none")
    case = journey.take("join_up", "hr_cq", months_here="0").case
    assert (case.state, case.facts["months"]) == ("completed", 36)
