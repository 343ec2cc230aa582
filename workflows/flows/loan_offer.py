"""One bank's answer to a financing demand: an offer, or a refusal with its reason.

A part of a financing demand and never a case of its own. The bank is no authority: its ten working
days are a service standard of the platform. Three reminders, as the version's data say, go to the
bank's handler, to its head and to the provinces' supervisors; the bank's one limit runs on under them.
"""

from __future__ import annotations

from collections.abc import Callable

from matters.catalogue.definition import Definition, Limit
from workflows.cases.act import Act, Situation
from workflows.cases.declarations import APPLICANT, SYSTEM, TIMER, Guard, Seat, State, step
from workflows.cases.flow import Flow

from .financing_forms import REASONS, DeclineForm, OfferForm
from .loan_reminders import remind

# Where the bank owes its answer, and how far the reminders have come.
ASKED = ("asked", "handler_reminded", "head_reminded", "supervised")


def rung(nth: int) -> Callable[[Definition], Limit | None]:
    """When the nth reminder is due, counted from the day on which the bank was asked."""

    def after(definition: Definition) -> Limit | None:
        ladder = definition.reminders
        return ladder[nth].after if nth < len(ladder) else None

    return after


def _has_offer(situation: Situation) -> bool:
    return bool(situation.case.facts.get("offer"))


has_offer = Guard("has_offer", "银行还没有给出方案", _has_offer)


class LoanOffer(Flow):
    CODE = "loan_offer"
    LABEL = "银行审核融资需求"
    SEATS = (Seat("bank", "银行"),)
    OWNER_SEAT = "bank"
    ONLY_AS_PART = True
    INITIAL = "asked"
    STATES = (
        State("asked", "银行审核中", "bank", limit="10G"),
        State(
            "handler_reminded", "银行审核中（已提醒经办岗）", "bank", limit="10G", keeps_hop=True
        ),
        State("head_reminded", "银行审核中（已提醒负责人）", "bank", limit="10G", keeps_hop=True),
        State("supervised", "银行审核中（已报专区督办）", "bank", limit="10G", keeps_hop=True),
        State("offered", "已给出方案，待企业选择", APPLICANT, counts_as="concluded"),
        State("chosen", "企业已选定", "", counts_as="concluded", closes=True),
        State("declined", "不予支持", "", counts_as="concluded", closes=True),
        State("released", "企业未选，已释放", "", counts_as="concluded", closes=True),
        State("withdrawn", "企业已撤回", "", closes=True),
    )

    class Meta:
        proxy = True
        default_permissions = ()

    def opened(self, act: Act) -> None:
        self.received_on = act.today

    @step("给出融资方案", source=ASKED, target="offered", by="bank", form=OfferForm, decides=True,
          tone="primary", done="银行已给出方案")  # fmt: skip
    def offer(self, act: Act) -> None:
        """Amount, yearly rate, months. Only the enterprise and this bank see them."""
        offer = {key: str(value) for key, value in act.data.items()}
        terms = f"{act.data['amount']:,.2f} 元，年利率 {offer['rate']}%，{offer['months']} 个月"
        in_short = f"{terms}；{offer['note']}" if offer["note"] else terms
        self.facts = {**self.facts, "offer": offer, "in_short": in_short}
        act.outcome = "done"
        act.note(**offer)
        act.tell("case_step", message="银行已给出融资方案，请到融资需求页面比较、选择。")

    @step("不予支持", source=ASKED, target="declined", by="bank", form=DeclineForm, decides=True,
          tone="warning", done="银行不予支持")  # fmt: skip
    def decline(self, act: Act) -> None:
        """A refusal gives its reason: of which kind, and in words."""
        act.outcome = "declined"
        kind, reason = dict(REASONS)[act.data["kind"]], act.data["reason"]
        self.facts = {**self.facts, "in_short": f"{kind}：{reason}"}
        act.note(kind=kind, reason=reason)

    @step("提醒经办岗", source="asked", target="handler_reminded", by=TIMER, after=rung(0),
          is_aside=True,
          done="已提醒银行经办岗")  # fmt: skip
    def remind_handler(self, act: Act) -> None:
        """Two statements."""
        remind(self, act, act.definition.reminders[0].to)

    @step("提醒负责人", source="handler_reminded", target="head_reminded", by=TIMER, after=rung(1),
          is_aside=True,
          done="已提醒银行负责人")  # fmt: skip
    def remind_head(self, act: Act) -> None:
        """Two statements."""
        remind(self, act, act.definition.reminders[1].to)

    @step("报专区督办", source="head_reminded", target="supervised", by=TIMER, after=rung(2),
          is_aside=True,
          done="已报两省市督办人员")  # fmt: skip
    def call_supervisor(self, act: Act) -> None:
        """Two statements."""
        remind(self, act, act.definition.reminders[2].to)

    @step("选定这家银行", source="offered", target="chosen", by=SYSTEM, is_aside=True,
          guards=(has_offer,), done="企业已选定")  # fmt: skip
    def be_chosen(self, act: Act) -> None:
        """Taken with the choice on the demand, which lets go of the other banks in the same moment."""
        act.outcome = "done"

    @step("释放", source=(*ASKED, "offered"), target="released", by=SYSTEM, is_aside=True,
          done="企业未选，已释放")  # fmt: skip
    def be_released(self, act: Act) -> None:
        """The bank need not answer any more, and may not ask for the enterprise's data any more."""
        act.outcome = self.outcome = "released"

    @step("撤回征询", source=(*ASKED, "offered"), target="withdrawn", by=SYSTEM, is_aside=True,
          done="企业已撤回征询")  # fmt: skip
    def end_with_demand(self, act: Act) -> None:
        """The demand was withdrawn."""
        act.outcome = self.outcome = "withdrawn"
