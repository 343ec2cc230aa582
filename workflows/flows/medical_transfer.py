"""多地联办 · 基本医疗保险关系转移接续: the relation within 10 and 5 working days, the 个人账户 after it.

转入地 takes it on and writes → 转出地 sends the 信息表 (≤ 10 working days) → 转入地 joins the relation (≤ 5): in
that step the old cover ends, the new one begins and the old filings 备案 are void. Then the money: the
account was emptied with the cover's end, and is in transit, returned, in suspense or booked until it lies
in the new account. Its time is counted separately (基本医疗保险关系转移接续暂行办法, 2021). The 办法 is for employees
who have not retired, and for residents, who have no account.
"""

from __future__ import annotations

from typing import Any

from matters.catalogue.definition import Definition
from workflows.cases.act import Act
from workflows.cases.declarations import (
    APPLICANT,
    PROMISE,
    STATUTORY,
    Guard,
    Next,
    Seat,
    State,
    Step,
    step,
)
from workflows.cases.flow import Flow
from workflows.cases.forms import ReasonForm
from workflows.cases.models import Document

from .medical_cover import change_cover, covers_of, pay_in
from .medical_transfer_forms import BeginForm, JoinCoverForm, MedicalSheetForm
from .review_steps import matter_lines
from .transfer_objections import MEDICAL
from .transfer_steps import TransferSteps, accept_with_letter, conclude_transfer

not_retired = Guard(
    "not_retired",
    "登记为职工医保退休人员：退休人员不办理关系转移接续，请不予受理并说明理由",
    lambda s: not s.case.facts.get("cover", {}).get("retired"),
)
two_pools = Guard(
    "two_pools",
    "两地属于同一医保统筹区，关系不用转移，请不予受理并说明理由",
    lambda s: not s.case.facts.get("cover", {}).get("same_pool"),
)


class MedicalTransfer(TransferSteps, Flow):
    CODE = "medical_transfer"
    LABEL = "基本医疗保险关系转移接续"
    SEATS = (Seat("receiving", "转入地医保经办机构"), Seat("sending", "转出地医保经办机构"))
    ORIGIN_SEAT = "receiving"
    OWNER_SEAT = "receiving"
    INITIAL = "accepting"
    STATES = (
        State("accepting", "转入地待受理", "receiving"),
        State("checking", "转出地办理转出", "sending", starts=(PROMISE, STATUTORY)),
        State(
            "objected",
            "转出地暂不能转出",
            "receiving",
            hint="请按转出地说明的办法处理，再请转入地重发联系函",
        ),
        State("joining", "转入地接续中", "receiving"),
        # The relation is joined: what follows is the money, whose time is counted apart.
        State("info_sent", "关系已接续，待划转个人账户", "sending", stops=(PROMISE, STATUTORY)),
        State("money_sent", "关系已接续，个人账户资金在途", "sending", on_road=True),
        State("money_returned", "银行退票，待重新划转", "sending"),
        State("mismatched", "到账不符，已挂账", "receiving"),
        State("booked", "个人账户已入账，待告知本人", "receiving"),
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
    OBJECTIONS = MEDICAL

    class Meta:
        proxy = True
        default_permissions = ()

    def opened(self, act: Act) -> None:
        """What the registers say of the person goes along, by row and without names. Two statements."""
        self.received_on = act.today
        self.facts = {**self.facts, "cover": covers_of(self, act)}
        act.issue(Document.Kind.RECEIPT, matter_lines(self, act))

    def usually(self, step: Step, definition: Definition) -> str:
        """Once the sheet is here it says whether money follows."""
        if step.code == "join_up" and self.facts.get("sheet", {}).get("money") == "transfer":
            return "info_sent"
        return super().usually(step, definition)

    def money_came(self, act: Act) -> None:
        """Into the account of the new cover. Three statements."""
        pay_in(self, act)

    @step("受理并发联系函", source="accepting", target="checking", by="receiving",
          form=BeginForm, guards=(two_pools, not_retired), counts_as="accepted", tone="primary",
          done="已受理并发出联系函")  # fmt: skip
    def accept(self, act: Act) -> None:
        """Both places' conditions hold; the ten working days of the 转出地 begin. Two statements."""
        accept_with_letter(self, act)

    @step("发送信息表", source="checking", target="joining", by="sending", form=MedicalSheetForm,
          tone="primary", done="已发送信息表")  # fmt: skip
    def send_sheet(self, act: Act) -> None:
        """What the person has there. The five working days of the 转入地 begin. The form reads the register."""
        sheet: dict[str, Any] = {
            key: act.data[key] for key in ("certificate", "insured_type", "months", "money")
        }
        sheet["total"] = str(act.data["total"])
        days = {key: act.data[key].isoformat() for key in ("insured_from", "ended_on")}
        self.facts = {**self.facts, "sheet": {**sheet, **days}}
        act.note(**sheet, **days)
        act.number("参保凭证号", act.data["certificate"])
        act.tell("case_step", message="转出地已转出您的医保关系，正在由转入地接续。")

    @step("信息表有误，退回转出地", source="joining", target="checking", by="receiving",
          form=ReasonForm, tone="warning", done="已退回信息表")  # fmt: skip
    def return_sheet(self, act: Act) -> None:
        self.facts = {key: value for key, value in self.facts.items() if key != "sheet"}
        act.note(reason=act.data["reason"])

    @step("接续关系", source="joining", target=Next(("completed", "info_sent")), by="receiving",
          form=JoinCoverForm, tone="primary", done="关系已接续")  # fmt: skip
    def join_up(self, act: Act) -> str:
        """The old cover ends, the new one begins, old filings are void. The form holds both covers."""
        change_cover(self, act)
        sheet = self.facts["sheet"]
        act.note(months=sheet["months"])
        if sheet["money"] != "transfer":
            conclude_transfer(self, act, amount="0.00")
            return "completed"
        self.facts = {**self.facts, "money": "held"}
        act.tell(
            "case_step",
            message="医保关系已在转入地接续，个人账户余额由转出地随后划转。",
        )
        return "info_sent"

    @step("撤回申请", source=("accepting", "checking", "objected"), target="withdrawn", by=APPLICANT,
          right="withdraw", form=ReasonForm, done="已撤回申请", notice="withdrawn",
          tone="warning")  # fmt: skip
    def withdraw(self, act: Act) -> None:
        """Until the 信息表 has left the 转出地."""
        act.outcome = "withdrawn"
        act.note(reason=act.data["reason"])
