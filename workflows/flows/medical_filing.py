"""异地就医备案: where somebody may be treated away from home, filed with the place of insurance.

What needs no proof is filed by the system in the moment in which it is handed in: who lives there and
promises it, and who just goes. What is proven by a paper (a referral, an emergency that the hospital
did not mark, living there without a promise) is reviewed. The case ends with the filing: one that runs
without an end is no open case. It is given up by a step of the ended case, and changed by a new one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matters.catalogue.definition import Definition
from tongban.accounts.actors import SYSTEM
from workflows.cases.act import Act, Situation
from workflows.cases.declarations import (
    ANY_SEAT,
    APPLICANT,
    PROMISE,
    Guard,
    Next,
    Seat,
    State,
    Step,
    step,
)
from workflows.cases.declarations import SYSTEM as BY_SYSTEM
from workflows.cases.flow import Flow, Foretold, Panel
from workflows.cases.forms import ReasonForm
from workflows.cases.models import Document
from workflows.cases.perform import perform

from .medical_filing_acts import file_now, give_up_filing, outlook_of
from .medical_filing_beforehand import told_before
from .medical_filing_facts import AT_ONCE, REVIEW
from .medical_filing_forms import CancelFilingForm, ConfirmFilingForm
from .medical_filing_panel import panel_of
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
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from workflows.cases.opening import Application, PartyInput

BY_OUTLOOK = {AT_ONCE: "file_at_once", REVIEW: "send_to_review"}

not_given_up = Guard(
    "not_given_up", "这项备案已经取消", lambda s: "given_up_on" not in s.case.facts
)


class MedicalFiling(Flow):
    CODE = "medical_filing"
    LABEL = "异地就医备案"
    SEATS = (Seat("owner", "参保地医保经办机构"), Seat("treating", "就医地医保经办机构"))
    OWNER_SEAT = "owner"
    INITIAL = "submitted"
    STATES = (
        State("submitted", "系统核对中", "owner", starts=(PROMISE,)),
        State("reviewing", "待审核", "owner"),
        SUPPLEMENTING,
        State("active", "已备案", "", counts_as="concluded", closes=True, stops=(PROMISE,)),
        State("rejected", "未予备案", "", counts_as="concluded", closes=True, stops=(PROMISE,)),
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

    def begun(self, act: Act, application: Application) -> Flow:  # noqa: ARG002
        """Settled in the same moment, unless a paper has to be looked at. The person's row is held."""
        found = outlook_of(act.situation, in_step=True)
        way = BY_OUTLOOK.get(found.way, "turn_down_at_once")
        data = {"reason": found.sentence}
        return perform(self.pk, way, actor=SYSTEM, data=data, token=self.seq, at=act.at).case

    @classmethod
    def told_before(
        cls, people: Sequence[PartyInput], data: Mapping[str, Any], on: dt.date
    ) -> Foretold | None:
        """Ten statements at most."""
        return told_before(people, data, on)

    def state_label(self, definition: Definition) -> str:
        if self.state == "active" and "given_up_on" in self.facts:
            return "备案已取消"
        return super().state_label(definition)

    def panel(self, situation: Situation, *, for_party: bool = False) -> Panel:
        """Six statements."""
        return panel_of(self, situation, for_party=for_party)

    @step(
        "系统备案", source="submitted", target="active", by=BY_SYSTEM, done="系统核对通过，已备案"
    )
    def file_at_once(self, act: Act) -> None:
        """AUTO_APPROVED: nothing is to be proven. About fifteen statements."""
        file_now(self, act)

    @step("转人工审核", source="submitted", target="reviewing", by=BY_SYSTEM, done="已转人工审核")
    def send_to_review(self, act: Act) -> None:
        """A paper is to be looked at, or the register does not know the person. Two statements."""
        found = outlook_of(act.situation)
        act.note(found=found.insured is not None)
        if found.sentence:
            act.note(reason=found.sentence)
            act.tell("case_step", message=found.sentence)

    @step("系统不予备案", source="submitted", target="rejected", by=BY_SYSTEM, form=ReasonForm,
          done="系统核对未通过，未予备案")  # fmt: skip
    def turn_down_at_once(self, act: Act) -> None:
        """What the registers rule out, with the sentence that says which. One statement."""
        self._turn_down(act)

    @step("准予备案", source="reviewing", target="active", by="owner", form=ConfirmFilingForm,
          decides=True, tone="primary", done="已审核备案")  # fmt: skip
    def confirm_filing(self, act: Act) -> None:
        """In force from the day it was handed in: the days of the review are not the person's."""
        act.note(opinion=act.data["opinion"])
        file_now(self, act)

    @step("不予备案", source="reviewing", target="rejected", by="owner", form=ReasonForm,
          decides=True, tone="warning", done="未予备案")  # fmt: skip
    def turn_down(self, act: Act) -> None:
        """One statement."""
        self._turn_down(act)

    @step("要求补正", source="reviewing", target="supplementing", by="owner",
          form=SupplementDemandForm, done="已一次性告知补正")  # fmt: skip
    def require_supplement(self, act: Act) -> None:
        """RETURNED_FOR_DOCS: one complete list; time stands still. Three statements."""
        ask_for_papers(self, act)

    @step("提交补正", source="supplementing", target=Next(("reviewing",)), by=(APPLICANT, ANY_SEAT),
          form=SupplementForm, right="supplement", while_suspended=True, notice="supplemented",
          tone="primary")  # fmt: skip
    def supplement(self, act: Act) -> str:
        """Four statements, and the form's two."""
        return papers_are_there(self, act)

    @step("逾期未补正，退件", source="supplementing", target="returned", by="owner",
          form=ReasonForm, guards=(supplement_overdue,), while_suspended=True,
          done="逾期未补正，已退件", tone="warning")  # fmt: skip
    def give_up(self, act: Act) -> None:
        act.outcome = "returned"
        act.note(reason=act.data["reason"])
        act.tell("case_step", message=f"因逾期未补正，办件已退回：{act.data['reason']}")

    @step("撤回申请", source=("reviewing", "supplementing"), target="withdrawn", by=APPLICANT,
          right="withdraw", form=ReasonForm, while_suspended=True, done="已撤回申请",
          notice="withdrawn", tone="warning")  # fmt: skip
    def withdraw(self, act: Act) -> None:
        act.outcome = "withdrawn"
        act.note(reason=act.data["reason"])

    @step("取消备案", source="active", by=(APPLICANT, "owner"), right="withdraw",
          form=CancelFilingForm, guards=(not_given_up,), done="已取消备案", tone="warning")  # fmt: skip
    def cancel_filing(self, act: Act) -> None:
        """The filing ends today; the case had ended with it. Not inside the lock, nor while in hospital."""
        give_up_filing(self, act)

    def usually(self, taken: Step, definition: Definition) -> str:
        if taken.code == "supplement":
            return "reviewing"
        return super().usually(taken, definition)

    def _turn_down(self, act: Act) -> None:
        act.outcome = "disapproved"
        document = act.issue(Document.Kind.REFUSAL, with_remedies(self, act))
        act.note(reason=act.data["reason"])
        act.tell("disapproved", document=document, reason=act.data["reason"])
