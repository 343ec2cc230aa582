"""多地联办 · 跨省超限运输许可: the place of departure accepts for all along the route and coordinates them.

起运地 accepts and reviews → asks the 交通运输主管部门 of every place on the way at once, each with a case
of its own → decides when all have answered. Where one objects, the route can be changed and those on
the new one asked; a permit is given only for a route to which everybody on it has agreed.
"""

from __future__ import annotations

from workflows.cases.act import Act
from workflows.cases.declarations import (
    APPLICANT,
    PROMISE,
    STATUTORY,
    SYSTEM,
    Awaits,
    Guard,
    Seat,
    State,
    step,
)
from workflows.cases.flow import Flow
from workflows.cases.forms import ReasonForm
from workflows.cases.models import Document

from .review_steps import SUPPLEMENTING, ReviewSteps, matter_lines, with_remedies
from .route_permit_forms import PermitForm, RouteForm
from .route_permit_parts import ROUTE, answers_of, ask_along

all_agree = Guard(
    "all_agree",
    "沿线尚有部门不同意：请改换路线再征求意见，或作出不予许可的决定",
    lambda s: s.case.facts.get("objections") == 0,
)


class RoutePermit(ReviewSteps, Flow):
    CODE = "route_permit"
    LABEL = "超限运输许可（起运地受理、沿线会商）"
    SEATS = (Seat("owner", "起运地交通运输主管部门"),)
    OWNER_SEAT = "owner"
    INITIAL = "received"
    STATES = (
        State("received", "起运地待受理", "owner"),
        SUPPLEMENTING,
        State("reviewing", "起运地审查中", "owner", starts=(PROMISE, STATUTORY)),
        State("consulting", "征求沿线意见中", "owner", awaits=Awaits(ROUTE)),
        State("deciding", "沿线意见已齐，待决定", "owner"),
        State(
            "completed",
            "已发通行证",
            "",
            counts_as="concluded",
            closes=True,
            stops=(PROMISE, STATUTORY),
        ),
        State("disapproved", "不予许可", "", counts_as="concluded", closes=True),
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

    @step("征求沿线意见", source=("reviewing", "deciding"), target="consulting", by="owner",
          form=RouteForm, tone="primary", done="已征求沿线意见")  # fmt: skip
    def consult(self, act: Act) -> None:
        """All along the route at once. A statement for the form's choice, and an opening each."""
        rounds = self.facts.get("rounds", 0) + 1
        names = ask_along(self, act, rounds)
        self.facts = {**self.facts, "rounds": rounds, "route": act.data["route"]}
        act.note(route=act.data["route"], asked="、".join(names))
        act.tell("case_step", message=f"已向沿线 {len(names)} 个部门征求意见。")

    @step("沿线均已答复", source="consulting", target="deciding", by=SYSTEM)
    def child_closed(self, act: Act) -> None:
        """One statement."""
        answers = answers_of(self, self.facts["rounds"])
        objections = [name for name, agreed in answers if not agreed]
        self.facts = {**self.facts, "objections": len(objections)}
        act.note(agreed=len(answers) - len(objections), objecting="、".join(objections))

    @step("准予许可", source="deciding", target="completed", by="owner", form=PermitForm,
          guards=(all_agree,), decides=True, tone="primary", done="已准予许可")  # fmt: skip
    def permit(self, act: Act) -> None:
        """One permit for the whole way. Two statements."""
        act.outcome = "done"
        content = matter_lines(self, act) | {
            "result": act.definition.result.name,
            "decision": "approved",
        }
        document = act.issue(Document.Kind.CONCLUSION, content)
        act.note(**dict(act.data))
        act.number("通行证编号", act.data["number"])
        act.tell("concluded", document=document)

    @step("不予许可", source=("reviewing", "deciding"), target="disapproved", by="owner",
          form=ReasonForm, decides=True, tone="warning", done="已作出不予许可决定")  # fmt: skip
    def disapprove(self, act: Act) -> None:
        """One statement."""
        act.outcome = "disapproved"
        document = act.issue(Document.Kind.REFUSAL, with_remedies(self, act))
        act.note(reason=act.data["reason"])
        act.tell("disapproved", document=document, reason=act.data["reason"])

    @step("撤回申请", source=("received", "supplementing", "reviewing", "deciding"),
          target="withdrawn", by=APPLICANT, right="withdraw", form=ReasonForm,
          while_suspended=True, done="已撤回申请", notice="withdrawn", tone="warning")  # fmt: skip
    def withdraw(self, act: Act) -> None:
        """Not while others are asked: they are answered first."""
        act.outcome = "withdrawn"
        act.note(reason=act.data["reason"])
