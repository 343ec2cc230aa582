"""Steps of the flows that move an account with its money from one place to the other.

转出地 may object and 转入地 writes again; the money is sent, comes back from the bank, arrives with three
keys that agree, or lies in suspense until somebody has looked. Not a fen is lost on the way: what was
sent is in transit, returned, in suspense or booked (`facts["money"]`), and always the whole sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from matters.catalogue.forms import opened_data
from workflows.cases.act import Act, Situation
from workflows.cases.declarations import Guard, Next, step
from workflows.cases.forms import ReasonForm
from workflows.cases.models import Document

from .fund_transfer_forms import ArrivalForm, ObjectionForm, SendMoneyForm
from .review_steps import matter_lines, with_remedies

if TYPE_CHECKING:
    from workflows.cases.flow import Flow

    # At run time a plain class: a model among its bases would be a table of its own.
    Base = Flow
else:
    Base = object


def _whole_sum_is_here(situation: Situation) -> bool:
    facts = situation.case.facts
    return Decimal(str(facts.get("arrived", 0))) == Decimal(str(facts.get("sent", 0)))


whole_sum = Guard(
    "whole_sum", "到账金额与划转金额不一致，只能退回资金，由转出地重新划转", _whole_sum_is_here
)


class TransferSteps(Base):
    """The flow declares the states that these steps name, from `accepting` to `completed`."""

    # Why the 转出地 cannot let go: code and words.
    OBJECTIONS: ClassVar[list[tuple[str, str]]] = []

    def money_came(self, act: Act) -> None:
        """What a flow does once the whole sum is booked. Default: nothing."""

    # What a flow with books of its own writes there in each step of the money. Default: nothing.
    def money_goes(self, act: Act) -> None:
        """`data`: SendMoneyForm's."""

    def money_bounces(self, act: Act) -> None:
        """银行退票."""

    def money_is_here(self, act: Act, differing: list[str]) -> None:
        """differing: names of the keys that are not the case's; none: booked."""

    def money_is_matched(self, act: Act) -> None:
        """Out of suspense into the account."""

    def money_turns_back(self, act: Act) -> None:
        """Out of suspense to where it came from."""

    @step("不予受理", source="accepting", target="refused", by="receiving", form=ReasonForm,
          tone="warning")  # fmt: skip
    def refuse(self, act: Act) -> None:
        """One statement."""
        refuse_with_reason(self, act)

    @step("提出异议", source="checking", target="objected", by="sending", form=ObjectionForm,
          tone="warning", done="转出地提出异议")  # fmt: skip
    def object_to_transfer(self, act: Act) -> None:
        """The letter goes back with its reason; the person is told what would help."""
        object_with_reason(self, act)

    @step("重发联系函", source="objected", target="checking", by="receiving", form=ReasonForm,
          done="已重发联系函")  # fmt: skip
    def send_letter_again(self, act: Act) -> None:
        self.facts = {key: value for key, value in self.facts.items() if key != "objection"}
        act.note(reason=act.data["reason"])

    @step("不能转移，告知本人", source="objected", target="disapproved", by="receiving",
          form=ReasonForm, tone="warning", done="已告知不能转移")  # fmt: skip
    def disapprove(self, act: Act) -> None:
        """One statement."""
        act.outcome = "disapproved"
        document = act.issue(Document.Kind.REFUSAL, with_remedies(self, act))
        act.note(reason=act.data["reason"])
        act.tell("disapproved", document=document, reason=act.data["reason"])

    @step("划转资金", source=("info_sent", "money_returned"), target="money_sent", by="sending",
          form=SendMoneyForm, tone="primary", done="已划转资金")  # fmt: skip
    def send_money(self, act: Act) -> None:
        self.money_goes(act)
        self.facts = {**self.facts, "money": "in_transit", "sent": str(act.data["amount"])}
        act.note(amount=str(act.data["amount"]), voucher=act.data["voucher"])

    @step("登记银行退票", source="money_sent", target="money_returned", by="sending",
          form=ReasonForm, tone="warning", done="银行退票")  # fmt: skip
    def bank_refuses(self, act: Act) -> None:
        self.money_bounces(act)
        self.facts = {**self.facts, "money": "returned"}
        act.note(reason=act.data["reason"])

    @step("登记到账", source="money_sent", target=Next(("booked", "mismatched")), by="receiving",
          form=ArrivalForm, tone="primary", done="资金到账")  # fmt: skip
    def money_arrives(self, act: Act) -> str:
        """Letter, ID number and amount all agree: booked at once. Any differs: into suspense."""
        differing = differing_keys(self, act)
        booked = not differing
        self.money_is_here(act, differing)
        self.facts = {
            **self.facts,
            "money": "booked" if booked else "suspense",
            "arrived": str(act.data["amount"]),
        }
        act.note(amount=str(act.data["amount"]), voucher=act.data["voucher"], differing=differing)
        if booked:
            self.money_came(act)
        return "booked" if booked else "mismatched"

    @step("人工核对入账", source="mismatched", target="booked", by="receiving", form=ReasonForm,
          guards=(whole_sum,), done="已人工核对入账")  # fmt: skip
    def match_by_hand(self, act: Act) -> None:
        """Letter or ID number differed and somebody knows why. Another sum than was sent goes back."""
        self.money_is_matched(act)
        self.facts = {**self.facts, "money": "booked"}
        act.note(reason=act.data["reason"])
        self.money_came(act)

    @step("退回资金", source="mismatched", target="money_returned", by="receiving",
          form=ReasonForm, tone="warning", done="已退回资金")  # fmt: skip
    def return_money(self, act: Act) -> None:
        self.money_turns_back(act)
        self.facts = {**self.facts, "money": "returned"}
        act.note(reason=act.data["reason"])

    @step("告知本人，办结", source="booked", target="completed", by="receiving", tone="primary",
          done="已告知本人，办结", for_many=True)  # fmt: skip
    def conclude(self, act: Act) -> None:
        """One statement."""
        conclude_transfer(self, act, amount=self.facts["arrived"])


def refuse_with_reason(case: Flow, act: Act) -> None:
    """One statement."""
    act.outcome = "refused"
    document = act.issue(Document.Kind.NOT_ACCEPTED, with_remedies(case, act))
    act.note(reason=act.data["reason"])
    act.tell("refused", document=document, reason=act.data["reason"])


def object_with_reason(case: TransferSteps, act: Act, *, ways: Sequence[str] = ()) -> None:
    """The letter goes back. ways: what the person may do instead, each a sentence of its own."""
    words = dict(case.OBJECTIONS)[act.data["code"]]
    case.facts = {**case.facts, "objection": act.data["code"]}
    act.note(code=act.data["code"], reason=act.data["reason"])
    told = f"转出地暂不能转出：{words}。{act.data['reason']}"
    if ways:
        act.note(ways=list(ways))
        told += f" 您可以：{'；'.join(ways)}。"
    act.tell("case_step", message=told)


def accept_with_letter(case: Flow, act: Act) -> None:
    """Taken on, and the 联系函 is out: the 转出地's days begin. Two statements."""
    case.accepted_on = act.today
    letter = f"LXH{case.number}"
    case.facts = {**case.facts, "letter": letter}
    document = act.issue(Document.Kind.ACCEPTANCE, matter_lines(case, act) | {"letter": letter})
    act.note(letter=letter)
    act.number("联系函编号", letter)
    act.tell("accepted", document=document)


def differing_keys(case: Flow, act: Act) -> list[str]:
    """Which of the three keys on the bank's note are not those of the case."""
    known: dict[str, Any] = opened_data(act.definition, case.data)
    agree = {
        "联系函编号": act.data["letter_number"] == case.facts["letter"],
        "身份证号": act.data["id_number"] == str(known.get("id_number", "")).upper(),
        "金额": act.data["amount"] == Decimal(case.facts["sent"]),
    }
    return [key for key, same in agree.items() if not same]


def conclude_transfer(case: Flow, act: Act, *, amount: str) -> None:
    """The paper that says what came over. amount: yuan with two decimals. One statement."""
    act.outcome = "done"
    months = case.facts["sheet"]["months"]
    content = matter_lines(case, act) | {
        "result": act.definition.result.name,
        "decision": "approved",
        "amount": amount,
        "months": months,
    }
    document = act.issue(Document.Kind.CONCLUSION, content)
    act.note(amount=amount, months=months)
    act.tell("concluded", document=document)
