"""异地贷款账户标记: what a receipt of the loan city asks of the deposit city; beside the loan, never by itself.

放款回执 → the account is marked; 账户转移 → the new city looks over the mark that came with the 账户信息表;
结清回执 → the mark is lifted. Each is done in a day and ends: the mark itself is a row of years (`Mark`).
"""

from __future__ import annotations

from typing import Any

from matters.housing_fund import marks
from matters.housing_fund.models import Account, Loan
from workflows.cases.act import Act, Situation
from workflows.cases.declarations import Guard, Seat, State, step
from workflows.cases.flow import Flow, Panel
from workflows.cases.forms import ReasonForm, StepForm

from .cross_city_loan_forms import OverdueForm, SettleForm
from .cross_city_loan_guards import is_in_order, is_repaying, loan_of
from .loan_marks import (
    LIFT,
    MARK,
    MOVED,
    fall_overdue,
    settle,
)
from .loan_panel import mark_panel
from .loan_people import DEPOSIT, LOAN
from .sent_back import sent_back


def _is(*tasks: str) -> Any:
    return lambda situation: situation.case.data.get("task") in tasks


def _account_is_there(situation: Situation) -> bool:
    """One statement."""
    if "account_number" not in situation.case.data:
        return False
    there: bool = account_of(situation.case).exists()
    return there


def _came_by_moving(situation: Situation) -> bool:
    """A local loan until the account left: it has no application here. One statement."""
    if situation.case.data.get("task") != MOVED:
        return False
    loans = Loan.objects.filter(number=situation.case.data["loan_number"], case_number="")
    is_so: bool = loans.exists()
    return is_so


to_mark = Guard("to_mark", "这是结清回执，请解除标记", _is(MARK, MOVED))
to_lift = Guard("to_lift", "贷款还在还款，不能解除标记", _is(LIFT))
came_by_moving = Guard("came_by_moving", "这笔贷款的结清在贷款申请的办件里登记", _came_by_moving)
account_is_there = Guard("account_is_there", "本中心没有这个账户，请退回贷款地", _account_is_there)


def account_of(case: Flow) -> Any:
    """The account that the receipt names, at this case's deposit city."""
    return Account.objects.filter(
        number=case.data.get("account_number"), centre_id=case.office_of(DEPOSIT)
    )


class LoanMarkFlow(Flow):
    CODE = "loan_mark"
    LABEL = "异地贷款账户标记"
    SEATS = (Seat(DEPOSIT, "缴存地公积金中心"), Seat(LOAN, "贷款地公积金中心"))
    OWNER_SEAT = DEPOSIT
    ORIGIN_SEAT = LOAN
    ONLY_AS_PART = True
    OPENED_AS = "回执已送达缴存地"
    INITIAL = "receipt_sent"
    STATES = (
        State("receipt_sent", "回执已送达，待缴存地办理", DEPOSIT),
        State("marked", "账户已标记", "", counts_as="concluded", closes=True),
        State("lifted", "标记已解除", "", counts_as="concluded", closes=True),
        State("sent_back", "缴存地没有这个账户，已退回", "", closes=True),
    )

    class Meta:
        proxy = True
        default_permissions = ()

    def opened(self, act: Act) -> None:
        self.received_on = act.today

    def panel(self, situation: Situation, *, for_party: bool = False) -> Panel | None:
        return mark_panel(self, situation, for_party=for_party)

    @step("标记账户", source="receipt_sent", target="marked", by=DEPOSIT, form=StepForm,
          guards=(to_mark, account_is_there), tone="primary", done="已标记账户")  # fmt: skip
    def mark_account(self, act: Act) -> None:
        """One that came with the 账户信息表 stands already: it is confirmed. The guard's statement, and six."""
        account, loan = account_of(self).get(), Loan.objects.get(number=self.data["loan_number"])
        try:
            mark = marks.set_mark(account_id=account.pk, loan=loan, at=act.at)
        except marks.MarkRefused as refused:
            raise sent_back(act, str(refused)) from None
        act.outcome = "done"
        act.note(account=account.number, loan=loan.number, marked_at=mark.marked_at.isoformat())
        act.tell("case_step", message="缴存地已为您的账户作异地贷款标记，还清贷款后解除。")

    @step("解除标记", source="receipt_sent", target="lifted", by=DEPOSIT, form=StepForm,
          guards=(to_lift, account_is_there), tone="primary", done="已解除标记")  # fmt: skip
    def lift_account(self, act: Act) -> None:
        """The guard's statement, and six."""
        account, loan = account_of(self).get(), Loan.objects.get(number=self.data["loan_number"])
        try:
            marks.lift_mark(account_id=account.pk, loan=loan, at=act.at, because="贷款已结清")
        except marks.MarkRefused as refused:
            raise sent_back(act, str(refused)) from None
        act.outcome = "done"
        act.note(account=account.number, loan=loan.number)
        act.tell("case_step", message="贷款已还清，您的账户已解除异地贷款标记。")

    @step("退回贷款地", source="receipt_sent", target="sent_back", by=DEPOSIT, form=ReasonForm,
          tone="warning", done="已退回贷款地")  # fmt: skip
    def return_receipt(self, act: Act) -> None:
        """The loan stays without a mark: the check shows it to both centres until it is put right."""
        act.outcome = "returned"
        act.note(reason=act.data["reason"])

    @step("登记结清", source="marked", by=LOAN, form=SettleForm,
          guards=(came_by_moving, is_repaying), is_aside=True, tone="primary",
          done="贷款已结清，结清回执已发缴存地")  # fmt: skip
    def settle_moved_loan(self, act: Act) -> None:
        """As on an application's case. The guards' two statements, the form's, four, and an opening."""
        settle(self, act, loan_of(self), called="公积金贷款")

    @step("登记逾期", source="marked", by=LOAN, form=OverdueForm,
          guards=(came_by_moving, is_in_order), is_aside=True, tone="warning",
          done="贷款已逾期，已请缴存地协助催收")  # fmt: skip
    def report_moved_overdue(self, act: Act) -> None:
        """As on an application's case. The guards' two statements, five, and an opening."""
        fall_overdue(self, act, loan_of(self), called="公积金贷款")
