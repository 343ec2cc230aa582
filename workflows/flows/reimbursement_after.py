"""After payment: too little is paid besides 补支, too much is claimed back 追回, each by two persons.

A correction is reckoned as if the first settlement had never been, and booked so: a negative entry for
the old one and a new one. Where later settlements of the person's year rest on it the ledger cannot
take it back; then the sum is assessed and the money moves, and the year stays as it was counted.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.db import transaction

from matters.catalogue.definition import Definition, Limit
from matters.medical.ledger import NotBooked
from matters.medical.manual import payments
from matters.medical.manual.refusals import OVERPAID
from workflows.cases.act import Act, Situation
from workflows.cases.declarations import TIMER, Guard, Next, step
from workflows.cases.forms import OpinionForm, ReasonForm

from .reimbursement_forms import PaidForm
from .reimbursement_payment import Payment, refused_in_form
from .reimbursement_sum_forms import CalculateForm, EnteredSumForm
from .reimbursement_sums import CannotReckon, reckon, take_back

booked_here = Guard(
    "booked_here",
    "这笔报销没有在本平台记账，请按认定金额更正",
    lambda s: bool(s.case.facts.get("setl_ids")),
)


# How long a payment may still be corrected: a house rule, no source names a time.
CORRECTED_WITHIN = Limit.parse("730Z")


def _time_to_archive(_definition: Definition) -> Limit:
    return CORRECTED_WITHIN


def why() -> forms.CharField:
    return forms.CharField(
        label="更正理由",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请写明更正理由，申请人会看到"},
    )


class CorrectForm(CalculateForm):
    """The split as it should have been. Reckoned in a transaction that is taken back at once."""

    reason = why()

    def reckon(self, orders: list[Any]) -> list[Any]:
        case, at = self.situation.case, self.situation.at
        try:
            with transaction.atomic():
                take_back(case.facts["setl_ids"], case_number=case.number, seq=case.seq + 1,
                          at=at, reason="更正试算")  # fmt: skip
                found = reckon(self.claim, orders, at=at)
                transaction.set_rollback(True)
        except NotBooked as blocked:
            raise CannotReckon(
                [f"{blocked.code} {blocked.sentence}不能撤销的，请按认定金额更正。"]
            ) from None
        return found


class AssessForm(EnteredSumForm):
    """The sum that should have been paid in all, where the books stay as they are."""

    reason = why()

    def __init__(self, *args: Any, situation: Situation, **kwargs: Any) -> None:
        super().__init__(*args, situation=situation, **kwargs)
        self.fields["payable"].label = "应支付总额（元）"


class AfterPayment(Payment):
    """Steps of the states `paid`, `correcting` and `clawing_back`."""

    if TYPE_CHECKING:

        def _book(self, act: Act) -> list[str]: ...

    @step("更正核算", source="paid", target="correcting", by="owner", form=CorrectForm,
          guards=(booked_here,), decides=True, tone="warning", done="已更正核算，待复核")  # fmt: skip
    def recalculate(self, act: Act) -> None:
        """One statement besides what the form reckons."""
        self._corrected(act, act.data["calculation"])

    @step("按认定金额更正", source="paid", target="correcting", by="owner", form=AssessForm,
          decides=True, tone="warning", done="已按认定金额更正，待复核")  # fmt: skip
    def assess_payable(self, act: Act) -> None:
        """One statement."""
        payable = str(act.data["payable"])
        calculation = {"parts": [], "payable": payable, "note": act.data["note"]}
        self._corrected(act, calculation)

    @step("更正复核通过", source="correcting", by="owner", form=OpinionForm, decides=True,
          target=Next(("supplement_paying", "clawing_back", "paid")), tone="primary")  # fmt: skip
    def approve_correction(self, act: Act) -> str:
        """Booked anew where it was booked here; the difference becomes an entry of its own.

        Four statements besides what the ledger needs.
        """
        correction = self.facts["correction"]
        old_ids = self.facts.get("setl_ids", [])
        self.facts = {**self.facts, "correction": None, "calculation": correction["calculation"]}
        if correction["calculation"]["parts"]:
            self._take_back(act, old_ids, correction["reason"])
            self.facts = {**self.facts, "setl_ids": self._book(act)}
        payable = Decimal(correction["calculation"]["payable"])
        difference = payable - payments.paid_so_far(self.number)
        self.facts = {**self.facts, "payable": str(payable)}
        act.note(amount=str(difference), reason=correction["reason"])
        return self._settled_up(act, difference, correction["reason"])

    @step("不更正", source="correcting", target="paid", by="owner", form=ReasonForm,
          done="经复核不更正")  # fmt: skip
    def drop_correction(self, act: Act) -> None:
        self.facts = {**self.facts, "correction": None}
        self.deciders = []
        act.note(reason=act.data["reason"])

    @step("登记退回款到账", source="clawing_back", target="paid", by="owner", form=PaidForm,
          tone="primary", done="退回款已到账")  # fmt: skip
    def record_return(self, act: Act) -> None:
        """Three statements."""
        returned = self.paid(act)
        self.deciders = []
        act.note(amount=str(-returned.amount), voucher=returned.voucher)
        act.tell("case_step", message=f"您退回的 {-returned.amount} 元已收到。")

    @step("归档", source="paid", target="archived", by=TIMER, after=_time_to_archive,
          done="已归档")  # fmt: skip
    def archive(self, _act: Act) -> None:
        """Nothing was found to correct in two years."""

    def _corrected(self, act: Act, calculation: dict[str, Any]) -> None:
        difference = Decimal(calculation["payable"]) - payments.paid_so_far(self.number)
        reason = act.data["reason"]
        self.facts = {
            **self.facts,
            "correction": {
                "calculation": calculation,
                "reason": reason,
                "difference": str(difference),
            },
        }
        # A decision of its own: the persons of the first one may make it, but not one of them both parts.
        self.deciders = []
        act.note(amount=str(difference), reason=reason)

    def _take_back(self, act: Act, setl_ids: list[str], reason: str) -> None:
        try:
            take_back(setl_ids, case_number=self.number, seq=act.seq, at=act.at, reason=reason)
        except NotBooked as blocked:
            raise refused_in_form(act, f"{blocked.code} {blocked.sentence}") from None

    def _settled_up(self, act: Act, difference: Decimal, reason: str) -> str:
        if not difference:
            return "paid"
        self.ordered(act, difference, is_first=False)
        if difference > 0:
            act.tell("case_step", message=f"经复核少付了 {difference} 元，将补支：{reason}")
            return "supplement_paying"
        act.note(code=OVERPAID)
        words = f"经复核多付了 {-difference} 元，请按通知退回：{reason}"
        act.tell("case_step", message=words)
        return "clawing_back"
