"""手工报销: thirty working days from acceptance, every refusal by its code, the other agency's answer."""

from __future__ import annotations

import datetime as dt

import pytest

from matters.medical.models import ClaimedInvoice, Freeze, Institution, Insured
from tests import journeys
from tests.flows.claims import (
    AID,
    BIRTH,
    DAZHOU,
    FEE,
    SPLIT,
    VERIFIED,
    checked,
    claimed,
    codes,
    insure,
    people,
    reviewed,
)
from tests.world import World, at
from workflows.cases.access import visible_to
from workflows.cases.models import Case, Document, Suspension
from workflows.cases.perform import InvalidData, NotAllowed
from workflows.cases.waking import take_wakes


@pytest.fixture
def agencies(world: World) -> World:
    return people(world)


def hospital() -> str:
    return Institution.objects.get().code


# ---- what speaks against a claim ----


def test_a_whole_claim_is_accepted_and_the_thirty_working_days_begin_there(
    agencies: World,
) -> None:
    journey = checked(agencies)
    assert (journey.case.state, codes(journey.case)) == ("doc_check", [])
    assert journey.case.promise_due_at is None
    journey.take("accept", "reviewer", "2026-05-12 10:00", **VERIFIED, institution=hospital())
    # Thirty working days after Tuesday, 12 May; the test's calendar knows weekends only.
    assert journey.case.promise_due_at == at("2026-06-24 00:00")
    assert Document.objects.filter(case=journey.id, kind="acceptance").exists()


def test_an_invoice_is_claimed_once_across_both_provinces_and_leads_to_the_first_case(
    agencies: World,
) -> None:
    first = claimed(agencies)
    Insured.objects.create(
        psn_no="51170000001", insured_type="resident", person_class="resident", pool_id=DAZHOU,
        name="周德福", id_number="511702195505050025", born_on=dt.date(1955, 5, 5),
        valid_from=dt.date(2020, 1, 1),
    )  # fmt: skip
    agencies.post("reviewer_sc", "达初审", DAZHOU, "medical_insurance", "clerk")
    # The same paper, typed otherwise, at the other province's agency.
    again = claimed(agencies, insured_region=DAZHOU, invoice_number="００１２ 345678")
    again.take("take_in", "reviewer_sc")
    (found,) = again.case.facts["findings"]
    assert (found["code"], found["first_case"]) == ("DUP_INVOICE", first.case.number)
    assert "重庆市医疗保障局" in found["sentence"]
    with pytest.raises(InvalidData, match="DUP_INVOICE"):
        again.take("accept", "reviewer_sc", **VERIFIED, institution=hospital())
    reason = {"code": "DUP_INVOICE", "reason": found["sentence"]}
    again.take("refuse", "reviewer_sc", **reason)
    assert (again.case.state, again.case.outcome) == ("refused", "refused")
    assert Document.objects.get(case=again.id, kind="not_accepted").content["code"] == "DUP_INVOICE"


def test_a_claim_that_ends_unpaid_lets_its_invoices_go(agencies: World) -> None:
    first = claimed(agencies).take("withdraw", "citizen", reason="改由单位报销")
    assert ClaimedInvoice.objects.get(case_number=first.case.number).released_at is not None
    second = checked(agencies)
    assert codes(second.case) == []
    second.take("refuse", "reviewer", code="OTHER", reason="不在支付范围")
    third = checked(agencies)
    assert codes(third.case) == []


def test_what_waits_for_the_first_case_is_free_once_that_ended(agencies: World) -> None:
    first, second = claimed(agencies), checked(agencies)
    assert codes(second.case) == ["DUP_INVOICE"]
    first.take("withdraw", "citizen", reason="不报了")
    second.take("check_again", "reviewer")
    assert codes(second.case) == []
    assert ClaimedInvoice.objects.get(released_at=None).case_number == second.case.number


def test_days_without_cover_and_days_before_it_are_refused(agencies: World) -> None:
    Insured.objects.update(valid_from=dt.date(2026, 3, 5))
    late_cover = checked(agencies)
    assert codes(late_cover.case) == ["NOT_INSURED_ON_DATE"]
    with pytest.raises(InvalidData, match="NOT_INSURED_ON_DATE 就医时不在参保期"):
        late_cover.take("accept", "reviewer", **VERIFIED, institution=hospital())
    Insured.objects.all().delete()
    assert codes(late_cover.take("check_again", "reviewer").case) == ["NOT_INSURED_ON_DATE"]


def test_frozen_days_are_refused_until_they_are_paid_back_and_covered(agencies: World) -> None:
    freeze = Freeze.objects.create(
        insured=Insured.objects.get(), from_on=dt.date(2026, 2, 1), to_on=dt.date(2026, 4, 1),
        reason="单位欠费",
    )  # fmt: skip
    journey = checked(agencies)
    (found,) = journey.case.facts["findings"]
    assert (found["code"], found["handling"]) == ("BENEFIT_FROZEN", "refuse")
    freeze.is_covered, freeze.paid_back_on = True, dt.date(2026, 5, 1)
    freeze.save()
    assert codes(journey.take("check_again", "reviewer").case) == []


def test_late_claims_are_refused_but_for_a_special_reason(agencies: World) -> None:
    # 重庆: 31 March of the next year.
    in_time = claimed(
        agencies, when="2026-03-31 17:00", began_on="2025-03-01", ended_on="2025-03-11"
    )
    assert codes(in_time.take("take_in", "reviewer").case) == []
    in_time.take("withdraw", "citizen", reason="换一天")
    late = checked(agencies, when="2026-04-01 09:00", began_on="2025-03-01", ended_on="2025-03-11")
    (found,) = late.case.facts["findings"]
    assert (found["code"], found["deadline"]) == ("LATE", "2026-03-31")
    with pytest.raises(InvalidData, match="LATE 超过申报期限"):
        late.take("accept", "reviewer", **VERIFIED, institution=hospital())
    late.take(
        "accept", "reviewer", **VERIFIED, institution=hospital(), late_reason="住院昏迷，次年才出院"
    )
    assert late.case.facts["verified"]["late_reason"] == "住院昏迷，次年才出院"


def test_where_no_deadline_is_known_none_is_made_up(agencies: World) -> None:
    insure(DAZHOU, person_class="resident", insured_type="resident")
    agencies.post("reviewer_sc", "达初审", DAZHOU, "medical_insurance", "clerk")
    journey = claimed(agencies, insured_region=DAZHOU, began_on="2024-01-02", ended_on="2024-01-09")
    assert codes(journey.take("take_in", "reviewer_sc").case) == []


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"cause": "accident", "liable_party": "yes"}, "第三人"),
        ({"cause": "work"}, "工伤保险"),
        ({"cause": "maternity"}, "生育医疗费支付"),
        ({"cause": "abroad"}, "境外"),
    ],
)
def test_what_somebody_else_pays_for_goes_another_way(
    agencies: World, answers: dict[str, str], words: str
) -> None:
    (found,) = checked(agencies, **answers).case.facts["findings"]
    assert found["code"] == "THIRD_PARTY"
    assert words in found["sentence"]
    assert "先行支付" in found["advice"]


def test_an_accident_without_anybody_liable_is_paid(agencies: World) -> None:
    assert codes(checked(agencies, cause="accident", liable_party="no").case) == []


def test_a_hospital_without_agreement_is_paid_in_an_emergency_only(agencies: World) -> None:
    journey = checked(agencies, hospital_name="无名诊所")
    assert codes(journey.case) == ["NOT_DESIGNATED"]
    with pytest.raises(InvalidData, match="NOT_DESIGNATED"):
        journey.take("accept", "reviewer", **VERIFIED)
    with pytest.raises(InvalidData, match="没有这家定点医药机构"):
        journey.take("accept", "reviewer", **VERIFIED, institution="无名诊所")
    journey.take("accept", "reviewer", **VERIFIED, emergency="on")
    assert journey.case.state == "accepted"


def test_a_list_that_differs_from_the_invoices_goes_back_for_papers(agencies: World) -> None:
    journey = checked(agencies, medfee="11000.00")
    (found,) = journey.case.facts["findings"]
    assert (found["code"], found["handling"]) == ("AMOUNT_MISMATCH", "return")
    with pytest.raises(InvalidData, match="AMOUNT_MISMATCH"):
        journey.take("accept", "reviewer", **VERIFIED | {"total": "11000.00"})
    journey.take("require_supplement", "reviewer", items="金额一致的费用清单", reason="清单少一页")
    owed = journeys.owed_papers(journey.case)
    journey.take("supplement", "citizen", items=owed)
    journey.take("accept", "reviewer", **VERIFIED, institution=hospital())
    assert journey.case.facts["verified"]["total"] == FEE


def test_invoices_are_read_line_by_line_or_named(agencies: World) -> None:
    journey = checked(agencies)
    for line, words in (
        ("51060126 0012345678", "最后应是金额|应为"),
        ("51060126 0012345678 12000.00 元", "最后应是金额"),
        (f"51060126 0012345678 {FEE}\n51060126 00-12345678 1", "填写了两次"),
    ):
        with pytest.raises(InvalidData, match=words):
            journey.take("accept", "reviewer", invoices=line, total=FEE, institution=hospital())


# ---- time ----


def test_time_stands_still_while_papers_are_owed_and_while_the_place_is_asked(
    agencies: World,
) -> None:
    journey = reviewed(agencies)
    due = journey.case.promise_due_at
    journey.take("require_supplement", "reviewer", "2026-05-18 10:00", items="转诊单", reason="缺")
    assert journey.case.promise_due_at is None
    owed = journeys.owed_papers(journey.case)
    journey.take("supplement", "citizen", "2026-05-20 10:00", items=owed)
    assert journey.case.state == "initial_review"
    assert due is not None
    assert journey.case.promise_due_at == due + dt.timedelta(days=2)
    journey.take("ask_treatment", "reviewer", "2026-05-25 10:00", question="请核实")
    assert (journey.case.suspended_as, journey.case.promise_due_at) == ("inquiry", None)
    inquiry = Case.objects.get(parent_id=journey.id)
    assert inquiry.hop_due_at == at("2026-06-09 00:00")
    journey.now = at("2026-05-29 10:00")
    said = {"invoice_true": "on", "stay_true": "on", "not_settled": "on", "amount": FEE}
    agencies.take(inquiry, "confirm_stay", "place", said, at=journey.now)
    take_wakes()
    assert journey.case.state == "initial_review"
    assert "票据金额 12000.00 元" in journey.case.facts["inquiry"]["text"]
    kinds = Suspension.objects.filter(case=journey.id).values_list("kind", flat=True)
    assert sorted(kinds) == ["inquiry", "supplement"]
    assert not Suspension.objects.filter(ended_at=None).exists()


def test_the_place_of_treatment_sees_its_inquiry_and_not_the_claim(agencies: World) -> None:
    journey = reviewed(agencies).take("ask_treatment", "reviewer", question="请核实发票")
    inquiry = Case.objects.get(parent_id=journey.id)
    assert (inquiry.owner_province, journey.case.owner_province) == ("510000", "500000")
    seen = visible_to(agencies.actor("place")).values_list("pk", flat=True)
    assert list(seen) == [inquiry.pk]
    agencies.take(
        inquiry, "report_differing", "place", {"kind": "stay", "reason": "查无此人"}, at=journey.now
    )
    take_wakes()
    assert journey.case.facts["inquiry"]["result"] == "有差异"
    journey.take("disapprove", "reviewer", code="OTHER", reason="就诊不属实")
    assert (journey.case.state, journey.case.outcome) == ("disapproved", "disapproved")
    assert not ClaimedInvoice.objects.filter(released_at=None).exists()


def test_an_inquiry_without_answer_is_ended_and_so_it_is_with_the_claim(agencies: World) -> None:
    journey = reviewed(agencies).take("ask_treatment", "reviewer", question="请核实")
    journey.take("stop_waiting", "reviewer", reason="就医地逾期未答复")
    assert journey.case.state == "initial_review"
    journey.take("ask_treatment", "reviewer", question="再请核实")
    journey.take("withdraw", "citizen", reason="不报了")
    assert journey.case.state == "withdrawn"
    states = Case.objects.filter(parent_id=journey.id).values_list("state", flat=True)
    assert list(states) == ["dropped", "dropped"]


# ---- the sum of other matters ----


@pytest.mark.parametrize("matter", [AID, BIRTH])
def test_what_no_rule_is_known_for_is_reckoned_in_the_core_system(
    agencies: World, matter: str
) -> None:
    journey = reviewed(agencies, matter)
    with pytest.raises(NotAllowed) as refused:
        journey.take("calculate", "reviewer", **SPLIT)
    assert [r.code for r in refused.value.verdict.reasons] == ["reckoned_here"]
    fed_back = {
        "elsewhere_number": "JZ20260512001",
        "elsewhere_at": "2026-05-11T12:00",
        "elsewhere_result": "已核算",
    }
    journey.take("enter_sum", "reviewer", payable="800.00", note="按救助比例核算", **fed_back)
    journey.take("submit_for_recheck", "reviewer")
    journey.take("approve", "rechecker", opinion="同意")
    assert (journey.case.state, journey.case.facts["payable"]) == ("approved", "800.00")
    assert journey.case.facts["setl_ids"] == []


def test_of_two_acceptances_in_one_moment_the_second_is_told(
    agencies: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The form found nothing; the index did."""
    first = checked(agencies)
    second = claimed(agencies, invoice_number="99").take("take_in", "reviewer")
    monkeypatch.setattr("workflows.flows.reimbursement_forms.findings_now", lambda *_: [])
    with pytest.raises(InvalidData, match="刚刚在另一个办件申报") as refused:
        second.take("accept", "reviewer", **VERIFIED, institution=hospital())
    assert "0012345678" in refused.value.form.data["invoices"]
    assert second.case.state == "doc_check"
    live = ClaimedInvoice.objects.filter(released_at=None).order_by("id")
    numbers = [first.case.number, second.case.number]
    assert list(live.values_list("case_number", flat=True)) == numbers
