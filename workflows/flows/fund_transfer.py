"""多地联办 · 住房公积金异地转移接续: one application at the 转入地 centre moves account and history.

转入地 sends the 联系函 (≤ 3 working days) → 转出地 checks, settles, sends 账户信息表 and money
(≤ 5 from the letter) → 转入地 matches letter, ID and amount, books, tells the employee
(全国转移接续业务操作规程 2017; states after housing-fund.md §2.3).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from matters.catalogue.forms import opened_data
from workflows.cases.act import Act
from workflows.cases.declarations import (
    APPLICANT,
    PROMISE,
    STATUTORY,
    Next,
    Seat,
    State,
    step,
)
from workflows.cases.flow import Flow
from workflows.cases.forms import ReasonForm
from workflows.cases.models import Document

from .fund_transfer_forms import (
    OBJECTIONS,
    AcceptForm,
    AccountSheetForm,
    ArrivalForm,
    ConfirmForm,
    ObjectionForm,
    SendMoneyForm,
)
from .review_steps import matter_lines, with_remedies


class FundTransfer(Flow):
    CODE = "fund_transfer"
    LABEL = "公积金异地转移接续"
    SEATS = (Seat("receiving", "转入地公积金中心"), Seat("sending", "转出地公积金中心"))
    ORIGIN_SEAT = "receiving"
    OWNER_SEAT = "receiving"
    INITIAL = "accepting"
    STATES = (
        State("accepting", "转入地待受理", "receiving"),
        State("checking", "转出地核查中", "sending", starts=(PROMISE, STATUTORY)),
        State(
            "objected",
            "转出地有异议",
            "receiving",
            hint="请按转出地说明的办法处理，再请转入地重发联系函",
        ),
        # The five working days of the 转出地 run from the letter to the money.
        State("frozen", "转出账户已冻结", "sending", keeps_hop=True),
        State("info_sent", "账户信息表已发，待划款", "sending", keeps_hop=True),
        State("money_sent", "资金在途", "sending", keeps_hop=True),
        State("money_returned", "银行退票，待重新划款", "sending"),
        State("mismatched", "到账不符，已挂账", "receiving"),
        State("booked", "已入账，待告知职工", "receiving"),
        State(
            "completed",
            "已办结",
            "",
            counts_as="concluded",
            closes=True,
            stops=(PROMISE, STATUTORY),
        ),
        State("disapproved", "不能转移", "", counts_as="concluded", closes=True),
        State("refused", "不予受理", "", closes=True),
        State("withdrawn", "已撤回", "", closes=True),
    )

    class Meta:
        proxy = True
        default_permissions = ()

    def opened(self, act: Act) -> None:
        """One statement."""
        self.received_on = act.today
        act.issue(Document.Kind.RECEIPT, matter_lines(self, act))

    @step("受理并发联系函", source="accepting", target="checking", by="receiving",
          form=AcceptForm, counts_as="accepted", tone="primary", done="已受理并发出联系函")  # fmt: skip
    def accept(self, act: Act) -> None:
        """Two statements."""
        self.accepted_on = act.today
        letter = f"LXH{self.number}"
        self.facts = {**self.facts, "letter": letter}
        document = act.issue(Document.Kind.ACCEPTANCE, matter_lines(self, act) | {"letter": letter})
        act.note(letter=letter)
        act.number("联系函编号", letter)
        act.tell("accepted", document=document)

    @step("不予受理", source="accepting", target="refused", by="receiving", form=ReasonForm,
          tone="warning")  # fmt: skip
    def refuse(self, act: Act) -> None:
        """One statement."""
        act.outcome = "refused"
        document = act.issue(Document.Kind.NOT_ACCEPTED, with_remedies(self, act))
        act.note(reason=act.data["reason"])
        act.tell("refused", document=document, reason=act.data["reason"])

    @step("核查通过，冻结账户", source="checking", target="frozen", by="sending", form=ConfirmForm,
          tone="primary", done="已核查通过并冻结账户")  # fmt: skip
    def confirm(self, act: Act) -> None:
        act.note(released=True)

    @step("提出异议", source="checking", target="objected", by="sending", form=ObjectionForm,
          tone="warning", done="转出地提出异议")  # fmt: skip
    def object_to_transfer(self, act: Act) -> None:
        """The letter goes back with its reason; the employee is told what would help."""
        words = dict(OBJECTIONS)[act.data["code"]]
        self.facts = {**self.facts, "objection": act.data["code"]}
        act.note(code=act.data["code"], reason=act.data["reason"])
        act.tell("case_step", message=f"转出地暂不能转出：{words}。{act.data['reason']}")

    @step("重发联系函", source="objected", target="checking", by="receiving", form=ReasonForm,
          done="已重发联系函")  # fmt: skip
    def send_letter_again(self, act: Act) -> None:
        self.facts = {key: value for key, value in self.facts.items() if key != "objection"}
        act.note(reason=act.data["reason"])

    @step("不能转移，告知职工", source="objected", target="disapproved", by="receiving",
          form=ReasonForm, tone="warning", done="已告知不能转移")  # fmt: skip
    def disapprove(self, act: Act) -> None:
        """One statement."""
        act.outcome = "disapproved"
        document = act.issue(Document.Kind.REFUSAL, with_remedies(self, act))
        act.note(reason=act.data["reason"])
        act.tell("disapproved", document=document, reason=act.data["reason"])

    @step("发送账户信息表", source="frozen", target="info_sent", by="sending",
          form=AccountSheetForm, tone="primary", done="已发送账户信息表")  # fmt: skip
    def send_sheet(self, act: Act) -> None:
        """Months of deposit travel with the sheet: they are what 互认 rests on."""
        sheet = {key: str(act.data[key]) for key in ("principal", "interest")}
        sheet["total"] = str(act.data["principal"] + act.data["interest"])
        counts = {"months": act.data["months"], "loan_uses": act.data["loan_uses"]}
        self.facts = {**self.facts, "sheet": {**sheet, **counts}, "money": "held"}
        act.note(**sheet, **counts)

    @step("划转资金", source=("info_sent", "money_returned"), target="money_sent", by="sending",
          form=SendMoneyForm, tone="primary", done="已划转资金")  # fmt: skip
    def send_money(self, act: Act) -> None:
        self.facts = {**self.facts, "money": "in_transit", "sent": str(act.data["amount"])}
        act.note(amount=str(act.data["amount"]), voucher=act.data["voucher"])

    @step("登记银行退票", source="money_sent", target="money_returned", by="sending",
          form=ReasonForm, tone="warning", done="银行退票")  # fmt: skip
    def bank_refuses(self, act: Act) -> None:
        self.facts = {**self.facts, "money": "returned"}
        act.note(reason=act.data["reason"])

    @step("登记到账", source="money_sent", target=Next(("booked", "mismatched")), by="receiving",
          form=ArrivalForm, tone="primary", done="资金到账")  # fmt: skip
    def money_arrives(self, act: Act) -> str:
        """Letter, ID number and amount all agree: booked at once. Any differs: into suspense."""
        differing = self._differing_keys(act)
        booked = not differing
        self.facts = {
            **self.facts,
            "money": "booked" if booked else "suspense",
            "arrived": str(act.data["amount"]),
        }
        act.note(amount=str(act.data["amount"]), voucher=act.data["voucher"], differing=differing)
        return "booked" if booked else "mismatched"

    def _differing_keys(self, act: Act) -> list[str]:
        known: dict[str, Any] = opened_data(act.definition, self.data)
        agree = {
            "联系函编号": act.data["letter_number"] == self.facts["letter"],
            "身份证号": act.data["id_number"] == str(known.get("id_number", "")).upper(),
            "金额": act.data["amount"] == Decimal(self.facts["sent"]),
        }
        return [key for key, same in agree.items() if not same]

    @step("人工核对入账", source="mismatched", target="booked", by="receiving", form=ReasonForm,
          done="已人工核对入账")  # fmt: skip
    def match_by_hand(self, act: Act) -> None:
        self.facts = {**self.facts, "money": "booked"}
        act.note(reason=act.data["reason"])

    @step("退回资金", source="mismatched", target="money_returned", by="receiving",
          form=ReasonForm, tone="warning", done="已退回资金")  # fmt: skip
    def return_money(self, act: Act) -> None:
        self.facts = {**self.facts, "money": "returned"}
        act.note(reason=act.data["reason"])

    @step("告知职工，办结", source="booked", target="completed", by="receiving", tone="primary",
          done="已告知职工，办结")  # fmt: skip
    def conclude(self, act: Act) -> None:
        """One statement."""
        act.outcome = "done"
        sheet = self.facts["sheet"]
        content = matter_lines(self, act) | {
            "result": act.definition.result.name,
            "decision": "approved",
            "amount": self.facts["arrived"],
            "months": sheet["months"],
        }
        document = act.issue(Document.Kind.CONCLUSION, content)
        act.note(amount=self.facts["arrived"], months=sheet["months"])
        act.tell("concluded", document=document)

    @step("撤回申请", source=("accepting", "checking", "objected", "frozen", "info_sent"),
          target="withdrawn", by=APPLICANT, right="withdraw", form=ReasonForm,
          done="已撤回申请", notice="withdrawn", tone="warning")  # fmt: skip
    def withdraw(self, act: Act) -> None:
        """Before the money is sent; the sending account is unfrozen."""
        act.outcome = "withdrawn"
        self.facts = {**self.facts, "money": ""}
        act.note(reason=act.data["reason"])
