"""The ways of 手工报销 and of the inquiry at the place of treatment, and what each step costs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from matters.medical.models import Institution
from tests.flows.claims import insure
from tests.flows.taken import SUPPLEMENT, Taken, owed, reason
from tongban.accounts.actors import actor_of
from tongban.accounts.models import Posting, User
from workflows.cases.models import Case
from workflows.cases.perform import perform

FEE = "1200.50"  # what `answers_for` answers to every question for money
VERIFIED = {"invoices": f"示范 示范 {FEE}", "total": FEE, "emergency": "on"}
SPLIT = {"level": "tier_3", "filing": "referral", "medfee_sumamt_0": FEE}
WHY = {"reason": "示范理由"}
CONFIRMED = {"invoice_true": "on", "stay_true": "on", "not_settled": "on", "amount": FEE}
ACCOUNT = {"account_name": "周德福", "bank_name": "示范银行", "bank_card": "6222020000000001234"}
FED_BACK = {
    "payable": "100.00",
    "note": "按救助比例",
    "elsewhere_number": "JZ0001",
    "elsewhere_at": "2026-05-11",
    "elsewhere_result": "已核算",
}
CORE_SYSTEM = {"elsewhere": {"enter_sum": {"system": "医保信息平台", "number": "核算编号"}}}


def with_cover(_case: Case) -> Mapping[str, Any]:
    insure()
    Institution.objects.create(code="H1", name="示范", level="tier_3", region_id="511702")
    return {}


def confirmed(case: Case) -> Mapping[str, Any]:
    """The place of treatment has answered before the parent is woken."""
    child = Case.objects.filter(parent_id=case.pk, closed_at=None).get()
    clerk = User.objects.create(username=f"place-{child.pk}", name="协查", kind="staff")
    Posting.objects.create(
        user=clerk, office_id=child.holder_office_id or 0, role="clerk",
        valid_from=dt.date(2020, 1, 1),
    )  # fmt: skip
    perform(child.pk, "confirm_stay", actor=actor_of(clerk.pk), data=CONFIRMED, token=child.seq,
            at=case.entered_at)  # fmt: skip
    return {}


UP_TO_REVIEW = (
    Taken("take_in", "owner", 7, with_cover),
    Taken("accept", "owner", 10, VERIFIED),
    Taken("begin_review", "owner", 0),
)
UP_TO_PAYMENT = (
    *UP_TO_REVIEW,
    Taken("calculate", "owner", 11, SPLIT),
    Taken("submit_for_recheck", "owner", 0),
    Taken("approve", "head of owner", 13),
    Taken("order_to_pay", "owner", 2),
)

CLAIMS: dict[str, tuple[tuple[Taken, ...], ...]] = {
    "reimbursement": (
        (
            *UP_TO_PAYMENT,
            reason("refused_by_bank", "owner", 2),
            Taken("correct_account", "applicant", 3, ACCOUNT),
            Taken("confirm_paid", "owner", 4, {"voucher": "YH-0001"}),
            Taken("recalculate", "owner", 20, SPLIT | {"fulamt_ownpay_amt_0": "900.00"} | WHY),
            Taken("approve_correction", "head of owner", 23),
            Taken("record_return", "owner", 3, {"voucher": "TH-0001"}),
            Taken("archive", "system", 0),
        ),
        (
            *UP_TO_PAYMENT,
            Taken("confirm_paid", "owner", 4, {"voucher": "YH-0001"}),
            Taken("assess_payable", "owner", 1, {"payable": "1.00", "note": "示范"} | WHY),
            reason("drop_correction", "head of owner"),
        ),
        (
            *UP_TO_REVIEW,
            Taken("ask_treatment", "owner", 15, {"question": "请核实"}),
            Taken("child_closed", "system", 2, confirmed),
            Taken("ask_treatment", "owner", 14, {"question": "请再核实"}),
            reason("stop_waiting", "owner", 6),
            Taken("disapprove", "owner", 2, {"code": "LATE"} | WHY),
        ),
        (
            Taken("take_in", "owner", 7, with_cover),
            Taken("check_again", "owner", 7),
            Taken("require_supplement", "owner", 3, SUPPLEMENT),
            Taken("supplement", "applicant", 5, owed),
            Taken("refuse", "owner", 2, {"code": "LATE"} | WHY),
        ),
        (
            Taken("take_in", "owner", 7, with_cover),
            Taken("require_supplement", "owner", 3, SUPPLEMENT),
            Taken("record_service", "owner", 2, {"way": "phone", "succeeded": "yes", "receiver": "林"}),
            reason("give_up", "owner", 1),
        ),
        (reason("withdraw", "applicant", 1),),
        (
            *UP_TO_REVIEW,
            Taken("calculate", "owner", 11, SPLIT),
            Taken("submit_for_recheck", "owner", 0),
            reason("return_to_review", "head of owner"),
        ),
        (*UP_TO_REVIEW, Taken("enter_sum", "owner", 3, FED_BACK)),
    ),
    "treatment_inquiry": (
        (Taken("confirm_stay", "treatment", 1, CONFIRMED),),
        (Taken("report_differing", "treatment", 1, {"kind": "unclear"} | WHY),),
        (Taken("end_with_claim", "system", 1),),
    ),
}  # fmt: skip
CHANGES_OF_CLAIMS: dict[tuple[str, int], dict[str, Any]] = {("reimbursement", 7): CORE_SYSTEM}
