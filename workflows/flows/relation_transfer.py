"""多地联办 · 社会保险关系转移接续: three legs, each the work of one office under its own limit.

转入地 reviews and sends the 联系函 → 转出地 sends the 信息表 → 转入地 joins up and tells the person.
The provinces settle the funds between them at intervals (川渝 since 2021-12-01): the person need not
wait for the money, which is entered when it comes, before the end or after it.
"""

from __future__ import annotations

from workflows.cases.act import Act
from workflows.cases.declarations import (
    APPLICANT,
    PROMISE,
    STATUTORY,
    Guard,
    Seat,
    State,
    step,
)
from workflows.cases.flow import Flow
from workflows.cases.forms import ReasonForm
from workflows.cases.models import Document

from .relation_transfer_forms import (
    OBJECTIONS,
    FundsForm,
    JoinForm,
    LetterForm,
    RecordSheetForm,
    RelationObjectionForm,
)
from .review_steps import SUPPLEMENTING, ReviewSteps, matter_lines, with_remedies

funds_owed = Guard(
    "funds_owed", "没有待到账的基金", lambda s: s.case.facts.get("funds") == "to_settle"
)


class RelationTransfer(ReviewSteps, Flow):
    CODE = "relation_transfer"
    LABEL = "社会保险关系转移接续"
    SEATS = (Seat("receiving", "转入地社保经办机构"), Seat("sending", "转出地社保经办机构"))
    ORIGIN_SEAT = "receiving"
    OWNER_SEAT = "receiving"
    INITIAL = "received"
    STATES = (
        State("received", "转入地待受理", "receiving"),
        SUPPLEMENTING,
        State("reviewing", "转入地审核中", "receiving", starts=(PROMISE, STATUTORY)),
        State("sending", "转出地办理转出", "sending"),
        State(
            "objected",
            "转出地暂不能转出",
            "receiving",
            hint="请按转出地说明的办法处理，再请转入地重发联系函",
        ),
        State("joining", "转入地接续中", "receiving"),
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
        State("returned", "已退件", "", closes=True),
        State("withdrawn", "已撤回", "", closes=True),
    )

    class Meta:
        proxy = True
        default_permissions = ()

    def opened(self, act: Act) -> None:
        """One statement."""
        self.received_on = act.today
        act.issue(Document.Kind.RECEIPT, matter_lines(self, act))

    @step("审核通过，发联系函", source="reviewing", target="sending", by="receiving",
          form=LetterForm, tone="primary", done="已发出联系函")  # fmt: skip
    def send_letter(self, act: Act) -> None:
        """The first leg ends; the 转出地 has its own days from here. One statement."""
        letter = f"LXH{self.number}"
        self.facts = {**self.facts, "letter": letter}
        act.note(letter=letter, opinion=act.data["opinion"])
        act.number("联系函编号", letter)
        act.tell("case_step", message="转入地已审核并发出联系函，正在由转出地办理转出。")

    @step("发送信息表", source="sending", target="joining", by="sending", form=RecordSheetForm,
          tone="primary", done="已发送信息表")  # fmt: skip
    def send_sheet(self, act: Act) -> None:
        """The second leg ends with the record; the money may follow."""
        sheet = {"months": act.data["months"], "balance": str(act.data["balance"])}
        self.facts = {**self.facts, "sheet": sheet, "funds": act.data["funds"]}
        act.note(**sheet, funds=act.data["funds"])
        act.tell("case_step", message="转出地已转出您的参保记录，正在由转入地接续。")

    @step("暂不能转出", source="sending", target="objected", by="sending",
          form=RelationObjectionForm, tone="warning", done="转出地暂不能转出")  # fmt: skip
    def object_to_transfer(self, act: Act) -> None:
        """The letter goes back with its reason; the person is told what would help."""
        words = dict(OBJECTIONS)[act.data["code"]]
        self.facts = {**self.facts, "objection": act.data["code"]}
        act.note(code=act.data["code"], reason=act.data["reason"])
        act.tell("case_step", message=f"转出地暂不能转出：{words}。{act.data['reason']}")

    @step("重发联系函", source="objected", target="sending", by="receiving", form=ReasonForm,
          tone="primary", done="已重发联系函")  # fmt: skip
    def send_letter_again(self, act: Act) -> None:
        self.facts = {key: value for key, value in self.facts.items() if key != "objection"}
        act.note(reason=act.data["reason"])

    @step("不能转移，告知本人", source=("reviewing", "objected"), target="disapproved",
          by="receiving", form=ReasonForm, decides=True, tone="warning",
          done="已告知不能转移")  # fmt: skip
    def disapprove(self, act: Act) -> None:
        """One statement."""
        act.outcome = "disapproved"
        document = act.issue(Document.Kind.REFUSAL, with_remedies(self, act))
        act.note(reason=act.data["reason"])
        act.tell("disapproved", document=document, reason=act.data["reason"])

    @step("接续完成，告知本人", source="joining", target="completed", by="receiving", form=JoinForm,
          tone="primary", done="已接续并告知本人")  # fmt: skip
    def join_up(self, act: Act) -> None:
        """The third leg: both records become one, whether or not the money is here. One statement."""
        act.outcome = "done"
        months = int(self.facts["sheet"]["months"]) + act.data["months_here"]
        self.facts = {**self.facts, "months": months}
        content = matter_lines(self, act) | {
            "result": act.definition.result.name,
            "decision": "approved",
            "joined_months": months,
        }
        document = act.issue(Document.Kind.CONCLUSION, content)
        act.note(months=months, funds=self.facts["funds"])
        act.tell("concluded", document=document)

    @step("登记基金到账", source=("joining", "completed"), by="receiving", form=FundsForm,
          guards=(funds_owed,), is_aside=True, done="基金已到账")  # fmt: skip
    def record_funds(self, act: Act) -> None:
        """The periodical settlement has brought the money of this record, maybe long after the end."""
        arrived = {"amount": str(act.data["amount"]), "voucher": act.data["voucher"]}
        self.facts = {**self.facts, "funds": "arrived", "arrived": arrived}
        act.note(**arrived)

    @step("撤回申请", source=("received", "supplementing", "reviewing", "sending", "objected"),
          target="withdrawn", by=APPLICANT, right="withdraw", form=ReasonForm,
          while_suspended=True, done="已撤回申请", notice="withdrawn", tone="warning")  # fmt: skip
    def withdraw(self, act: Act) -> None:
        """Until the record has left the 转出地."""
        act.outcome = "withdrawn"
        act.note(reason=act.data["reason"])
