"""Paying a reimbursement: ordered, paid with its voucher, or refused by the bank and paid anew."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from matters.catalogue.forms import opened_data, sealed_data
from matters.medical.manual import payments
from matters.medical.manual.payments import VoucherTaken
from matters.medical.manual.refusals import ACCOUNT_FAIL, GROUNDS
from matters.medical.models import ReimbursementPayment
from workflows.cases.act import Act
from workflows.cases.declarations import ANY_SEAT, APPLICANT, Next, step
from workflows.cases.forms import ReasonForm
from workflows.cases.models import Document
from workflows.cases.perform import InvalidData

from .reimbursement_forms import AccountForm, PaidForm
from .review_steps import matter_lines

if TYPE_CHECKING:
    from matters.catalogue.definition import Definition
    from workflows.cases.declarations import Step
    from workflows.cases.flow import Flow

    # At run time a plain class: a model among its bases would be a table of its own.
    Base = Flow
else:
    Base = object

TAIL = 4
ACCOUNT = ("account_name", "bank_name", "bank_card")


class Payment(Base):
    """Steps of the states `approved`, `paying`, `pay_failed` and `supplement_paying`."""

    @step("下达支付", source="approved", target="paying", by="owner", tone="primary",
          done="已下达支付")  # fmt: skip
    def order_to_pay(self, act: Act) -> None:
        """Two statements."""
        ordered = self.ordered(act, Decimal(self.facts["payable"]))
        act.note(amount=str(ordered.amount), account=ordered.account_tail)

    @step("登记到账", source=("paying", "supplement_paying"), target="paid", by="owner",
          form=PaidForm, tone="primary", done="报销款已到账")  # fmt: skip
    def confirm_paid(self, act: Act) -> None:
        """办结 with the first payment; what is paid besides is told of. Four statements."""
        paid = self.paid(act)
        # What may be corrected later is a decision of its own, for the same persons too.
        self.deciders = []
        act.note(amount=str(paid.amount), voucher=paid.voucher)
        if paid.kind == ReimbursementPayment.Kind.PAYMENT:
            self._conclude(act, paid.amount)
        else:
            act.tell("case_step", message=f"补支的 {paid.amount} 元已支付。")

    @step("登记银行退票", source=("paying", "supplement_paying"), target="pay_failed", by="owner",
          form=ReasonForm, tone="warning", done="银行退票，支付失败")  # fmt: skip
    def refused_by_bank(self, act: Act) -> None:
        """ACCOUNT_FAIL: the person corrects the account. Two statements."""
        payments.fail(case_number=self.number, failure=act.data["reason"], at=act.at)
        self.facts = {**self.facts, "paying_as": self.state}
        act.note(code=ACCOUNT_FAIL, reason=act.data["reason"])
        advice = GROUNDS[ACCOUNT_FAIL].advice
        act.tell("case_step", message=f"银行退回了这笔款：{act.data['reason']}。{advice}")

    @step("更正收款账户", source="pay_failed", target=Next(("paying", "supplement_paying")),
          by=(APPLICANT, ANY_SEAT), form=AccountForm, right="sign", tone="primary",
          done="已更正收款账户，重新支付")  # fmt: skip
    def correct_account(self, act: Act) -> str:
        """The order goes out anew to the account as it is now; the failed one stays. Three statements."""
        given = {name: act.data[name] for name in ACCOUNT}
        self.data = {**self.data, **sealed_data(act.definition, given)}
        failed = payments.last_failed(self.number)
        ordered = self.ordered(act, failed.amount, is_first=failed.kind == "payment")
        act.note(amount=str(ordered.amount), account=ordered.account_tail)
        return str(self.facts["paying_as"])

    def usually(self, taken: Step, definition: Definition) -> str:
        if taken.code == "correct_account":
            return str(self.facts.get("paying_as", "paying"))
        return super().usually(taken, definition)

    def ordered(self, act: Act, amount: Decimal, *, is_first: bool = True) -> ReimbursementPayment:
        card = str(opened_data(act.definition, self.data).get("bank_card") or "")
        return payments.order_payment(
            case_number=self.number,
            amount=amount,
            setl_ids=self.facts.get("setl_ids", []),
            at=act.at,
            account_tail=card[-TAIL:],
            is_first=is_first,
        )

    def paid(self, act: Act) -> ReimbursementPayment:
        """Raises InvalidData where the voucher is another payment's."""
        try:
            return payments.pay(case_number=self.number, voucher=act.data["voucher"], at=act.at)
        except VoucherTaken:
            typed = {"voucher": act.data["voucher"]}
            raise refused_in_form(act, "这个凭证号已登记给另一笔支付，请核对", typed) from None

    def _conclude(self, act: Act, amount: Decimal) -> None:
        """办结. One statement."""
        act.outcome = "done"
        content = matter_lines(self, act) | {
            "result": act.definition.result.name,
            "decision": "approved",
            "amount": str(amount),
        }
        document = act.issue(Document.Kind.CONCLUSION, content)
        act.tell("concluded", document=document)


def refused_in_form(act: Act, sentence: str, typed: Mapping[str, Any] | None = None) -> InvalidData:
    """The step's form with a reason that came up only while it was being taken."""
    if act.step.form is None:
        raise LookupError(f"{act.step.code} has no form")
    form = act.step.form(typed or dict(act.data), situation=act.situation)  # type: ignore[call-arg]
    form.is_valid()
    form.add_error(None, sentence)
    return InvalidData(form)
