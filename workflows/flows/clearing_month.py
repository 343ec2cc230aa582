"""异地就医清算: one month of one pair (就医地 → 参保地), from the first settlement to the money received.

No citizen has a part in it: the system opens it on the month's first day and cuts it off after the last.
就医地 reconciles with its hospitals and declares; the statement is signed by both, each in a case of its
own and bound to its digest; 参保地 has finance pay it. An objection voids the statement and every
signature under it. The days come from the dated rules `clearing.*`.
"""

from __future__ import annotations

from decimal import Decimal

from matters.catalogue.definition import Definition, Limit
from matters.medical.clearing import differences, disputes, gathering, money, statements
from matters.medical.clearing.months import month_name
from matters.medical.clearing.tracing import books_differ
from matters.medical.ledger import NotBooked
from matters.medical.models import ClearingMonth, Deduction, LineDispute
from matters.rules import RuleMissing
from workflows.cases.act import Act, Situation
from workflows.cases.declarations import OPEN, SYSTEM, Awaits, Next, Seat, State, step
from workflows.cases.flow import Flow, Panel
from workflows.cases.kinds import OFFICE_WORK

from .clearing_month_acts import (
    SIGNING,
    keep_month,
    last_moment,
    state,
    tell_agencies,
    time_to_declare,
    void,
    working_days,
)
from .clearing_month_forms import (
    ArrivalForm,
    ContestForm,
    DeclareForm,
    DeductionForm,
    DifferenceForm,
    EvidenceForm,
    FinanceForm,
    LineForm,
    PayLineForm,
    PaymentForm,
    TakeOffForm,
    month_of,
    refuse,
    sides_of,
)
from .clearing_month_guards import (
    audited,
    books_agree,
    both_signed,
    has_difference,
    has_dispute,
    is_paid,
    month_is_over,
    not_audited,
    nothing_disputed,
    payer_of,
    pays,
    statement_is_due,
)
from .clearing_panel import panel_of

BOTH = ("treated", "insured")
# Until the month is declared, its lines are worked on.
WORKING = ("open", "cut_off", "reconciling", "disputed")


class ClearingMonthFlow(Flow):
    CODE = "clearing_month"
    LABEL = "异地就医月度清算"
    SEATS = (Seat("treated", "就医地医保经办机构"), Seat("insured", "参保地医保经办机构"))
    OWNER_SEAT = "insured"
    ORIGIN_SEAT = "treated"
    BETWEEN_OFFICES = True
    KIND = OFFICE_WORK
    OPENED_AS = "开立清算月"
    INITIAL = "open"
    STATES = (
        State("open", "归集中", "treated"),
        State("cut_off", "已截止归集", "treated"),
        State("reconciling", "对账中", "treated", keeps_hop=True),
        State("disputed", "争议处理中", "treated", keeps_hop=True),
        State("declared", "已申报", "treated"),
        State("statement_issued", "清算单待双方签署", "insured", awaits=Awaits(SIGNING)),
        State("noticed", "已通知付款", "insured"),
        State("finance_applied", "已向财政申请", "insured", limit_from="service"),
        State("transferred", "财政已划拨", "treated"),
        State("received", "已到账", "treated", counts_as="concluded"),
        State("closed", "已清算", "", counts_as="concluded", closes=True),
    )

    class Meta:
        proxy = True
        default_permissions = ()

    def opened(self, act: Act) -> None:
        """Two statements."""
        self.received_on = act.today
        keep_month(self, act)

    def panel(self, situation: Situation, *, for_party: bool = False) -> Panel | None:
        """Two statements."""
        return None if for_party else panel_of(situation)

    def limit_in(self, state: State, definition: Definition) -> Limit | None:
        """From the dated rules; one that nobody knows starts no clock."""
        month = self.facts.get("month")
        try:
            if month is None or state.code in definition.hops:
                return super().limit_in(state, definition)
            if state.code in ("cut_off", "reconciling", "disputed"):
                return time_to_declare(month)
            key = {
                "noticed": "clearing.notice_to_finance",
                "finance_applied": "clearing.finance_to_transfer",
            }.get(state.code)
            return working_days(key, month) if key else None
        except RuleMissing:
            return None

    @step("截止归集", source="open", target="cut_off", by=SYSTEM, guards=(month_is_over,),
          done="已截止归集")  # fmt: skip
    def close_intake(self, act: Act) -> None:
        """The last lines come in, and no more after. Five statements."""
        month = self._month()
        gathering.cut_off(month.pk, act.at)
        act.note(cleared=month.lines.count())
        act.begin_hop(last_moment(month.month))
        tell_agencies(self, act, f"{month_name(month.month)}已截止归集，请对账。")

    @step("开始对账", source="cut_off", target="reconciling", by="treated", tone="primary",
          done="已开始对账")  # fmt: skip
    def begin_reconciling(self, act: Act) -> None:
        """Two statements."""
        open_ones = differences.open_differences(self._month()).count()
        act.note(differences=open_ones)

    @step("处理对账差异", source=WORKING, by="treated", form=DifferenceForm, is_aside=True,
          guards=(has_difference,),
          done="已处理对账差异")  # fmt: skip
    def work_difference(self, act: Act) -> None:
        """What the ledger refuses to reverse is told on the form."""
        difference = act.data["difference"]
        try:
            settled = differences.settle_difference(
                difference=difference,
                resolution=act.data["resolution"],
                note=act.data["note"],
                at=act.at,
            )
        except NotBooked as error:
            refuse(act, error.sentence)
        except differences.NotThisWay as error:
            refuse(act, str(error))
        act.note(setl_id=settled.setl_id, kind=settled.kind, resolution=act.data["resolution"],
                 result=settled.get_state_display())  # fmt: skip

    @step("提出争议", source=("reconciling", "disputed"), target="disputed", by=BOTH, form=LineForm,
          tone="warning", done="已提出争议")  # fmt: skip
    def hold_line(self, act: Act) -> None:
        try:
            disputes.raise_dispute(
                line=act.data["line"],
                month=self._month(),
                side=self._side(act),
                reason=act.data["reason"],
                at=act.at,
            )
        except disputes.NotDisputable as error:
            refuse(act, str(error))
        act.note(setl_id=act.data["setl_id"], sign=act.data["sign"], reason=act.data["reason"])
        tell_agencies(self, act, f"结算 {act.data['setl_id']} 有争议，请举证或处理。")

    @step("举证", source=WORKING, by=BOTH, form=EvidenceForm, is_aside=True,
          guards=(has_dispute,), done="已举证")  # fmt: skip
    def tell_evidence(self, act: Act) -> None:
        disputes.give_evidence(dispute=act.data["dispute"], evidence=act.data["evidence"])
        act.note(setl_id=self._line_of(act.data["dispute"]))

    @step("认可争议，剔除", source=WORKING, target=Next(WORKING), by=BOTH, form=TakeOffForm,
          guards=(has_dispute,),
          done="争议成立，已剔除")  # fmt: skip
    def take_off_line(self, act: Act) -> str:
        """Agreed to by the side that has not raised it."""
        return self._decide(act, upheld=True, excluded=act.data["excluded"])

    @step("撤回争议，支付", source=WORKING, target=Next(WORKING), by=BOTH, form=PayLineForm,
          guards=(has_dispute,),
          done="争议不成立，照付")  # fmt: skip
    def pay_line(self, act: Act) -> str:
        """Given up by the side that raised it."""
        return self._decide(act, upheld=False, excluded=None)

    @step("恢复对账", source="disputed", target="reconciling", by="treated",
          guards=(nothing_disputed,), done="已恢复对账")  # fmt: skip
    def resume_reconciling(self, act: Act) -> None:
        """After an objection to the statement that is about no single line."""

    @step("申报", source=("reconciling", "disputed"), target="declared", by="treated",
          form=DeclareForm, tone="primary", done="已申报")  # fmt: skip
    def declare_month(self, act: Act) -> None:
        """What is disputed or differs goes to a later month with its dispute; the rest stands."""
        try:
            declared, carried = statements.declare(self._month(), act.at)
        except gathering.NoMonthOpen:
            refuse(act, "有争议或差异的明细须转入以后月份，但下一个清算月还没有开立")
        act.note(cleared=declared, carried=carried)
        self.facts = {**self.facts, "carried": carried}

    @step("出具清算单", source="declared", target="statement_issued", by=SYSTEM,
          guards=(statement_is_due,), done="已出具清算单")  # fmt: skip
    def state_month(self, act: Act) -> None:
        statement = state(self, self._month(), act)
        act.note(payable=statement.payable, cleared=statement.line_count, digest=statement.digest)
        tell_agencies(self, act, f"清算单已出具，应付 {statement.payable:,.2f} 元，请双方签署。")

    @step("对清算单提出异议", source="statement_issued", target="disputed", by=BOTH,
          form=ContestForm, tone="warning", done="已对清算单提出异议")  # fmt: skip
    def contest_statement(self, act: Act) -> None:
        """The statement is void, and with it what the other side has signed."""
        voided = void(self, self._month(), act, act.data["reason"])
        self.facts = {k: v for k, v in self.facts.items() if k not in ("payable", "digest")}
        act.note(reason=act.data["reason"], side=self._side(act), voided_signatures=voided)
        tell_agencies(self, act, "一方对清算单提出异议，清算单和已有签署作废。")

    @step("双方均已签署", source="statement_issued", target=Next(("noticed", "received")), by=SYSTEM,
          guards=(both_signed,), done="双方已签署，通知付款")  # fmt: skip
    def child_closed(self, act: Act) -> str:
        """A month in which nobody owes anything needs no money."""
        payable = Decimal(self.facts["payable"])
        tell_agencies(self, act, f"双方已签署清算单，应付 {payable:,.2f} 元。")
        return "noticed" if payable else "received"

    @step("向财政申请", source="noticed", target="finance_applied", by=BOTH, guards=(pays,),
          form=FinanceForm, tone="primary", done="已向财政申请")  # fmt: skip
    def apply_to_finance(self, act: Act) -> None:
        act.note(**act.data)

    @step("登记财政审核通过", source="finance_applied", by=BOTH, guards=(pays, not_audited),
          tone="primary", done="财政已审核通过")  # fmt: skip
    def pass_audit(self, act: Act) -> None:
        """From this day on the time for the transfer runs."""
        self.facts = {**self.facts, "audited_on": act.today.isoformat()}
        act.begin_hop(act.at)

    @step("登记划拨", source="finance_applied", target="transferred", by=BOTH,
          guards=(pays, audited), form=PaymentForm, tone="primary", done="财政已划拨")  # fmt: skip
    def transfer_money(self, act: Act) -> None:
        self._pay(act, payer_of(self))
        tell_agencies(self, act, f"已划拨 {act.data['amount']:,.2f} 元，请核对到账。")

    @step("登记到账", source="transferred", target=Next(("transferred", "received")), by=BOTH,
          guards=(is_paid,), form=ArrivalForm, tone="primary", done="已登记到账")  # fmt: skip
    def confirm_arrival(self, act: Act) -> str:
        """Another sum than the one owed leaves the month waiting, with the difference named."""
        side = "treated" if payer_of(self) == "insured" else "insured"
        self._pay(act, side)
        left = money.outstanding(self._month(), side)
        act.note(left=left)
        return "received" if left == 0 else "transferred"

    @step("结清本月", source="received", target="closed", by="treated", guards=(books_agree,),
          tone="primary", done="已清算")  # fmt: skip
    def close_month(self, act: Act) -> None:
        """Nothing of it changes from now on. What differs beside its own lines is named."""
        month = self._month()
        named = [f"{n.text} {n.setl_id}" for n in books_differ(month)]
        act.outcome = "done"
        act.note(named=named)
        ClearingMonth.objects.filter(pk=month.pk).update(closed_at=act.at)
        tell_agencies(self, act, f"{month_name(month.month)}已清算。")

    @step("登记违规扣款", source=OPEN, by="treated", form=DeductionForm, is_aside=True,
          done="已登记违规扣款")  # fmt: skip
    def note_deduction(self, act: Act) -> None:
        """Comes off the next statement of the pair, this month's or a later one's. One statement."""
        month = self._month()
        Deduction.objects.create(
            treated_province=month.treated_province,
            insured_province=month.insured_province,
            institution=act.data["institution"],
            amount=act.data["amount"],
            reason=act.data["reason"],
            setl_id=act.data["setl_id"],
            key=f"case:{self.pk}:{act.seq}",
            found_at=act.at,
        )
        act.note(institution=act.data["institution"].name, amount=act.data["amount"],
                 reason=act.data["reason"])  # fmt: skip

    def _month(self) -> ClearingMonth:
        return month_of(self)

    def _side(self, act: Act) -> str:
        return act.seat if act.seat in BOTH else sorted(sides_of(act.situation))[0]

    def _line_of(self, dispute: LineDispute) -> str:
        return dispute.line.origin.setl_id

    def _decide(self, act: Act, *, upheld: bool, excluded: Decimal | None) -> str:
        dispute: LineDispute = act.data["dispute"]
        taken = excluded * dispute.line.sign if excluded is not None else None
        try:
            disputes.decide(dispute=dispute, upheld=upheld, decision=act.data["decision"],
                            at=act.at, excluded=taken)  # fmt: skip
        except disputes.NotDisputable as error:
            refuse(act, str(error))
        act.note(setl_id=self._line_of(dispute), decision=act.data["decision"], excluded=taken)
        is_over = self.state == "disputed" and not disputes.open_disputes(self._month()).exists()
        return "reconciling" if is_over else self.state

    def _pay(self, act: Act, side: str) -> None:
        signed = act.data["amount"] if payer_of(self) == "insured" else -act.data["amount"]
        key = f"case:{self.pk}:{act.seq}"
        money.post_payment(self._month(), side, signed, voucher=act.data["voucher"], key=key,
                           at=act.at)  # fmt: skip
        act.note(amount=act.data["amount"], voucher=act.data["voucher"])
