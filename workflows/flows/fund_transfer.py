"""多地联办 · 住房公积金异地转移接续: one application at the 转入地 centre moves account and history.

转入地 sends the 联系函 (≤ 3 working days) → 转出地 checks, settles, sends 账户信息表 and money
(≤ 5 from the letter) → 转入地 matches letter, ID and amount, books, tells the employee
(全国转移接续业务操作规程 2017; states after housing-fund.md §2.3).
"""

from __future__ import annotations

from workflows.cases.act import Act
from workflows.cases.declarations import (
    APPLICANT,
    PROMISE,
    STATUTORY,
    Seat,
    State,
    step,
)
from workflows.cases.flow import Flow
from workflows.cases.forms import ReasonForm
from workflows.cases.models import Document

from .fund_transfer_forms import AcceptForm, AccountSheetForm, ConfirmForm
from .review_steps import matter_lines
from .transfer_objections import FUND
from .transfer_steps import TransferSteps, accept_with_letter


class FundTransfer(TransferSteps, Flow):
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
        State("booked", "已入账，待告知本人", "receiving"),
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
    OBJECTIONS = FUND

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
        accept_with_letter(self, act)

    @step("核查通过，冻结账户", source="checking", target="frozen", by="sending", form=ConfirmForm,
          tone="primary", done="已核查通过并冻结账户")  # fmt: skip
    def confirm(self, act: Act) -> None:
        act.note(released=True)

    @step("发送账户信息表", source="frozen", target="info_sent", by="sending",
          form=AccountSheetForm, tone="primary", done="已发送账户信息表")  # fmt: skip
    def send_sheet(self, act: Act) -> None:
        """Months of deposit travel with the sheet: they are what 互认 rests on."""
        sheet = {key: str(act.data[key]) for key in ("principal", "interest")}
        sheet["total"] = str(act.data["principal"] + act.data["interest"])
        counts = {"months": act.data["months"], "loan_uses": act.data["loan_uses"]}
        self.facts = {**self.facts, "sheet": {**sheet, **counts}, "money": "held"}
        act.note(**sheet, **counts)

    @step("撤回申请", source=("accepting", "checking", "objected", "frozen", "info_sent"),
          target="withdrawn", by=APPLICANT, right="withdraw", form=ReasonForm,
          done="已撤回申请", notice="withdrawn", tone="warning")  # fmt: skip
    def withdraw(self, act: Act) -> None:
        """Before the money is sent; the sending account is unfrozen."""
        act.outcome = "withdrawn"
        self.facts = {**self.facts, "money": ""}
        act.note(reason=act.data["reason"])
