"""异地贷款: from the certificate to 结清 across both provinces; every refusal; the mark and what moves it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from matters.housing_fund import certificates, lending, marks
from matters.housing_fund.models import Account, Loan, LoanCertificate, Mark
from tests.flows.loans import (
    APPROVED,
    CHONGQING,
    CONTRACT,
    CREDIT,
    DAZHOU,
    RELEASED,
    account,
    applied,
    asked_for_certificate,
    beside,
    certificate,
    local_loan,
    people,
    released,
    up_to_release,
)
from tests.journeys import Journey
from tests.portal.conftest import signed_in
from tests.world import LIN_ID, ZHOU_ID, World, at
from tongban.notices.models import Notice
from workflows.cases.models import Case, Document, Draft, Party
from workflows.cases.opening import PartyInput
from workflows.cases.perform import InvalidData, NotAllowed
from workflows.flows.loan_certificate import LoanCertificateFlow

NOON = at("2026-06-01 12:00")


@pytest.fixture
def centres(world: World) -> World:
    return people(world)


def checked(world: World) -> tuple[str, list[str]]:
    case = asked_for_certificate(world).take("check_record", "keeper").case
    return case.state, [each["code"] for each in case.facts["obstacles"]]


# ---- the certificate ----


def test_who_never_borrowed_gets_a_certificate_that_the_loan_city_verifies_and_uses(
    centres: World,
) -> None:
    own = account(centres)
    journey = asked_for_certificate(centres).take("check_record", "keeper")
    journey.take("issue_certificate", "keeper", last_day="2028-12-31")
    issued = LoanCertificate.objects.get(account=own)
    assert (journey.case.state, issued.state) == ("issued", "issued")
    assert Document.objects.filter(case=journey.id, number=issued.number).exists()
    loan = applied(centres, certificate_number=issued.number).take("verify_certificate", "lender")
    assert loan.case.state == "verified"
    assert LoanCertificate.objects.get().case_number == loan.case.number


def test_who_has_no_account_or_borrowed_twice_or_still_owes_is_refused_by_the_rule(
    centres: World,
) -> None:
    assert checked(centres) == ("checking", ["books_elsewhere"])
    account(centres, id_number=LIN_ID, name="林晓梅")
    assert checked(centres) == ("checking", ["no_account"])
    own = account(centres)
    local_loan(own)
    assert checked(centres) == ("checking", ["unsettled_loan"])
    lending.close_loan(loan_id=Loan.objects.get().pk, on=dt.date(2025, 1, 1))
    assert checked(centres) == ("checking", [])
    Account.objects.update(loans_used=2)
    assert checked(centres) == ("checking", ["used_twice"])
    Account.objects.update(loans_used=0, status=Account.Status.MOVING, status_before="sealed")
    assert checked(centres) == ("checking", ["in_business"])


def test_one_who_may_not_have_it_is_refused_in_writing_and_in_no_other_way(centres: World) -> None:
    journey = asked_for_certificate(centres).take("check_record", "keeper")
    with pytest.raises(NotAllowed, match="只能不予出具"):
        journey.take("issue_certificate", "keeper", last_day="2028-12-31")
    journey.take("refuse", "keeper", reason="没有账户")
    assert (journey.case.state, journey.case.outcome) == ("refused", "refused")
    assert Document.objects.filter(case=journey.id, kind="refusal").exists()


def test_a_second_certificate_waits_until_the_first_is_revoked_or_out_of_date(
    centres: World,
) -> None:
    own = account(centres)
    first = asked_for_certificate(centres).take("check_record", "keeper")
    first.take("check_record_again", "keeper")
    second = asked_for_certificate(centres).take("check_record", "keeper")
    first.take("issue_certificate", "keeper", last_day="2026-05-20")
    with pytest.raises(InvalidData, match="已有一份有效的证明"):
        second.take("issue_certificate", "keeper", last_day="2028-12-31")
    with pytest.raises(InvalidData, match="不能早于今天"):
        second.take("issue_certificate", "keeper", "2026-05-21 09:00", last_day="2026-05-20")
    second.take("issue_certificate", "keeper", "2026-05-21 10:00", last_day="2028-12-31")
    assert [each.state for each in own.loan_certificates.order_by("pk")] == ["expired", "issued"]
    second.take("revoke_certificate", "keeper", "2026-05-22 10:00", reason="开错贷款城市")
    with pytest.raises(NotAllowed, match="已使用、已过期或已撤销"):
        second.take("revoke_certificate", "keeper", "2026-05-22 11:00", reason="再撤")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"number": "ZM-0002"}, "没有开具过"),
        ({"last_day": dt.date(2026, 5, 10)}, "已过期"),
        ({"state": "revoked"}, "已撤销"),
        ({"state": "verified", "case_number": "X"}, "另一笔贷款申请"),
    ],
)
def test_a_certificate_that_does_not_agree_sends_the_application_back(
    centres: World, change: dict[str, object], sentence: str
) -> None:
    row = certificate(account(centres), centres.office(CHONGQING, "housing_fund"))
    LoanCertificate.objects.filter(pk=row.pk).update(**change)
    journey = applied(centres).take("verify_certificate", "lender")
    assert journey.case.state == "mismatched"
    assert sentence in journey.case.facts["certificate"]["problems"][0]
    journey.take("return_application", "lender", reason="请重新开具证明")
    assert journey.case.outcome == "returned"


def test_a_certificate_of_somebody_else_for_another_city_is_named_twice(centres: World) -> None:
    other = account(centres, id_number="500101198001010013", name="林晓梅")
    certificate(other, centres.office(DAZHOU, "housing_fund"))
    journey = applied(centres).take("verify_certificate", "lender")
    assert len(journey.case.facts["certificate"]["problems"]) == 2


# ---- the sum and the decision ----


def reviewing(world: World, **other: str) -> Journey:
    certificate(account(world), world.office(CHONGQING, "housing_fund"))
    return applied(world, **other).take("verify_certificate", "lender").take("accept", "lender")


def test_the_reviewer_sees_what_binds_and_may_not_grant_a_yuan_more(centres: World) -> None:
    certificate(account(centres), centres.office(CHONGQING, "housing_fund"))
    journey = applied(centres, amount="900000.00").take("verify_certificate", "lender")
    journey.take("accept", "lender")
    with pytest.raises(NotAllowed, match="先核算"):
        journey.take("approve", "lender", **APPROVED)
    journey.take("reckon_amount", "lender", **CREDIT)
    quote = journey.case.facts["quote"]
    # 48,000 of balance by 25 is more than the highest amount of a single person, 800,000; less than
    # either is the price less the down payment.
    assert (quote["amount"], quote["binding"]) == ("700000.00", "price")
    assert quote["household"][0]["months"] == 24
    with pytest.raises(InvalidData, match="超过核算的额度"):
        journey.take("approve", "lender", amount="700000.01", opinion="")
    journey.take("approve", "lender", amount="700000.00", opinion="同意")
    assert journey.case.state == "approved"


def test_ten_working_days_of_review_are_chongqings_rule_and_no_other_citys(
    centres: World,
) -> None:
    journey = reviewing(centres)
    # Ten working days after Monday, 11 May.
    assert journey.case.hop_due_at == at("2026-05-26 00:00")
    own = account(centres, CHONGQING, id_number="500101198001010013", name="林晓梅")
    centres.post("dazhou_lender", "达贷款", DAZHOU, "housing_fund", "clerk")
    certificate(own, centres.office(DAZHOU, "housing_fund"), "ZM-2")
    there = applied(
        centres, loan_region=DAZHOU, deposit_region=CHONGQING, house_region=DAZHOU,
        certificate_number="ZM-2", id_number="500101198001010013",
    )  # fmt: skip
    there.take("verify_certificate", "dazhou_lender").take("accept", "dazhou_lender")
    assert there.case.hop_due_at is None
    there.take("reckon_amount", "dazhou_lender", **CREDIT)
    problem = there.case.facts["quote"]["problem"]
    assert problem["code"] == "rule_missing"
    assert "没有查到" in problem["sentence"]
    with pytest.raises(InvalidData, match="请写明批准的依据"):
        there.take("approve", "dazhou_lender", amount="300000.00", opinion="")
    there.take("approve", "dazhou_lender", amount="300000.00", opinion="按达州现行规定核定")
    assert there.case.state == "approved"


def test_who_is_overdue_is_refused_by_the_credit_rule_with_its_reason(centres: World) -> None:
    journey = reviewing(centres)
    journey.take("reckon_amount", "lender", consecutive="3", total="3")
    assert journey.case.facts["quote"]["problem"]["code"] == "credit"
    with pytest.raises(NotAllowed, match="只能不予贷款"):
        journey.take("approve", "lender", **APPROVED)
    journey.take("disapprove", "lender", code="credit", reason="两年内连续逾期三期")
    assert journey.case.outcome == "disapproved"
    assert LoanCertificate.objects.get().state == "issued"


def test_a_second_hand_home_is_valued_first_and_the_lower_value_counts(centres: World) -> None:
    journey = reviewing(centres, house="second_hand")
    assert journey.case.state == "valuation"
    journey.take("record_valuation", "lender", value="600000.00", agency="渝评估", number="PG1")
    journey.take("reckon_amount", "lender", **CREDIT)
    assert journey.case.facts["quote"]["amount"] == "300000.00"


def test_a_couple_borrows_on_both_accounts_wherever_they_lie(centres: World) -> None:
    account(centres, CHONGQING, id_number="500101198001010013", name="林晓梅")
    journey = reviewing(centres, couple="yes")
    journey.take("reckon_amount", "lender", **CREDIT)
    quote = journey.case.facts["quote"]
    assert [each["who"] for each in quote["household"]] == ["借款人", "配偶"]
    assert "家庭最高额度" in {each["label"] for each in quote["limits"]}


# ---- the money, the mark, and the end ----


def test_a_loan_is_carried_from_the_money_to_the_last_payment_across_both_provinces(
    centres: World,
) -> None:
    journey = released(centres)
    assert (journey.case.state, journey.case.is_open) == ("released", False)
    loan, own = Loan.objects.get(), Account.objects.get()
    assert (loan.state, loan.amount, own.loans_used) == ("repaying", Decimal("300000.00"), 1)
    assert LoanCertificate.objects.get().state == "used"
    assert list(marks.unmarked().values_list("loan__number", flat=True)) == [loan.number]

    receipt = beside(journey, centres, "mark")
    assert receipt.case.relation == "follows"
    with pytest.raises(NotAllowed, match="不能解除"):
        receipt.take("lift_account", "keeper")
    receipt.take("mark_account", "keeper")
    assert Mark.objects.get().loan_key == loan.number
    assert not marks.unmarked().exists()
    assert "只能提取偿还" in marks.withdrawal_refused(own.pk, kind="rent")
    same = {"kind": "repayment", "loan_number": loan.number}
    assert marks.withdrawal_refused(own.pk, **same) == ""

    with pytest.raises(InvalidData, match="不能早于放款日期"):
        journey.take("settle_loan", "lender", on="2026-05-10", voucher="HK1")
    journey.take("settle_loan", "lender", "2026-07-01 10:00", on="2026-07-01", voucher="HK1")
    assert Loan.objects.get().state == "settled"
    assert Document.objects.filter(case=journey.id, kind="result").exists()
    beside(journey, centres, "lift").take("lift_account", "keeper", "2026-07-02 09:00")
    assert Mark.objects.get().lifted_because == "贷款已结清"
    assert marks.withdrawal_refused(own.pk, kind="rent") == ""
    with pytest.raises(NotAllowed, match="已结清"):
        journey.take("settle_loan", "lender", "2026-07-03 10:00", on="2026-07-03", voucher="HK2")


def test_nothing_is_paid_on_a_certificate_revoked_meanwhile_or_a_contract_of_another_loan(
    centres: World,
) -> None:
    journey = up_to_release(centres)
    certificates.revoke(number="ZM-0001", because="账户信息有误")
    with pytest.raises(InvalidData, match="证明已撤销"):
        journey.take("disburse", "lender_head", **RELEASED)
    assert not Loan.objects.exists()
    assert Case.objects.filter(parent_id=journey.id).count() == 0
    LoanCertificate.objects.update(state="verified")
    own = Account.objects.get()
    local_loan(own, CONTRACT["number"])
    with pytest.raises(InvalidData, match="已有一笔贷款"):
        journey.take("disburse", "lender_head", **RELEASED)
    assert LoanCertificate.objects.get().state == "verified"


def test_nothing_is_paid_on_an_account_whose_sheet_is_already_on_its_way(centres: World) -> None:
    journey = up_to_release(centres)
    Account.objects.update(status=Account.Status.MOVING, status_before="normal")
    with pytest.raises(InvalidData, match="转出中"):
        journey.take("disburse", "lender_head", **RELEASED)
    assert LoanCertificate.objects.get().state == "verified"


def test_a_receipt_that_comes_back_leaves_the_loan_on_the_list_and_is_sent_again(
    centres: World,
) -> None:
    journey = released(centres)
    beside(journey, centres, "mark").take("return_receipt", "keeper", reason="账户号码不符")
    for who in ("lender", "keeper"):
        page = signed_in(centres.people[who]).get("/desk/loans/")
        assert CONTRACT["number"] in page.content.decode()
    assert signed_in(centres.clerk_cq).get("/desk/loans/").status_code == 404
    journey.take("send_receipt_again", "lender", reason="已核对账号")
    again = Case.objects.filter(parent_id=journey.id).latest("pk")
    assert again.state == "receipt_sent"


def test_the_nightly_check_names_a_planted_unmarked_account_and_tells_each_person_once(
    centres: World,
) -> None:
    moved_out = account(centres)
    loan = local_loan(moved_out)
    Loan.objects.filter(pk=loan.pk).update(centre=centres.office(CHONGQING, "housing_fund"))
    out = StringIO()
    for _ in range(2):
        call_command("check_loan_marks", stdout=out)
    assert out.getvalue().count(f"未标记：合同 {loan.number}") == 2
    told = Notice.objects.filter(subject_kind="loan_marks")
    for who in ("keeper", "lender", "lender_head"):
        assert told.filter(user=centres.people[who]).count() == 1
    assert not told.filter(user=centres.clerk_cq).exists()


# ---- pages ----


def costs(client: Client, url: str) -> list[int]:
    found = []
    for page in (url, "/desk/loans/"):
        with CaptureQueriesContext(connection) as captured:
            client.get(page)
        found.append(len(captured))
    return found


def test_the_pages_of_a_loan_cost_the_same_with_one_and_with_thirty_beside_it(
    centres: World,
) -> None:
    journey = released(centres)
    person, keeper = signed_in(centres.citizen), signed_in(centres.keeper)
    page = person.get(f"/my/{journey.case.number}/").content.decode()
    assert "放款回执" in page
    assert "重庆市" in page
    assert "达州市" in page
    url = f"/desk/{journey.case.number}/"
    keeper.get(url)
    assert keeper.get("/desk/loans/").status_code == 200
    counts = [costs(keeper, url)]
    for nth in range(30):
        loan = local_loan(Account.objects.get(), f"DZ-{nth}")
        lender = centres.office(CHONGQING, "housing_fund")
        Loan.objects.filter(pk=loan.pk).update(centre=lender)
    counts.append(costs(keeper, url))
    shown = keeper.get(url).content.decode()
    assert "两地记录" in shown
    assert "YD-2026-0001" in shown
    assert counts[0] == counts[1]


def test_who_stopped_depositing_long_ago_begins_anew(centres: World) -> None:
    own = account(centres, until=dt.date(2025, 10, 1))
    certificate(own, centres.office(CHONGQING, "housing_fund"))
    journey = applied(centres).take("verify_certificate", "lender").take("accept", "lender")
    journey.take("reckon_amount", "lender", **CREDIT)
    assert journey.case.facts["quote"]["problem"]["code"] == "months_too_few"


def test_whoever_has_a_certificate_goes_on_to_the_loan_with_what_it_knows(centres: World) -> None:
    account(centres)
    journey = asked_for_certificate(centres).take("check_record", "keeper")
    journey.take("issue_certificate", "keeper", last_day="2028-12-31")
    person = signed_in(centres.citizen)
    page = person.get(f"/my/{journey.case.number}/").content.decode()
    assert "证明开好了" in page
    person.post(f"/my/{journey.case.number}/go-on/")
    draft = Draft.objects.get()
    assert draft.data["certificate_number"] == journey.case.facts["certificate"]
    assert draft.data["loan_region"] == CHONGQING
    journey.take("revoke_certificate", "keeper", reason="信息有误")
    page = person.get(f"/my/{journey.case.number}/").content.decode()
    assert "证明开好了" not in page


def test_one_is_told_before_asking_what_the_register_has_and_nothing_of_others(
    centres: World,
) -> None:
    me = PartyInput(role="applicant", name="林晓梅", user=centres.citizen)
    flow, on = LoanCertificateFlow, dt.date(2026, 5, 11)
    centres.citizen.id_number = LIN_ID
    own = account(centres, id_number=LIN_ID, name="林晓梅")
    local_loan(own)
    told = flow.told_before([me], {}, on)
    assert told is not None
    assert told.is_obstacle
    assert "未结清" in told.lines[-1]
    assert flow.told_before([me], {"id_number": ZHOU_ID}, on) is None
    assert flow.told_before([me], {"deposit_region": CHONGQING}, on) is None


def test_a_clerk_is_told_where_nobody_of_the_case_owns_the_account(centres: World) -> None:
    account(centres)
    keeper = signed_in(centres.keeper)
    theirs = asked_for_certificate(centres)  # 林晓梅's, on 周德福's account
    assert "请核对身份" in keeper.get(f"/desk/{theirs.case.number}/").content.decode()
    Party.objects.create(case=theirs.case, role="beneficiary", name="周德福", id_number=ZHOU_ID)
    assert "请核对身份" not in keeper.get(f"/desk/{theirs.case.number}/").content.decode()
