"""跨省融资 (渝快融 / 兴川贷): one demand of an enterprise goes to several banks of both provinces.

No process was published under these names; the steps follow 信易贷·渝惠融 of 重庆 (inferred): the
enterprise consents to its data being asked, each bank answers within ten working days and gives the
reason of a refusal, what is slow is reminded of in three steps, and the platform calls back at the end.
It is no administrative matter: every limit here is a service standard.
"""

from __future__ import annotations

from matters.catalogue.definition import Limit
from workflows.cases.act import Act, Situation
from workflows.cases.declarations import (
    APPLICANT,
    PROMISE,
    SYSTEM,
    Awaits,
    Guard,
    Next,
    Seat,
    State,
    step,
)
from workflows.cases.flow import Flow
from workflows.cases.forms import ReasonForm
from workflows.cases.models import Document

from .financing_banks import ask_banks, choose, let_go, offers_of, still_open
from .financing_forms import CallBackForm, ChooseForm, ConsentForm
from .review_steps import matter_lines

# A house rule: so soon the platform calls the enterprise after the end.
CALL_BACK_WITHIN = str(Limit.parse("5G"))


def _has_offer(situation: Situation) -> bool:
    return bool(offers_of(situation.case))


def _offer_left(situation: Situation) -> bool:
    return still_open(situation.case) > 0


class Financing(Flow):
    CODE = "financing"
    LABEL = "跨省融资对接"
    SEATS = (Seat("platform", "融资服务平台"),)
    OWNER_SEAT = "platform"
    PARTS_NOTE = "最迟日期是平台的服务标准（10 个工作日），不是行政机关的办理时限。每家银行只看得到自己的方案。"
    INITIAL = "consenting"
    STATES = (
        State(
            "consenting",
            "待选择银行并授权",
            APPLICANT,
            hint="请选择向哪些银行征询，并授权它们可以查询的数据",
        ),
        State(
            "asking",
            "银行审核中",
            "platform",
            starts=(PROMISE,),
            awaits=Awaits("offer"),
        ),
        State(
            "calling_back",
            "待回访",
            "platform",
            limit=CALL_BACK_WITHIN,
            stops=(PROMISE,),
            counts_as="concluded",
        ),
        State("completed", "已办结", "", counts_as="concluded", closes=True),
        State("withdrawn", "已撤回", "", closes=True),
    )

    class Meta:
        proxy = True
        default_permissions = ()

    def opened(self, act: Act) -> None:
        """One statement."""
        self.received_on = act.today
        act.issue(Document.Kind.RECEIPT, matter_lines(self, act))

    @step("授权并征询银行", source="consenting", target="asking", by=APPLICANT, form=ConsentForm,
          tone="primary", done="已授权并向银行征询")  # fmt: skip
    def send_out(self, act: Act) -> None:
        """What was consented to stands in the event and on the case; each bank gets a case of its own."""
        banks = ask_banks(self, act)
        act.note(consent=self.facts["consent"], banks=banks)
        act.tell("case_step", message=f"已向 {len(banks)} 家银行征询：{'、'.join(banks)}。")

    @step("选定一家银行", source="asking", target="calling_back", by=APPLICANT, form=ChooseForm,
          guards=(Guard("has_offer", "还没有银行给出方案", _has_offer),), tone="primary",
          done="已选定银行")  # fmt: skip
    def choose_offer(self, act: Act) -> None:
        """The chosen bank's case is closed as done, all others are let go. A step a bank."""
        bank = choose(self, act, act.data["offer"])
        act.outcome = "done"
        act.note(bank=bank)
        act.tell("case_step", message=f"您已选定{bank}，其余银行已释放，不再查询您的数据。")

    @step("都不选，结束征询", source="asking", target="calling_back", by=APPLICANT, form=ReasonForm,
          guards=(Guard("something_open", "没有待选择的方案或待答复的银行", _offer_left),),
          tone="warning", done="企业未选任何方案")  # fmt: skip
    def choose_none(self, act: Act) -> None:
        let_go(self, act)
        act.outcome = "none_chosen"
        act.note(reason=act.data["reason"])

    @step("各银行均已答复", source="asking", target="calling_back", by=SYSTEM,
          done="各银行均已答复")  # fmt: skip
    def child_closed(self, act: Act) -> None:
        """Every bank has declined: whoever offers stays open until the enterprise chooses."""
        act.outcome = "no_offer"
        act.tell(
            "case_step", message="各家银行均未支持，理由见各银行的答复。平台将回访并说明其他途径。"
        )

    @step("登记回访", source="calling_back", target=Next(("calling_back", "completed")), by="platform",
          form=CallBackForm, tone="primary", done="已回访")  # fmt: skip
    def call_back(self, act: Act) -> str:
        """By telephone: whether the loan was paid out, and how satisfied they are. Tried again if nobody answers."""
        act.note(**dict(act.data))
        if act.data["reached"] == "no":
            tries = self.facts.get("calls", 0) + 1
            self.facts = {**self.facts, "calls": tries}
            return "completed" if tries >= MOST_CALLS else "calling_back"
        self.facts = {**self.facts, "call_back": dict(act.data)}
        return "completed"

    @step("撤回融资需求", source=("consenting", "asking"), target="withdrawn", by=APPLICANT,
          right="withdraw", form=ReasonForm, done="已撤回融资需求", tone="warning",
          notice="withdrawn")  # fmt: skip
    def withdraw(self, act: Act) -> None:
        """With it ends the consent; every bank is told and closed."""
        let_go(self, act)
        act.outcome = "withdrawn"
        act.note(reason=act.data["reason"])


MOST_CALLS = 3
