"""Asking the loan city what has been repaid: a case of its own, part of the withdrawal that needs it."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms

from matters.catalogue.pinned import definition_of
from tongban.accounts.actors import SYSTEM as THE_SYSTEM
from workflows.cases.act import Act
from workflows.cases.declarations import SYSTEM, Seat, State, step
from workflows.cases.drafts import typed_again
from workflows.cases.family import children_of
from workflows.cases.flow import Flow
from workflows.cases.forms import ReasonForm, StepForm
from workflows.cases.opening import Application, open_case
from workflows.cases.perform import perform
from workflows.cases.places import office_name

from .one_thing_parts import as_given
from .versions_in_force import PartGone, version_of_part

if TYPE_CHECKING:
    from matters.catalogue.bundle import BundlePart

FACTS = "facts"
LENDER = "lender"


class FactsForm(StepForm):
    """Whose loan it is and what they repaid in the year asked for."""

    is_theirs = forms.BooleanField(
        label="借款人、合同编号与申请人所填一致",
        error_messages={"required": "不一致的，请登记不符"},
    )
    repaid = forms.DecimalField(
        label="该年度已还本息（元）",
        min_value=Decimal(0),
        max_digits=12,
        decimal_places=2,
        error_messages={"required": "请填写金额", "invalid": "请填写金额，例如 24000.00"},
    )
    left = forms.DecimalField(
        label="贷款余额（元）",
        min_value=Decimal(0),
        max_digits=12,
        decimal_places=2,
        error_messages={"required": "请填写金额", "invalid": "请填写金额，例如 300000.00"},
    )


class PaymentForm(StepForm):
    """What was withdrawn for this loan."""

    amount = forms.DecimalField(label="已提取金额（元）", max_digits=12, decimal_places=2)
    voucher = forms.CharField(label="银行凭证号", max_length=40)


class FundLoanFacts(Flow):
    CODE = "fund_loan_facts"
    LABEL = "核实异地公积金贷款"
    SEATS = (Seat(LENDER, "贷款地公积金中心"),)
    OWNER_SEAT = LENDER
    ONLY_AS_PART = True
    INITIAL = "asked"
    STATES = (
        State("asked", "待贷款城市答复", LENDER),
        State("confirmed", "贷款属实", "", counts_as="concluded", closes=True),
        State("differing", "与所填不符", "", counts_as="concluded", closes=True),
        State("dropped", "已随提取申请终止", "", closes=True),
    )

    class Meta:
        proxy = True
        default_permissions = ()

    def opened(self, act: Act) -> None:
        self.received_on = act.today

    @step("答复贷款属实", source="asked", target="confirmed", by=LENDER, form=FactsForm,
          decides=True, tone="primary", done="贷款城市答复属实")  # fmt: skip
    def confirm_facts(self, act: Act) -> None:
        """The parent is owed a look. One statement."""
        act.outcome = "done"
        repaid, left = str(act.data["repaid"]), str(act.data["left"])
        said = f"该年度已还 {repaid} 元，贷款余额 {left} 元。"
        self.facts = {**self.facts, "repaid": repaid, "in_short": said}
        act.note(repaid=repaid, left=left)

    @step("登记不符", source="asked", target="differing", by=LENDER, form=ReasonForm,
          decides=True, tone="warning", done="贷款城市答复不符")  # fmt: skip
    def report_difference(self, act: Act) -> None:
        """FACTS_MISMATCH. One statement."""
        act.outcome = "disapproved"
        self.facts = {**self.facts, "in_short": act.data["reason"]}
        act.note(reason=act.data["reason"])

    @step(
        "告知已提取", source="confirmed", by=SYSTEM, form=PaymentForm, done="已告知贷款城市提取支付"
    )
    def note_payment(self, act: Act) -> None:
        """LOAN_CITY_NOTIFIED: in its own case, and to its systems, as every step is."""
        amount, voucher = str(act.data["amount"]), act.data["voucher"]
        self.facts = {**self.facts, "withdrawn": amount}
        act.note(amount=amount, voucher=voucher)

    @step("随提取申请终止", source="asked", target="dropped", by=SYSTEM)
    def end_with_withdrawal(self, act: Act) -> None:
        """One statement."""
        act.outcome = "withdrawn"


def ask_lender(case: Flow, act: Act) -> tuple[str, str]:
    """Open the question; its number and the office that has it. An opening, and two statements."""
    part = _part(act)
    version = version_of_part(part, act.today)
    nth = case.facts.get("questions", 0) + 1
    definition = definition_of(version.pk)
    case.facts = {**case.facts, "questions": nth, "lender": None}
    opened = open_case(
        Application(
            draft_key=uuid.uuid5(case.draft_key, f"{FACTS}:{nth}"),
            version=version,
            origin_region=case.origin_region_id,
            parties=[as_given(party) for party in act.situation.parties],
            data=typed_again(definition, part.answers(definition, case.data)),
            channel=case.channel,
            parent_id=case.pk,
            relation="part",
            awaited_as=FACTS,
        ),
        actor=act.actor,
        at=act.at,
    ).case
    return opened.number, office_name(opened.office_of(LENDER))


def answer_now(case: Flow) -> dict[str, Any]:
    """What the question that was asked last has answered. One statement."""
    key = uuid.uuid5(case.draft_key, f"{FACTS}:{case.facts['questions']}")
    child = next(each for each in children_of(case.pk, kind=FACTS) if each.draft_key == key)
    return {
        "number": child.number,
        "office": office_name(child.office_of(LENDER)),
        "is_confirmed": child.state == "confirmed",
        "repaid": child.facts.get("repaid", ""),
        "text": child.facts.get("in_short", ""),
    }


def tell_lender(case: Flow, act: Act) -> None:
    """The loan city that confirmed the facts hears that it is paid. One statement, and the step's own."""
    number = (case.facts.get("lender") or {}).get("number")
    paid = {
        "amount": case.facts["withdrawal"]["amount"],
        "voucher": act.data["voucher"],
    }
    for child in children_of(case.pk, kind=FACTS):
        if child.number == number:
            perform(
                child.pk, "note_payment", actor=THE_SYSTEM, data=paid, token=child.seq, at=act.at
            )


def drop_questions(case: Flow, act: Act) -> None:
    """Nobody waits for an answer any more. A step of the system for each that is open."""
    for child in children_of(case.pk, kind=FACTS):
        if child.is_open:
            perform(child.pk, "end_with_withdrawal", actor=THE_SYSTEM, token=child.seq, at=act.at)


def _part(act: Act) -> BundlePart:
    for part in act.definition.parts:
        if part.code == FACTS:
            return part
    raise PartGone("the matter's version names no part for the loan city")
