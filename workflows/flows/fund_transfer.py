"""多地联办 · 住房公积金异地转移接续: one application at the 转入地 centre moves account and history.

转入地 sends the 联系函 (≤ 3 working days) → 转出地 checks, settles, sends 账户信息表 and money
(≤ 5 from the letter) → 转入地 matches letter, ID and amount, books, tells the employee
(全国转移接续业务操作规程 2017; states after housing-fund.md §2.3). Each step of the money is a journal in the
ledger of the housing fund, in the same transaction (`fund_money`). OVERDUE is no state: it is the light.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from matters.housing_fund.leaving import WAYS_ON
from matters.housing_fund.models import Account
from workflows.cases.act import Act, Situation
from workflows.cases.declarations import (
    APPLICANT,
    PROMISE,
    STATUTORY,
    Seat,
    State,
    step,
)
from workflows.cases.flow import Flow, Foretold, Panel
from workflows.cases.forms import ReasonForm
from workflows.cases.models import Document

from . import fund_money
from .fund_accounts import keep_account, kept_account
from .fund_foretelling import foretold
from .fund_register_forms import AcceptForm, AccountSheetForm, ConfirmForm, RefuseForm
from .fund_transfer_forms import CorrectionForm, ObjectionForm, SurplusForm
from .fund_transfer_guards import (
    both_books,
    not_corrected,
    nothing_lacks,
    still_booked,
    surplus_is_back,
    surplus_lies,
)
from .fund_transfer_panel import panel_of
from .loan_marks import account_moved
from .review_steps import matter_lines
from .transfer_objections import FUND
from .transfer_steps import (
    TransferSteps,
    accept_with_letter,
    conclude_transfer,
    object_with_reason,
    refuse_with_reason,
)

if TYPE_CHECKING:
    from workflows.cases.opening import PartyInput


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
        State("money_sent", "资金在途", "sending", keeps_hop=True, on_road=True),
        State("money_returned", "银行退票，待重新划款", "sending"),
        State("mismatched", "到账不符，已挂账", "receiving"),
        State("investigating", "挂账核实中", "sending"),
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

    def money_came(self, act: Act) -> None:
        """Live loans go along with the account. An employer reads in its list what came."""
        self._in_short(f"已入账 {self.facts['arrived']} 元")
        self._loans_follow(act, "sending", "receiving")

    def _loans_follow(self, act: Act, leaves: str, comes: str) -> None:
        """Four statements and those of the marks, where the sheet names a live loan; else none."""
        old, new = kept_account(self, leaves), kept_account(self, comes)
        if old and new and self.facts["sheet"].get("live_loans"):
            accounts = Account.objects.select_related("centre").in_bulk([old, new])
            account_moved(act, old=accounts[old], new=accounts[new])

    def _in_short(self, text: str) -> None:
        self.facts = {**self.facts, "in_short": text}

    def money_goes(self, act: Act) -> None:
        """Ten statements at most."""
        fund_money.send(self, act)

    def money_bounces(self, act: Act) -> None:
        """Eight statements at most."""
        fund_money.bounce(self, act)

    def money_is_here(self, act: Act, differing: list[str]) -> None:
        """Booked with its months. Twelve statements at most."""
        fund_money.arrive(self, act, differing)

    def money_is_matched(self, act: Act) -> None:
        """Twelve statements at most."""
        fund_money.match(self, act)

    def money_turns_back(self, act: Act) -> None:
        """Eight statements at most."""
        fund_money.give_back(self, act)

    def panel(self, situation: Situation, *, for_party: bool = False) -> Panel | None:
        """Both centres' records side by side; to nobody else. Eleven statements."""
        return panel_of(self, situation, for_party=for_party)

    @classmethod
    def told_before(
        cls, people: Sequence[PartyInput], data: Mapping[str, Any], on: dt.date
    ) -> Foretold | None:
        """Six statements at most."""
        return foretold(people, data, on)

    @step("受理并发联系函", source="accepting", target="checking", by="receiving",
          form=AcceptForm, counts_as="accepted", tone="primary", done="已受理并发出联系函")  # fmt: skip
    def accept(self, act: Act) -> None:
        """Two statements, and those of the form."""
        keep_account(self, "receiving", act.data["account"])
        accept_with_letter(self, act)

    @step("不予受理", source="accepting", target="refused", by="receiving", form=RefuseForm,
          tone="warning")  # fmt: skip
    def refuse(self, act: Act) -> None:
        """Not yet enough months: the day from which it can be done stands in the case. One statement."""
        months = act.data["months"]
        if months is not None:
            self.facts = {**self.facts, "possible_from": months.from_on.isoformat()}
            act.note(possible_from=months.from_on.isoformat())
        self._in_short(act.data["reason"][:60])
        refuse_with_reason(self, act)

    @step("提出异议", source=("checking", "frozen"), target="objected", by="sending",
          form=ObjectionForm, tone="warning", done="转出地提出异议")  # fmt: skip
    def object_to_transfer(self, act: Act) -> None:
        """What is frozen by then is let go. The person is told the ways on. Two statements at most."""
        fund_money.let_go(self)
        self._in_short(dict(FUND)[act.data["code"]])
        object_with_reason(self, act, ways=WAYS_ON if act.data["code"] == "live_loan" else ())

    @step("核查通过，冻结账户", source="checking", target="frozen", by="sending", form=ConfirmForm,
          tone="primary", done="已核查通过并冻结账户")  # fmt: skip
    def confirm(self, act: Act) -> None:
        """Two statements, and those of the form."""
        account = act.data["account"]
        if account is not None:
            fund_money.freeze(account.pk, act)
            keep_account(self, "sending", account)
        act.note(released=True)
        if act.data.get("decision"):
            act.note(reason=act.data["decision"])

    @step("发送账户信息表", source="frozen", target="info_sent", by="sending",
          form=AccountSheetForm, tone="primary", done="已发送账户信息表")  # fmt: skip
    def send_sheet(self, act: Act) -> None:
        """Months of deposit travel with the sheet: they are what 互认 rests on."""
        sheet = {key: str(act.data[key]) for key in ("principal", "interest")}
        sheet["total"] = str(act.data["principal"] + act.data["interest"])
        counts = {"months": act.data["months"], "loan_uses": act.data["loan_uses"]}
        if "live_loans" in act.data:
            counts["live_loans"] = act.data["live_loans"]
        self.facts = {**self.facts, "sheet": {**sheet, **counts}, "money": "held"}
        act.note(**sheet, **counts)

    @step("请转出地核实", source="mismatched", target="investigating", by="receiving",
          form=ReasonForm, done="已请转出地核实")  # fmt: skip
    def ask_sender(self, act: Act) -> None:
        """INVESTIGATING: the money stays in suspense while the 转出地 looks."""
        act.note(reason=act.data["reason"])

    @step("答复核实结果", source="investigating", target="mismatched", by="sending",
          form=ReasonForm, tone="primary", done="转出地已核实答复")  # fmt: skip
    def explain(self, act: Act) -> None:
        act.note(reason=act.data["reason"])

    @step("人工核对入账", source="mismatched", target="booked", by="receiving", form=ReasonForm,
          guards=(nothing_lacks,), done="已人工核对入账")  # fmt: skip
    def match_by_hand(self, act: Act) -> None:
        """Somebody knows why a key differed. Of more than was sent the rest stays in suspense."""
        self.money_is_matched(act)
        sent, besides = self.facts["sent"], _besides(self)
        self.facts = {**self.facts, "money": "booked", "arrived": sent}
        act.note(reason=act.data["reason"])
        if besides:
            self.facts = {**self.facts, "surplus": str(besides)}
            act.note(surplus=str(besides))
        self.money_came(act)

    @step("登记退回多到的资金", source="booked", by="receiving", form=SurplusForm,
          guards=(surplus_lies,), tone="primary", done="已退回多到的资金")  # fmt: skip
    def return_surplus(self, act: Act) -> None:
        """Where it came from; nobody is told of the whole before. Six statements at most."""
        fund_money.surplus_back(self, act)
        act.note(amount=self.facts["surplus"], voucher=act.data["voucher"])
        self.facts = {**self.facts, "surplus": ""}

    @step("告知本人，办结", source="booked", target="completed", by="receiving", tone="primary",
          guards=(surplus_is_back,), done="已告知本人，办结", for_many=True)  # fmt: skip
    def conclude(self, act: Act) -> None:
        """One statement."""
        conclude_transfer(self, act, amount=self.facts["arrived"])

    @step("更正入账金额", source=("booked", "completed"), by="receiving", form=CorrectionForm,
          guards=(both_books, still_booked), is_aside=True, done="已更正入账金额")  # fmt: skip
    def correct_booking(self, act: Act) -> None:
        """CORRECTED: a journal more, the booking stays as it was written. Whoever has been told of it is
        told anew, with a paper. Eight statements at most."""
        fund_money.put_right(self, act)
        booked = Decimal(self.facts["arrived"]) + act.data["difference"]
        self.facts = {**self.facts, "arrived": str(booked)}
        act.note(amount=str(act.data["difference"]), reason=act.data["reason"])
        if not self.is_open:
            told = f"入账金额更正为 {booked} 元（差额 {act.data['difference']} 元）"
            self._tell_anew(act, told)

    @step("冲正，退回转出地", source="booked", target="money_returned", by="receiving",
          form=ReasonForm, guards=(both_books, not_corrected, surplus_is_back), tone="warning",
          done="已冲正，资金退回转出地")  # fmt: skip
    def reverse_booking(self, act: Act) -> None:
        """REVERSED: booked by mistake; the old account is open again, frozen, with all its money."""
        fund_money.undo_booking(self, act)
        self._loans_follow(act, "receiving", "sending")
        self.facts = {**self.facts, "money": "returned"}
        act.note(reason=act.data["reason"])

    @step("冲正已告知的入账", source="completed", by="receiving", form=ReasonForm, head_only=True,
          guards=(both_books, still_booked, not_corrected), is_aside=True, tone="warning",
          done="已冲正，转出地账户已恢复")  # fmt: skip
    def reverse_told_booking(self, act: Act) -> None:
        """REVERSED after the person was told: an ended case is not gone on with, so the old account is as
        it was before, and another transfer is applied for. What a booking takes, and three."""
        fund_money.undo_booking(self, act)
        self._loans_follow(act, "receiving", "sending")
        fund_money.let_go(self)
        self.facts = {**self.facts, "money": "returned"}
        self._in_short("已冲正，资金退回转出地")
        act.note(reason=act.data["reason"])
        self._tell_anew(act, f"入账有误，已冲正，{self.facts['sent']} 元退回转出地账户")

    def _tell_anew(self, act: Act, told: str) -> None:
        """What the paper that concluded it said is right no more. One statement."""
        lines = {"result": f"{told}。原因：{act.data['reason']}"}
        document = act.issue(Document.Kind.RESULT, matter_lines(self, act) | lines)
        act.tell("case_step", message=f"{told}。{act.data['reason']}", document=document)

    @step("撤回申请", source=("accepting", "checking", "objected", "frozen", "info_sent",
                              "money_returned"),
          target="withdrawn", by=APPLICANT, right="withdraw", form=ReasonForm,
          done="已撤回申请", notice="withdrawn", tone="warning")  # fmt: skip
    def withdraw(self, act: Act) -> None:
        """While no money is on its way; the sending account is as it was. Two statements at most."""
        fund_money.let_go(self)
        act.outcome = "withdrawn"
        self.facts = {**self.facts, "money": ""}
        act.note(reason=act.data["reason"])


def _besides(case: FundTransfer) -> Decimal:
    """What arrived above what was sent."""
    return Decimal(case.facts["arrived"]) - Decimal(case.facts["sent"])
