"""手工报销's money: seen before it is decided, booked as it was seen, paid, paid anew, put right."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from matters.medical.ledger import Order, book, reverse
from matters.medical.models import Institution, Insured, ReimbursementPayment, Settlement, YearEntry
from tests import journeys
from tests.flows.claims import (
    DAZHOU,
    FEE,
    SPLIT,
    VERIFIED,
    accepted,
    checked,
    claimed,
    codes,
    insure,
    people,
    reviewed,
)
from tests.world import World, at
from tongban.accounts.actors import SYSTEM
from workflows.cases.models import Document
from workflows.cases.perform import InvalidData, NotAllowed, perform

ACCOUNT = {"account_name": "周德福", "bank_name": "示范银行", "bank_card": "6222020000000001234"}


@pytest.fixture
def agencies(world: World) -> World:
    return people(world)


def calculated(world: World, **split: str) -> journeys.Journey:
    return reviewed(world).take("calculate", "reviewer", **(SPLIT | split))


def approved(world: World) -> journeys.Journey:
    journey = calculated(world).take("submit_for_recheck", "reviewer")
    return journey.take("approve", "rechecker", opinion="同意")


def paid(world: World) -> journeys.Journey:
    journey = approved(world).take("order_to_pay", "reviewer")
    return journey.take("confirm_paid", "reviewer", voucher="YH-0001")


def entries(journey: journeys.Journey) -> list[tuple[str, Decimal, str]]:
    rows = ReimbursementPayment.objects.filter(case_number=journey.case.number).order_by("nth")
    return [(row.kind, row.amount, row.status) for row in rows]


def in_the_year() -> Decimal:
    """What the fund has paid for the person in 2026, as the ledger counts it."""
    return Decimal(YearEntry.objects.filter(year=2026).latest("seq").after["hifp_pay"])


# ---- the sum ----


def test_the_sum_is_seen_with_its_lines_and_rules_before_anything_is_booked(
    agencies: World,
) -> None:
    journey = calculated(agencies)
    calculation = journey.case.facts["calculation"]
    (part,) = calculation["parts"]
    amounts = {name: Decimal(amount) for name, amount in part["amounts"].items()}
    assert amounts["inscp_scp_amt"] == Decimal("10500.00")
    assert amounts["medfee_sumamt"] == amounts["fund_pay_sumamt"] + amounts["psn_part_amt"]
    assert amounts["acct_pay"] == 0
    assert Decimal(calculation["payable"]) == amounts["fund_pay_sumamt"] > 0
    assert part["lines"]
    assert {rule["certainty"] for rule in part["rules"]}
    assert not Settlement.objects.exists()


def test_class_sums_of_the_list_give_the_same_split(agencies: World) -> None:
    journey = calculated(agencies)
    by_sums = journey.case.facts["calculation"]
    classes = {
        "class_a_0": "1500.00", "class_b_0": "10000.00", "class_b_percent_0": "10",
        "class_c_0": "500.00", "fulamt_ownpay_amt_0": "", "preselfpay_amt_0": "",
    }  # fmt: skip
    journey.take("calculate", "reviewer", **(SPLIT | classes))
    assert journey.case.facts["calculation"] == by_sums


def test_a_rule_that_is_missing_stops_the_sum_and_says_whom_to_ask(agencies: World) -> None:
    """No rule of 达州's was found anywhere."""
    insure(DAZHOU, person_class="active")
    for who in ("reviewer_sc", "rechecker_sc"):
        agencies.post(who, "达医保", DAZHOU, "medical_insurance", "clerk")
    journey = claimed(agencies, insured_region=DAZHOU).take("take_in", "reviewer_sc")
    hospital = Institution.objects.get().code
    journey.take("accept", "reviewer_sc", **VERIFIED, institution=hospital)
    journey.take("begin_review", "reviewer_sc")
    with pytest.raises(InvalidData, match="缺少规则，不能核算") as stopped:
        journey.take("calculate", "reviewer_sc", **(SPLIT | {"filing": "home"}))
    assert "12393" in str(stopped.value)
    assert "达州市医疗保障局" in str(stopped.value)
    assert journey.case.state == "initial_review"


def test_the_split_must_add_up_to_what_was_verified(agencies: World) -> None:
    journey = reviewed(agencies)
    for wrong, words in (
        ({"medfee_sumamt_0": "11999.99"}, "AMOUNT_MISMATCH"),
        ({"fulamt_ownpay_amt_0": "11500.00"}, "大于医疗费总额"),
        ({"class_a_0": "1.00"}, "合计应等于医疗费总额"),
    ):
        with pytest.raises(InvalidData, match=words):
            journey.take("calculate", "reviewer", **(SPLIT | wrong))


def test_nobody_reviews_and_rechecks_the_same_claim(agencies: World) -> None:
    journey = calculated(agencies).take("submit_for_recheck", "reviewer")
    with pytest.raises(NotAllowed) as refused:
        journey.take("approve", "reviewer", opinion="同意")
    assert [r.code for r in refused.value.verdict.reasons] == ["decided_before"]
    journey.take("return_to_review", "rechecker", reason="先行自付有误")
    journey.take("calculate", "rechecker", **SPLIT).take("submit_for_recheck", "rechecker")
    with pytest.raises(NotAllowed):
        journey.take("approve", "rechecker", opinion="同意")
    journey.take("approve", "reviewer", opinion="同意")
    assert journey.case.state == "approved"


def test_what_is_approved_is_booked_once_as_it_was_seen(agencies: World) -> None:
    journey = approved(agencies)
    settlement = Settlement.objects.get()
    assert (settlement.kind, settlement.on) == ("manual", dt.date(2026, 3, 11))
    assert str(settlement.fund_pay_sumamt) == journey.case.facts["payable"]
    assert in_the_year() == settlement.hifp_pay


def test_if_the_year_has_moved_on_meanwhile_nothing_is_booked(agencies: World) -> None:
    journey = calculated(agencies).take("submit_for_recheck", "reviewer")
    book(insured_id=Insured.objects.get().pk, order=_another_stay(), key="K1", at=journey.now)
    with pytest.raises(InvalidData, match="退回初审重新核算"):
        journey.take("approve", "rechecker", opinion="同意")
    assert (journey.case.state, Settlement.objects.count()) == ("recheck", 1)
    journey.take("return_to_review", "rechecker", reason="其间另有结算")
    journey.take("calculate", "reviewer", **SPLIT).take("submit_for_recheck", "reviewer")
    journey.take("approve", "rechecker", opinion="同意")
    assert Settlement.objects.count() == 2


def test_a_visit_that_was_settled_directly_is_refused_unless_reversed(agencies: World) -> None:
    order = _another_stay(institution=Institution.objects.get(), on=dt.date(2026, 3, 11))
    settled = book(
        insured_id=Insured.objects.get().pk, order=order, key="K1", at=at("2026-03-11 10:00")
    )
    journey = checked(agencies)
    (found,) = journey.case.facts["findings"]
    assert (found["code"], found["setl_id"]) == ("ALREADY_SETTLED", settled.setl_id)
    reverse(settlement_id=settled.pk, key="K2", at=at("2026-05-11 12:00"), reason="退费")
    assert codes(journey.take("check_again", "reviewer").case) == []


def test_a_stay_across_the_years_end_is_settled_at_12_31_with_one_deductible(
    agencies: World,
) -> None:
    journey = accepted(agencies, began_on="2025-12-20", ended_on="2026-01-10")
    journey.take("begin_review", "reviewer")
    split = {
        "level": "tier_3", "filing": "referral",
        "medfee_sumamt_0": "8000.00", "medfee_sumamt_1": "4000.00",
    }  # fmt: skip
    journey.take("calculate", "reviewer", **split)
    first, second = journey.case.facts["calculation"]["parts"]
    assert (first["on"], second["on"]) == ("2025-12-31", "2026-01-10")
    assert Decimal(first["amounts"]["act_pay_dedc"]) > 0
    assert Decimal(second["amounts"]["act_pay_dedc"]) == 0
    assert not Settlement.objects.exists()
    journey.take("submit_for_recheck", "reviewer").take("approve", "rechecker", opinion="同意")
    years = Settlement.objects.order_by("year").values_list("year", "on")
    assert list(years) == [(2025, dt.date(2025, 12, 31)), (2026, dt.date(2026, 1, 10))]


# ---- payment ----


def test_it_is_paid_with_its_voucher_and_concluded(agencies: World) -> None:
    journey = paid(agencies)
    case = journey.case
    payable = Decimal(case.facts["payable"])
    assert entries(journey) == [("payment", payable, "paid")]
    assert (case.state, case.outcome, case.promise_due_at) == ("paid", "done", None)
    assert case.holder_office_id is None
    content = Document.objects.get(case=case, kind="conclusion").content
    assert content["amount"] == str(payable)


def test_an_account_that_the_bank_refuses_is_corrected_and_paid_anew(agencies: World) -> None:
    journey = approved(agencies).take("order_to_pay", "reviewer")
    journey.take("refused_by_bank", "reviewer", reason="户名不符")
    assert (journey.case.state, journey.case.holder) == ("pay_failed", "applicant")
    assert journey.case.events.latest("seq").data["code"] == "ACCOUNT_FAIL"
    with pytest.raises(InvalidData, match="12 至 19 位"):
        journey.take("correct_account", "citizen", **(ACCOUNT | {"bank_card": "1"}))
    journey.take("correct_account", "citizen", **ACCOUNT)
    assert journey.case.state == "paying"
    assert "6222020000000001234" not in str(journey.case.data)
    rows = ReimbursementPayment.objects.order_by("nth").values_list("status", "account_tail")
    assert list(rows) == [("failed", "0008"), ("ordered", "1234")]
    journey.take("confirm_paid", "reviewer", voucher="YH-0002")
    assert journey.case.state == "paid"


def test_a_voucher_stands_for_one_payment(agencies: World) -> None:
    journey = approved(agencies).take("order_to_pay", "reviewer")
    ReimbursementPayment.objects.create(
        case_number="elsewhere", nth=1, kind="payment", amount=Decimal(1), status="paid",
        ordered_at=journey.now, ended_at=journey.now, voucher="YH-0001",
    )  # fmt: skip
    with pytest.raises(InvalidData, match="已登记给另一笔支付"):
        journey.take("confirm_paid", "reviewer", voucher="YH-0001")
    assert journey.case.state == "paying"


# ---- after payment ----


def corrected(journey: journeys.Journey, **split: str) -> journeys.Journey:
    journey.take("recalculate", "rechecker", **(SPLIT | split), reason="清单复核有误")
    with pytest.raises(NotAllowed):
        journey.take("approve_correction", "rechecker", opinion="同意")
    return journey.take("approve_correction", "reviewer", opinion="同意")


def test_too_little_is_paid_besides_and_the_books_say_what_is_right(agencies: World) -> None:
    journey = paid(agencies)
    first = Decimal(journey.case.facts["payable"])
    corrected(journey, preselfpay_amt_0="0.00")
    now = Decimal(journey.case.facts["payable"])
    assert (journey.case.state, now > first) == ("supplement_paying", True)
    assert entries(journey)[1:] == [("supplement", now - first, "ordered")]
    assert Settlement.objects.live().get().fund_pay_sumamt == now
    assert in_the_year() == Settlement.objects.live().get().hifp_pay
    journey.take("refused_by_bank", "reviewer", reason="账户已销户")
    journey.take("correct_account", "citizen", **ACCOUNT)
    assert journey.case.state == "supplement_paying"
    journey.take("confirm_paid", "reviewer", voucher="YH-0003")
    assert journey.case.state == "paid"
    assert Document.objects.filter(case=journey.id, kind="conclusion").count() == 1


def test_too_much_is_claimed_back_by_an_entry_of_its_own(agencies: World) -> None:
    journey = paid(agencies)
    first = Decimal(journey.case.facts["payable"])
    corrected(journey, fulamt_ownpay_amt_0="2500.00")
    now = Decimal(journey.case.facts["payable"])
    assert (journey.case.state, journey.case.holder) == ("clawing_back", "applicant")
    assert journey.case.events.latest("seq").data["code"] == "OVERPAID"
    assert entries(journey)[1:] == [("clawback", now - first, "ordered")]
    assert Settlement.objects.filter(sign=-1).count() == 1
    journey.take("record_return", "reviewer", voucher="TH-0001")
    assert (journey.case.state, entries(journey)[-1][2]) == ("paid", "paid")
    assert in_the_year() == Settlement.objects.live().get().hifp_pay


def test_where_later_settlements_rest_on_it_the_sum_is_assessed_and_the_year_stays(
    agencies: World,
) -> None:
    journey = paid(agencies)
    first = Decimal(journey.case.facts["payable"])
    book(insured_id=Insured.objects.get().pk, order=_another_stay(), key="K9", at=journey.now)
    with pytest.raises(InvalidData, match="NOT_THE_LAST"):
        journey.take("recalculate", "rechecker", **SPLIT, reason="有误")
    counted = in_the_year()
    journey.take(
        "assess_payable", "rechecker", payable=str(first - 100), note="重复收费", reason="重复收费"
    )
    journey.take("approve_correction", "reviewer", opinion="同意")
    assert (journey.case.state, in_the_year()) == ("clawing_back", counted)
    assert entries(journey)[-1] == ("clawback", Decimal(-100), "ordered")


def test_a_correction_may_be_dropped_and_after_two_years_all_is_archived(agencies: World) -> None:
    journey = paid(agencies)
    journey.take("recalculate", "rechecker", **SPLIT, reason="复核")
    journey.take("drop_correction", "reviewer", reason="原核算无误")
    assert (journey.case.state, len(entries(journey))) == ("paid", 1)
    with pytest.raises(NotAllowed):
        perform(journey.id, "archive", actor=SYSTEM, token=journey.case.seq, at=journey.now)
    later = journey.now + dt.timedelta(days=731)
    perform(journey.id, "archive", actor=SYSTEM, token=journey.case.seq, at=later)
    assert journey.case.closed_at == later


def _another_stay(**other: object) -> Order:
    fields = {
        "institution": None,
        "level": "tier_3",
        "visit": "inpatient",
        "began_on": dt.date(2026, 3, 1),
        "on": dt.date(2026, 4, 11),
        "filing": "referral",
        "treated_at": "511702",
        "medfee_sumamt": Decimal(FEE),
        "fulamt_ownpay_amt": Decimal(0),
        "overlmt_selfpay": Decimal(0),
        "preselfpay_amt": Decimal(0),
        "mdtrt_id": "V1",
    }
    return Order(**(fields | other))  # type: ignore[arg-type]
