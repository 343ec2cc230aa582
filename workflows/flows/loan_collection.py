"""逾期协助催收: the loan city asks the deposit city to help where an instalment is overdue.

The deposit city reaches the borrower, or deducts from the account where contract and rule allow it
(announced 2024-10 as the next step between the provinces; its beginning was not found, so the rule row
names no value and nothing is deducted). It ends paid, deducted, at court, or with the loan.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from matters.housing_fund import lending
from matters.housing_fund.ledger import LedgerRefused, withdraw
from matters.housing_fund.models import Account, Loan
from matters.housing_fund.reader import Reader
from matters.housing_fund.words import rule_book
from matters.rules import RuleMissing
from workflows.cases.act import Act, Situation
from workflows.cases.declarations import SYSTEM, Guard, Next, Seat, State, step
from workflows.cases.flow import Flow, Panel
from workflows.cases.forms import StepForm

from .cross_city_loan_forms import day_field, not_after
from .fund_transfer_forms import money_field
from .loan_panel import mark_panel
from .loan_people import DEPOSIT, LOAN
from .sent_back import sent_back

OPEN = ("asked", "contacted")
# What the two provinces agreed stands with 四川 (川渝.yaml).
DEDUCTION, AGREED = "loan.overdue_deduction", "510000"


def deduction_unknown(situation: Situation) -> str:
    """Why nothing may be deducted on that day; "" where a rule says it may. No statement."""
    try:
        Reader(rule_book(), situation.today).value(DEDUCTION, AGREED)
    except RuleMissing as unknown:
        return str(unknown)
    return ""


deduction_in_force = Guard(
    "deduction_in_force",
    "川渝跨区域划扣 2024 年 10 月公布为下一步工作，没有查到开始的日期和办法，现在不能划扣",
    lambda situation: not deduction_unknown(situation),
)


class ContactForm(StepForm):
    way = forms.ChoiceField(
        label="联系方式",
        choices=[("phone", "电话"), ("employer", "通过单位"), ("letter", "书面催收")],
        error_messages={"required": "请选择联系方式"},
    )
    said = forms.CharField(
        label="联系结果",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明联系结果"},
    )


class DeductForm(StepForm):
    """Not more than is overdue, by a clause of the contract."""

    amount = money_field("划扣金额（元）")
    clause = forms.CharField(
        label="合同约定的划扣条款", max_length=200, error_messages={"required": "请写明合同条款"}
    )

    def clean_amount(self) -> Decimal:
        amount: Decimal = self.cleaned_data["amount"]
        owed = owed_on(self.situation.case)
        if amount > owed:
            raise forms.ValidationError(f"不能多于逾期未还的 {owed:,.2f} 元")
        return amount


class PaidForm(StepForm):
    on = day_field("还清逾期的日期")
    voucher = forms.CharField(
        label="还款凭证号", max_length=40, error_messages={"required": "请填写凭证号"}
    )

    def clean_on(self) -> Any:
        return not_after(self.cleaned_data["on"], self.situation.today)


class CourtForm(StepForm):
    number = forms.CharField(
        label="法院案号", max_length=60, error_messages={"required": "请填写法院案号"}
    )


def owed_on(case: Flow) -> Decimal:
    """What is overdue and not deducted yet."""
    return Decimal(case.data["arrears"]) - Decimal(case.facts.get("deducted", "0"))


class LoanCollection(Flow):
    CODE = "loan_collection"
    LABEL = "异地贷款逾期协助催收"
    SEATS = (Seat(DEPOSIT, "缴存地公积金中心"), Seat(LOAN, "贷款地公积金中心"))
    OWNER_SEAT = DEPOSIT
    ORIGIN_SEAT = LOAN
    ONLY_AS_PART = True
    OPENED_AS = "贷款地请求协助催收"
    INITIAL = "asked"
    STATES = (
        State("asked", "待缴存地协助催收", DEPOSIT),
        State("contacted", "缴存地已联系借款人", DEPOSIT, keeps_hop=True),
        State("caught_up", "逾期已还清", "", counts_as="concluded", closes=True),
        State("deducted", "已按合同划扣还清", "", counts_as="concluded", closes=True),
        State("litigation", "已转诉讼", "", counts_as="concluded", closes=True),
        State("dropped", "贷款已结清", "", closes=True),
    )

    class Meta:
        proxy = True
        default_permissions = ()

    def opened(self, act: Act) -> None:
        self.received_on = act.today

    def panel(self, situation: Situation, *, for_party: bool = False) -> Panel | None:
        shown = mark_panel(self, situation, for_party=for_party)
        unknown = "" if for_party else deduction_unknown(situation)
        return Panel(shown.template, {**shown.shown, "deduction_unknown": unknown})

    @step("登记联系结果", source=OPEN, target="contacted", by=DEPOSIT, form=ContactForm,
          tone="primary", done="已联系借款人")  # fmt: skip
    def contact_borrower(self, act: Act) -> None:
        """Three statements."""
        lending.turn(loan_id=self._loan().pk, into=Loan.State.COLLECTING)
        act.note(**act.data)
        act.tell("case_step", message="您的异地公积金贷款有逾期，请尽快还清，或联系贷款地中心。")

    @step("按合同划扣", source=OPEN, target=Next(("contacted", "deducted")), by=DEPOSIT,
          form=DeductForm, guards=(deduction_in_force,), head_only=True, decides=True,
          done="已按合同划扣")  # fmt: skip
    def deduct(self, act: Act) -> str:
        """Out of the account by the ledger; the whole of it ends the case. What `withdraw` takes, and two;
        two more where it ends."""
        account = Account.objects.get(
            number=self.data["account_number"], centre_id=self.office_of(DEPOSIT)
        )
        key = f"case:{self.pk}:{act.seq}"
        amount = act.data["amount"]
        try:
            withdraw(
                account_id=account.pk, amount=amount, at=act.at, on=act.today, key=key,
                memo=f"划扣逾期贷款 {self.data['loan_number']}",
            )  # fmt: skip
        except LedgerRefused as refused:
            raise sent_back(act, refused.sentence) from None
        deducted = Decimal(self.facts.get("deducted", "0")) + amount
        self.facts = {**self.facts, "deducted": str(deducted)}
        act.note(amount=str(amount), clause=act.data["clause"])
        act.tell("case_step", message="缴存地已按借款合同从您的账户划扣逾期的贷款。")
        if owed_on(self) > 0:
            return "contacted"
        act.outcome = "done"
        lending.turn(loan_id=self._loan().pk, into=Loan.State.REPAYING)
        return "deducted"

    def usually(self, taken: Any, definition: Any) -> str:
        return "deducted" if taken.code == "deduct" else super().usually(taken, definition)

    @step("登记逾期还清", source=OPEN, target="caught_up", by=LOAN, form=PaidForm, tone="primary",
          done="逾期已还清")  # fmt: skip
    def report_paid(self, act: Act) -> None:
        """Three statements."""
        act.outcome = "done"
        lending.turn(loan_id=self._loan().pk, into=Loan.State.REPAYING)
        act.note(on=act.data["on"].isoformat(), voucher=act.data["voucher"])
        act.tell("case_step", message="您的异地贷款逾期已还清，继续按月还款。")

    @step("转诉讼", source=OPEN, target="litigation", by=LOAN, form=CourtForm, head_only=True,
          tone="warning", done="已转诉讼")  # fmt: skip
    def take_to_court(self, act: Act) -> None:
        """The loan stays as it is: the court's word is booked when it comes."""
        act.outcome = "disapproved"
        act.number("法院案号", act.data["number"])
        act.note(number=act.data["number"])

    @step("贷款已结清", source=OPEN, target="dropped", by=SYSTEM, is_aside=True,
          done="贷款已结清，不用再催收")  # fmt: skip
    def end_with_loan(self, act: Act) -> None:
        act.outcome = "done"

    def _loan(self) -> Loan:
        loan: Loan = Loan.objects.get(number=self.data["loan_number"])
        return loan
