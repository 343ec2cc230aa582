"""The ways of a withdrawal, by a window and online, and of the question to the loan city; what each step costs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from tests.flows.taken import SUPPLEMENT, Taken, owed, papers, reason
from tests.housing_fund.conftest import opened
from tests.world import ANSWERS, ZHOU_ID, World
from tongban.accounts.actors import actor_of
from tongban.accounts.models import Posting, User
from tongban.offices.models import Office
from workflows.cases.models import Case
from workflows.cases.perform import perform

SETTLED = {"checked": "on", "basis": "按缴存地规定"}
SUM = {"amount": "100.00"}
ACCOUNT = {
    "account_name": ANSWERS["name"],
    "bank_name": "示范银行",
    "bank_card": "6222020000000001234",
}
VOUCHER = {"voucher": "YH-0001"}
PHONE = {"way": "phone", "succeeded": "yes", "receiver": "林晓梅"}
FACTS = {"is_theirs": "on", "repaid": "24000.00", "left": "300000.00"}


def sealed_account(world: World) -> dict[str, Any]:
    """周德福's sealed account in 重庆, with twenty thousand yuan."""
    centre = world.office("500000", "housing_fund")
    opened(centre, "20000.00", status="sealed", name=ANSWERS["name"], id_number=ZHOU_ID)
    return {"id_number": ZHOU_ID, "loan_year": "2026"}


def answered(case: Case) -> Mapping[str, Any]:
    """The loan city has answered before the parent is woken."""
    child = Case.objects.get(parent_id=case.pk, closed_at=None)
    clerk = User.objects.create(username=f"lender-{child.pk}", name="核实", kind="staff")
    office = Office.objects.get(pk=child.holder_office_id or 0)
    Posting.objects.create(user=clerk, office=office, role="clerk", valid_from=dt.date(2020, 1, 1))
    perform(
        child.pk, "confirm_facts", actor=actor_of(clerk.pk), data=FACTS, token=child.seq,
        at=case.entered_at,
    )  # fmt: skip
    return {}


SHOWN = Taken("collect", "collector", 3, papers)
TO_PAYMENT = (
    SHOWN,
    Taken("accept", "owner", 1),
    Taken("settle_amount", "owner", 12, SETTLED | SUM),
    Taken("approve", "head of owner", 0),
)
REPAYING: dict[str, Any] = {
    "fields": [
        *(
            {"code": code, "label": code, "kind": "region", "region_level": "pool"}
            for code in ("deposit_region", "loan_region")
        ),
        {"code": "id_number", "label": "身份证号", "kind": "id_number"},
        {"code": "loan_number", "label": "合同编号", "kind": "text"},
        {"code": "loan_year", "label": "年度", "kind": "number"},
        {"code": "account_name", "label": "开户人", "kind": "name"},
    ],
    "parts": [
        {
            "code": "facts",
            "name": "贷款城市核实",
            "matter": {"name": "核实异地公积金贷款", "batch": "公积金提取(凭记忆)"},
        }
    ],
}
CHANGES = {("fund_withdrawal", 6): REPAYING}
WAYS: dict[str, tuple[tuple[Taken, ...], ...]] = {
    "fund_withdrawal": (
        (
            SHOWN,
            Taken("accept", "owner", 1),
            Taken("require_supplement", "owner", 3, SUPPLEMENT),
            Taken("supplement", "applicant", 5, owed),
            Taken("settle_amount", "owner", 12, SETTLED | SUM),
            reason("return_to_check", "head of owner", 1),
            Taken("settle_amount", "owner", 12, SETTLED | SUM),
            Taken("approve", "head of owner", 0),
            reason("refused_by_bank", "owner"),
            Taken("correct_account", "applicant", 1, ACCOUNT),
            Taken("confirm_paid", "owner", 13, VOUCHER),
            Taken("hand_over", "collector", 0, {"receiver": "周德福"}),
            Taken("rate", "applicant", 1, {"level": "5"}),
        ),
        (*TO_PAYMENT, reason("refused_by_bank", "owner"), reason("disapprove", "owner", 2)),
        (SHOWN, Taken("accept", "owner", 1), reason("withdraw", "applicant", 1)),
        (SHOWN, reason("refuse", "owner", 1)),
        (reason("turn_back", "collector"),),
        (
            SHOWN,
            Taken("accept", "owner", 1),
            Taken("require_supplement", "owner", 3, SUPPLEMENT),
            Taken("record_service", "owner", 2, PHONE),
            reason("give_up", "owner"),
        ),
        (
            SHOWN,
            Taken("accept", "owner", 1),
            Taken("ask_loan_city", "owner", 14),
            Taken("child_closed", "system", 1, answered),
            Taken("settle_amount", "owner", 12, SETTLED | SUM),
        ),
    ),
    "fund_loan_facts": (
        (
            Taken("confirm_facts", "lender", 1, FACTS),
            Taken("note_payment", "system", 0, SUM | VOUCHER),
        ),
        (reason("report_difference", "lender", 1),),
        (Taken("end_with_withdrawal", "system", 1),),
    ),
}
