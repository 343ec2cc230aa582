"""预付金: what 参保地 gives 就医地 in advance, calculated anew each January and adjusted by end of February.

A case a pair and a year, opened by the system. It stays open through the year: while the lamp is yellow or
red 就医地 may ask for more. The next year's case ends it. Below zero the money goes the other way.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from matters.catalogue.definition import Definition, Limit
from matters.medical.clearing import advance
from matters.medical.clearing.terms import term
from matters.medical.models import Advance
from matters.rules import RuleMissing
from workflows.cases.act import Act, Situation
from workflows.cases.clocks import local_day
from workflows.cases.declarations import SYSTEM, Guard, Next, Seat, State, step
from workflows.cases.flow import Flow
from workflows.cases.kinds import OFFICE_WORK

from .clearing_month_acts import tell_agencies
from .clearing_month_forms import ArrivalForm, FinanceForm, MoneyForm, sides_of

BOTH = ("treated", "insured")
ZERO = Decimal(0)


def pair_of(case: Flow) -> tuple[str, str]:
    treated, insured = (f"{case.region_of(side)[:2]}0000" for side in BOTH)
    return treated, insured


def _due(case: Flow) -> Decimal:
    return Decimal(case.facts.get("due", "0"))


def _payer(case: Flow) -> str:
    return "insured" if _due(case) >= 0 else "treated"


def _lamp_is_on(situation: Situation) -> bool:
    """Three statements."""
    if "year" not in situation.case.facts:
        return False
    shown = advance.lamp(pair_of(situation.case), situation.today)
    return shown.colour in ("yellow", "red") and shown.top_up > 0


pays = Guard("pays", "由付款一方办理", lambda s: _payer(s.case) in sides_of(s))
is_paid = Guard("is_paid", "由收款一方办理", lambda s: _payer(s.case) not in sides_of(s))
lamp_is_on = Guard("lamp_is_on", "预付金用量没有到预警线", _lamp_is_on)


class TransferForm(MoneyForm):
    """The whole of what is due, to the fen."""

    def clean_amount(self) -> Any:
        due = abs(_due(self.situation.case))
        if self.cleaned_data["amount"] != due:
            raise forms.ValidationError(f"应划拨 {due:,.2f} 元")
        return self.cleaned_data["amount"]


class ClearingAdvance(Flow):
    CODE = "clearing_advance"
    LABEL = "异地就医预付金"
    SEATS = (Seat("treated", "就医地医保经办机构"), Seat("insured", "参保地医保经办机构"))
    OWNER_SEAT = "insured"
    ORIGIN_SEAT = "treated"
    BETWEEN_OFFICES = True
    KIND = OFFICE_WORK
    OPENED_AS = "测算预付金"
    INITIAL = "calculated"
    STATES = (
        State("calculated", "已测算，待通知", "treated"),
        State("noticed", "已通知付款", "insured", keeps_hop=True),
        State("applied", "已向财政申请", "insured", keeps_hop=True),
        State("paid", "已划拨", "treated", keeps_hop=True),
        State("confirmed", "已到账，使用中", "treated", counts_as="concluded"),
        State("adjusted", "已由下一年度接续", "", counts_as="concluded", closes=True),
    )

    class Meta:
        proxy = True
        default_permissions = ()

    def opened(self, act: Act) -> None:
        """Four statements."""
        self.received_on = act.today
        pair, year = pair_of(self), int(self.data["year"])
        kept = advance.keep_size(pair, year, at=act.at, on=act.today)
        due = kept.size - advance.held(pair)
        Advance.objects.filter(pk=kept.pk).update(case_number=self.number)
        self.facts = {**self.facts, "size": f"{kept.size:.2f}", "due": f"{due:.2f}", "year": year}

    def limit_in(self, state: State, definition: Definition) -> Limit | None:
        """Yearly: until the day of the rule (end of February). A top-up: so long as finance may take."""
        if state.code in definition.hops or "year" not in self.facts:
            return super().limit_in(state, definition)
        try:
            if state.code == "calculated":
                begun = local_day(self.opened_at)
                last = term("clearing.advance.annual_adjust_done", begun)
                days = (last.day_of_year(begun.year) - begun).days
                return Limit.parse(f"{days}Z") if days > 0 else None
            if state.code == "noticed":
                begun = local_day(self.entered_at)
                days = int(term("clearing.notice_to_finance", begun).figure())
                return Limit.parse(f"{days}G")
        except RuleMissing:
            pass
        return None

    @step("通知付款", source="calculated", target=Next(("noticed", "confirmed")), by="treated",
          tone="primary", done="已通知付款")  # fmt: skip
    def notify_payment(self, act: Act) -> str:
        """Where the advance is right as it stands nothing is paid. Two statements."""
        due = _due(self)
        act.note(size=self.facts["size"], due=due)
        who = "参保地补足" if due >= 0 else "就医地退还"
        tell_agencies(
            self, act, f"本年度预付金 {self.facts['size']} 元，{who} {abs(due):,.2f} 元。"
        )
        return "noticed" if due else "confirmed"

    @step("向财政申请", source="noticed", target="applied", by=BOTH, guards=(pays,),
          form=FinanceForm, tone="primary", done="已向财政申请")  # fmt: skip
    def ask_finance(self, act: Act) -> None:
        act.note(**act.data)

    @step("登记划拨", source="applied", target="paid", by=BOTH, guards=(pays,), form=TransferForm,
          tone="primary", done="已划拨")  # fmt: skip
    def pay_advance(self, act: Act) -> None:
        """Three statements."""
        self._post(act, _payer(self), _due(self))
        tell_agencies(self, act, f"预付金已划拨 {act.data['amount']:,.2f} 元，请核对到账。")

    @step("登记到账", source="paid", target=Next(("paid", "confirmed")), by=BOTH,
          guards=(is_paid,), form=ArrivalForm, tone="primary", done="已登记到账")  # fmt: skip
    def confirm_advance(self, act: Act) -> str:
        """Another sum than was due leaves it open, with the rest named. One statement."""
        due = _due(self)
        arrived = act.data["amount"] if due >= 0 else -act.data["amount"]
        self._post(act, "treated" if due >= 0 else "insured", arrived)
        left = due - arrived
        self.facts = {**self.facts, "due": f"{left:.2f}"}
        act.note(left=left)
        return "paid" if left else "confirmed"

    @step("申请追加", source="confirmed", target="noticed", by="treated", guards=(lamp_is_on,),
          tone="warning", done="已申请追加预付金")  # fmt: skip
    def ask_top_up(self, act: Act) -> None:
        """So much that usage falls back under the yellow mark. Five statements."""
        shown = advance.lamp(pair_of(self), act.today)
        self.facts = {**self.facts, "due": f"{shown.top_up:.2f}"}
        act.note(lamp=shown.colour, held=shown.held, used=shown.used, top_up=shown.top_up)
        tell_agencies(self, act, f"预付金用量已到预警线，申请追加 {shown.top_up:,.2f} 元。")

    @step("由下一年度接续", source=("calculated", "confirmed"), target="adjusted", by=SYSTEM,
          is_aside=True, done="已由下一年度接续")  # fmt: skip
    def hand_to_next_year(self, act: Act) -> None:
        """The next year's case goes on with what is held. One statement."""
        treated, insured = pair_of(self)
        Advance.objects.filter(
            treated_province=treated, insured_province=insured, year=self.facts["year"]
        ).update(adjusted_at=act.at)

    def _post(self, act: Act, side: str, amount: Decimal) -> None:
        key = f"case:{self.pk}:{act.seq}"
        advance.post(pair_of(self), side, amount, voucher=act.data["voucher"], key=key, at=act.at)
        act.note(amount=act.data["amount"], voucher=act.data["voucher"])
