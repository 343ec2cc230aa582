"""公积金提取: 退休, 购房, 租房, 偿还异地贷款; 全程网办, or by a window near the person 代收代办.

缴存地 checks account, rules and what was taken out before (housing-fund.md §5), settles the amount, has a
second person recheck and pays; the money leaves the account in the ledger inside the step that books the
bank's voucher. For a loan of another city the loan city is asked by a case of its own. With a window the
person shows their papers there and gets the result there; 缴存地 decides (国办发〔2020〕35号).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from matters.catalogue.answers import sealed_data
from matters.catalogue.definition import Definition
from matters.housing_fund.ledger import LedgerRefused
from matters.housing_fund.models import Withdrawal
from matters.housing_fund.repayment import to_fen
from matters.housing_fund.withdrawals import claim as claim_withdrawal
from matters.housing_fund.withdrawals import held_accounts
from matters.housing_fund.withdrawals import let_go as let_go_of
from matters.housing_fund.withdrawals import pay as pay_withdrawal
from matters.housing_fund.withdrawing import REPAYMENT
from tongban.accounts.actors import SYSTEM as THE_SYSTEM
from workflows.cases.act import Act, Situation
from workflows.cases.declarations import (
    ANY_SEAT,
    APPLICANT,
    PROMISE,
    SYSTEM,
    Awaits,
    Guard,
    Next,
    Seat,
    State,
    Step,
    step,
)
from workflows.cases.flow import Flow, Foretold, Panel
from workflows.cases.forms import OpinionForm, ReasonForm
from workflows.cases.models import Document, Material
from workflows.cases.perform import perform

from .collect_forward_forms import CollectForm
from .fund_loan_facts import FACTS, answer_now, ask_lender, drop_questions, tell_lender
from .fund_withdrawal_facts import examined, kind_of
from .fund_withdrawal_foretelling import foretold
from .fund_withdrawal_forms import ReceivedForm, SettleForm
from .fund_withdrawal_panel import panel_of
from .reimbursement_forms import AccountForm, PaidForm
from .reimbursement_payment import ACCOUNT, refused_in_form
from .review_forms import SupplementDemandForm, SupplementForm
from .review_steps import (
    SUPPLEMENTING,
    ask_for_papers,
    matter_lines,
    papers_are_there,
    supplement_overdue,
    with_remedies,
)

if TYPE_CHECKING:
    from workflows.cases.opening import Application, PartyInput

BEFORE_PAYMENT = (
    *("submitted", "collecting", "checking", "supplementing", "facts_requested", "settled"),
    "pay_failed",
)
of_a_loan = Guard(
    "of_a_loan",
    "只有偿还异地贷款的提取要请贷款城市核实",
    lambda s: kind_of(s.definition) == REPAYMENT,
)
has_window = Guard(
    "has_window", "这件没有收件窗口", lambda s: s.case.office_of("collector") is not None
)


class FundWithdrawal(Flow):
    CODE = "fund_withdrawal"
    LABEL = "公积金提取"
    SEATS = (Seat("collector", "收件地窗口"), Seat("owner", "缴存地公积金中心"))
    OPTIONAL_SEATS = ("collector",)
    ORIGIN_SEAT = "collector"
    OWNER_SEAT = "owner"
    INITIAL = "submitted"
    STATES = (
        State("submitted", "待受理", "owner"),
        State("collecting", "待窗口收件", "collector", hint="请到收件窗口交验身份证件和材料"),
        State("checking", "核查中", "owner", starts=(PROMISE,)),
        SUPPLEMENTING,
        State("facts_requested", "贷款城市核实中", "owner", awaits=Awaits(FACTS)),
        State("settled", "已核定金额，待复核", "owner"),
        State("paying", "支付中", "owner"),
        State(
            "pay_failed",
            "支付失败，待更正账户",
            APPLICANT,
            hint="银行退回了这笔款，请更正收款账户",
        ),
        State(
            "handing_over",
            "已支付，待窗口告知",
            "collector",
            counts_as="concluded",
            stops=(PROMISE,),
        ),
        State("paid", "已支付", "", counts_as="concluded", closes=True, stops=(PROMISE,)),
        State("disapproved", "不准提取", "", counts_as="concluded", closes=True),
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

    def begun(self, act: Act, application: Application) -> Flow | None:  # noqa: ARG002
        """Where the matter has a window, the person goes there first."""
        if self.office_of("collector") is None:
            return None
        return perform(self.pk, "send_to_window", actor=THE_SYSTEM, token=self.seq, at=act.at).case

    @classmethod
    def told_before(
        cls, people: Sequence[PartyInput], data: Mapping[str, Any], on: dt.date
    ) -> Foretold | None:
        """Six statements at most."""
        return foretold(people, data, on)

    def panel(self, situation: Situation, *, for_party: bool = False) -> Panel | None:
        """Nine statements at most; for its people one."""
        return panel_of(self, situation, for_party=for_party)

    @step("转收件窗口", source="submitted", target="collecting", by=SYSTEM,
          guards=(has_window,), done="待窗口收件")  # fmt: skip
    def send_to_window(self, act: Act) -> None:
        """代收代办."""

    @step("收件", source="collecting", target="submitted", by="collector", form=CollectForm,
          tone="primary", notice="received", done="窗口已收件，转缴存地办理")  # fmt: skip
    def collect(self, act: Act) -> None:
        """Identity and copies; 缴存地 gets them at once. One statement, and the form's."""
        papers = act.data["papers"]
        Material.objects.filter(pk__in=[p.pk for p in papers]).update(
            status=Material.Status.HANDED_IN, handed_in_at=act.at
        )
        act.note(papers=[paper.name for paper in papers], remark=act.data["remark"])

    @step("退件", source="collecting", target="returned", by="collector", form=ReasonForm,
          tone="warning")  # fmt: skip
    def turn_back(self, act: Act) -> None:
        act.outcome = "returned"
        act.note(reason=act.data["reason"])
        act.tell("case_step", message=f"办件已退回：{act.data['reason']}")

    @step("受理", source="submitted", target="checking", by="owner", tone="primary",
          done="已受理", counts_as="accepted", for_many=True)  # fmt: skip
    def accept(self, act: Act) -> None:
        """One statement."""
        self.accepted_on = act.today
        document = act.issue(Document.Kind.ACCEPTANCE, matter_lines(self, act))
        act.tell("accepted", document=document)

    @step("不予受理", source="submitted", target="refused", by="owner", form=ReasonForm,
          tone="warning")  # fmt: skip
    def refuse(self, act: Act) -> None:
        """One statement."""
        act.outcome = "refused"
        self._refused(act, Document.Kind.NOT_ACCEPTED, "refused")

    @step("要求补正", source="checking", target="supplementing", by="owner",
          form=SupplementDemandForm, done="已一次性告知补正")  # fmt: skip
    def require_supplement(self, act: Act) -> None:
        """One complete list; the clocks stand still. Three statements."""
        ask_for_papers(self, act)

    @step("提交补正", source="supplementing", target="checking", by=(APPLICANT, ANY_SEAT),
          form=SupplementForm, right="supplement", while_suspended=True, notice="supplemented",
          tone="primary")  # fmt: skip
    def supplement(self, act: Act) -> None:
        """Four statements, and the form's two."""
        papers_are_there(self, act)

    @step("逾期未补正，退件", source="supplementing", target="returned", by="owner",
          form=ReasonForm, guards=(supplement_overdue,), while_suspended=True,
          done="逾期未补正，已退件", tone="warning")  # fmt: skip
    def give_up(self, act: Act) -> None:
        act.outcome = "returned"
        act.note(reason=act.data["reason"])
        act.tell("case_step", message=f"因逾期未补正，办件已退回：{act.data['reason']}")

    @step("请贷款城市核实", source="checking", target="facts_requested", by="owner",
          guards=(of_a_loan,), done="已请贷款城市核实", tone="primary")  # fmt: skip
    def ask_loan_city(self, act: Act) -> None:
        """FACTS_REQUESTED: the loan city gets a case of its own. An opening, and two statements."""
        number, office = ask_lender(self, act)
        act.note(number=number, asked=office)
        act.tell("case_step", message=f"已请{office}核实贷款和还款情况。")

    @step("贷款城市已答复", source="facts_requested", target="checking", by=SYSTEM,
          done="贷款城市已答复")  # fmt: skip
    def child_closed(self, act: Act) -> None:
        """FACTS_RECEIVED, or FACTS_MISMATCH. One statement."""
        answer = answer_now(self)
        self.facts = {**self.facts, "lender": answer}
        act.note(**answer)

    @step("核定金额", source="checking", target="settled", by="owner",
          form=SettleForm, decides=True, tone="primary", done="已核定金额")  # fmt: skip
    def settle_amount(self, act: Act) -> None:
        """Looked at once more with the person's accounts held; from here on it counts against others.

        Twelve statements at most, and the form's eight.
        """
        held_accounts(act.data["examined"].purpose.persons)
        now = examined(act.situation)
        amount = to_fen(act.data["amount"])
        if now.reckoned.refused:
            raise refused_in_form(act, now.reckoned.refused[0][1])
        if now.most is not None and amount > now.most:
            raise refused_in_form(act, f"不能超过{now.most}元，请重新核定")
        if now.account is not None:
            claim_withdrawal(account=now.account, purpose=now.purpose, amount=amount, at=act.at)
        limits = [f"{limit.label}：{limit.text}" for limit in now.reckoned.limits]
        settled = {"amount": str(amount), "limits": limits, "basis": act.data["basis"]}
        self.facts = {**self.facts, "withdrawal": settled}
        act.note(**settled)

    def usually(self, taken: Step, definition: Definition) -> str:
        if taken.code == "confirm_paid":
            return "handing_over" if self.office_of("collector") else "paid"
        return super().usually(taken, definition)

    @step("退回核查", source="settled", target="checking", by="owner", form=ReasonForm,
          done="复核退回核查", tone="warning")  # fmt: skip
    def return_to_check(self, act: Act) -> None:
        """Looked at anew, by whoever does it; what was claimed is free again. One statement."""
        self.deciders = []
        let_go_of(case_number=self.number)
        act.note(reason=act.data["reason"])

    @step("复核通过，下达支付", source="settled", target="paying", by="owner", form=OpinionForm,
          decides=True, tone="primary", done="复核通过，已下达支付")  # fmt: skip
    def approve(self, act: Act) -> None:
        """APPROVED. By somebody else than who settled it."""
        amount = self.facts["withdrawal"]["amount"]
        act.note(amount=amount)
        act.tell("case_step", message=f"提取已批准，金额 {amount} 元，即将支付。")

    @step("登记到账", source="paying", target=Next(("paid", "handing_over")), by="owner",
          form=PaidForm, tone="primary", done="提取款已到账")  # fmt: skip
    def confirm_paid(self, act: Act) -> str:
        """PAID: out of the account in the same transaction. Thirteen statements at most."""
        try:
            pay_withdrawal(
                case_number=self.number, voucher=act.data["voucher"], at=act.at, on=act.today
            )
        except LedgerRefused as stopped:
            raise refused_in_form(act, stopped.sentence) from None
        if self.facts.get("lender"):
            tell_lender(self, act)
        amount = Decimal(self.facts["withdrawal"]["amount"])
        act.outcome = "done"
        act.note(amount=str(amount), voucher=act.data["voucher"])
        content = matter_lines(self, act) | {
            "result": act.definition.result.name,
            "decision": "approved",
            "amount": str(amount),
        }
        act.tell("concluded", document=act.issue(Document.Kind.CONCLUSION, content))
        return "handing_over" if self.office_of("collector") else "paid"

    @step("登记银行退票", source="paying", target="pay_failed", by="owner", form=ReasonForm,
          tone="warning", done="银行退票，支付失败")  # fmt: skip
    def refused_by_bank(self, act: Act) -> None:
        """Nothing has left the account: the person corrects theirs."""
        act.note(reason=act.data["reason"])
        act.tell("case_step", message=f"银行退回了这笔款：{act.data['reason']}。请更正收款账户。")

    @step("更正收款账户", source="pay_failed", target="paying", by=(APPLICANT, ANY_SEAT),
          form=AccountForm, right="sign", tone="primary", done="已更正收款账户，重新支付")  # fmt: skip
    def correct_account(self, act: Act) -> None:
        """Still to oneself. One statement."""
        row = Withdrawal.objects.filter(case_number=self.number).select_related("account").first()
        given = {name: act.data[name] for name in ACCOUNT}
        if row is not None and row.kind != REPAYMENT and given["account_name"] != row.account.name:
            raise refused_in_form(act, "收款账户应是本人的")
        self.data = {**self.data, **sealed_data(act.definition, given)}

    @step("不准提取", source=("checking", "settled", "pay_failed"), target="disapproved",
          by="owner", form=ReasonForm, tone="warning", done="已决定不准提取")  # fmt: skip
    def disapprove(self, act: Act) -> None:
        """A written refusal with its reason and remedies; what was claimed is free. Two statements."""
        act.outcome = "disapproved"
        let_go_of(case_number=self.number)
        self._refused(act, Document.Kind.REFUSAL, "disapproved")

    @step("告知结果", source="handing_over", target="paid", by="collector", form=ReceivedForm,
          tone="primary", notice="delivered", done="窗口已告知结果")  # fmt: skip
    def hand_over(self, act: Act) -> None:
        act.note(receiver=act.data["receiver"])

    @step("撤回申请", source=BEFORE_PAYMENT, target="withdrawn", by=APPLICANT, right="withdraw",
          form=ReasonForm, while_suspended=True, done="已撤回申请", notice="withdrawn",
          tone="warning")  # fmt: skip
    def withdraw(self, act: Act) -> None:
        """Before it is paid. One statement; a question to the loan city ends with it."""
        act.outcome = "withdrawn"
        let_go_of(case_number=self.number)
        if self.state == "facts_requested":
            drop_questions(self, act)
        act.note(reason=act.data["reason"])

    def _refused(self, act: Act, kind: Document.Kind, template: str) -> None:
        document = act.issue(kind, with_remedies(self, act))
        act.note(reason=act.data["reason"])
        act.tell(template, document=document, reason=act.data["reason"])
