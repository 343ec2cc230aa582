"""The ways of a cross-city loan, its certificate, its marks and its collection, and what each step costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matters.housing_fund import lending
from matters.housing_fund.models import Account, Loan, LoanCertificate
from tests.flows.loans import (
    APPROVED,
    CHONGQING,
    CONTRACT,
    CREDIT,
    ENTERED,
    REGISTERED,
    RELEASED,
    account,
    certificate,
    loan_made,
    people,
)
from tests.flows.taken import SUPPLEMENT, Taken, owed, reason
from tests.world import World
from workflows.cases.models import Case

PAID = {"on": "2026-05-11", "voucher": "HK0001"}
LATE = {"since": "2026-05-01", "arrears": "3000.00", "terms": "2"}
CHOSEN = {
    "certificate_number": "ZM-0001",
    "price": "1000000.00",
    "down_payment": "300000.00",
    "amount": "500000.00",
    "months": "240",
    "couple": "no",
}


def with_account(world: World) -> dict[str, Any]:
    people(world)
    account(world)
    return {}


def with_certificate(world: World) -> dict[str, Any]:
    with_account(world)
    certificate(Account.objects.get(), world.office(CHONGQING, "housing_fund"))
    return CHOSEN


def with_loan(world: World, **told: str) -> dict[str, Any]:
    """The parent has its account already."""
    own = Account.objects.get()
    loan = loan_made(own, world.office(CHONGQING, "housing_fund"))
    return {"loan_number": loan.number, "account_number": own.number, "task": "mark"} | told


def with_arrears(world: World) -> dict[str, Any]:
    return with_loan(world) | {"arrears": "3000.00"}


def settled(case: Case) -> dict[str, Any]:
    """The last instalment came; the receipt is one of the end."""
    loan = Loan.objects.get(number=case.data["loan_number"])
    lending.close_loan(loan_id=loan.pk, on=loan.released_on)
    Case.objects.filter(pk=case.pk).update(data={**case.data, "task": "lift"})
    return {}


def came_by_moving(case: Case) -> dict[str, Any]:
    Case.objects.filter(pk=case.pk).update(data={**case.data, "task": "moved"})
    return {}


def spoilt(_case: Case) -> dict[str, Any]:
    LoanCertificate.objects.update(state="revoked")
    return {}


def second_hand(case: Case) -> dict[str, Any]:
    Case.objects.filter(pk=case.pk).update(data={**case.data, "house": "second_hand"})
    return {}


def kept_elsewhere(case: Case) -> Mapping[str, Any]:
    """The centre's books are not here; the account was entered before."""
    Account.objects.update(is_entered=True)
    Case.objects.filter(pk=case.pk).update(facts={**case.facts, "books_elsewhere": True})
    return ENTERED | {"number": Account.objects.get().number}


UP_TO_REVIEW = (Taken("verify_certificate", "loan", 2), Taken("accept", "loan", 1))
DECIDED = (
    *UP_TO_REVIEW,
    Taken("reckon_amount", "loan", 3, CREDIT),
    Taken("approve", "loan", 0, APPROVED),
)
LOANS: dict[str, tuple[tuple[Taken, ...], ...]] = {
    "loan_certificate": (
        (
            Taken("check_record", "deposit", 6),
            Taken("check_record_again", "deposit", 6),
            Taken("issue_certificate", "deposit", 10, {"last_day": "2028-12-31"}),
            reason("revoke_certificate", "deposit", 2),
        ),
        (
            Taken("check_record", "deposit", 6),
            Taken("enter_deposits", "deposit", 16, kept_elsewhere),
            reason("refuse", "deposit", 1),
        ),
        (reason("withdraw", "applicant"),),
    ),
    "cross_city_loan": (
        (
            *DECIDED,
            Taken("sign_contract", "loan", 2, CONTRACT),
            Taken("register_title", "loan", 0, REGISTERED),
            Taken("register_mortgage", "loan", 0, REGISTERED),
            Taken("submit_for_release", "loan", 0),
            reason("return_from_release", "loan"),
            Taken("submit_for_release", "loan", 0),
            Taken("disburse", "head of loan", 18, RELEASED),
            reason("send_receipt_again", "loan", 11),
            Taken("report_overdue", "loan", 14, LATE),
            Taken("settle_loan", "loan", 19, PAID),
        ),
        (
            Taken("verify_certificate", "loan", 2),
            Taken("accept", "loan", 1, second_hand),
            Taken(
                "record_valuation", "loan", 0,
                {"value": "900000.00", "agency": "示范评估", "number": "PG1"},
            ),
            Taken("require_supplement", "loan", 3, SUPPLEMENT),
            Taken("supplement", "applicant", 5, owed),
            Taken("disapprove", "loan", 2, {"code": "home", "reason": "不符"}),
        ),
        (
            *UP_TO_REVIEW,
            Taken("require_supplement", "loan", 3, SUPPLEMENT),
            Taken("record_service", "loan", 2, {"way": "phone", "succeeded": "yes", "receiver": "林"}),
            reason("give_up", "loan", 1),
        ),
        (reason("withdraw", "applicant", 1),),
        (
            Taken("verify_certificate", "loan", 1, spoilt),
            reason("return_application", "loan"),
        ),
    ),
    "loan_mark": (
        # As a part, here; what follows a case, as these do in life, wakes nobody: one less.
        (Taken("mark_account", "deposit", 8),),
        (Taken("lift_account", "deposit", 7, settled),),
        (
            Taken("mark_account", "deposit", 8, came_by_moving),
            Taken("report_moved_overdue", "loan", 15, LATE),
            Taken("settle_moved_loan", "loan", 20, PAID),
        ),
        (reason("return_receipt", "deposit", 1),),
    ),
    "loan_collection": (
        (
            Taken("contact_borrower", "deposit", 3, {"way": "phone", "said": "示范"}),
            Taken("report_paid", "loan", 4, PAID),
        ),
        (Taken("take_to_court", "head of loan", 2, {"number": "(2026)示范1号"}),),
        (Taken("end_with_loan", "system", 1),),
    ),
}  # fmt: skip
