"""公证: a notary office examines and certifies. It is no administrative decision.

受理 or 不予受理 → examined, the time for supplements and verification left out (公证法 30) → 出证, 不予办理公证
or 终止公证. No 复议 and no lawsuit against the state lies against it, so none is printed.
"""

from __future__ import annotations

from matters.catalogue.definition import Definition
from workflows.cases.act import Act
from workflows.cases.declarations import (
    APPLICANT,
    HOLDER,
    PROMISE,
    STAGE,
    STATUTORY,
    Next,
    Seat,
    State,
    Step,
    step,
)
from workflows.cases.flow import Flow
from workflows.cases.forms import ReasonForm
from workflows.cases.models import Document

from .online_approval import DeliverForm
from .review_forms import DecisionForm
from .review_steps import ReviewSteps, first_stage, matter_lines, next_stage, with_remedies


class Notarisation(ReviewSteps, Flow):
    CODE = "notarisation"
    LABEL = "公证"
    SEATS = (Seat("owner", "公证机构"),)
    OWNER_SEAT = "owner"
    INITIAL = "received"
    STATES = (
        State("received", "待受理", STAGE),
        State(
            "supplementing",
            "待补充证明材料",
            APPLICANT,
            limit="supplement",
            limit_from="service",
            hint="请按告知书一次补齐材料",
        ),
        State("reviewing", "公证审查中", STAGE, limit=STAGE, starts=(PROMISE, STATUTORY)),
        State(
            "delivering",
            "已出证，待领取公证书",
            "owner",
            stops=(PROMISE, STATUTORY),
            counts_as="concluded",
        ),
        State("completed", "公证书已领取", "", counts_as="concluded", closes=True),
        State("disapproved", "不予办理公证", "", counts_as="concluded", closes=True),
        State("terminated", "已终止公证", "", counts_as="concluded", closes=True),
        State("refused", "不予受理", "", closes=True),
        State("returned", "已退件", "", closes=True),
        State("withdrawn", "已撤回", "", closes=True),
    )

    class Meta:
        proxy = True
        default_permissions = ()

    def opened(self, act: Act) -> None:
        """One statement."""
        self.stage = first_stage(act.definition)
        self.received_on = act.today
        act.issue(Document.Kind.RECEIPT, matter_lines(self, act))

    @step("出具公证书", source="reviewing", target=Next(("reviewing", "delivering")), by=HOLDER,
          form=DecisionForm, decides=True, tone="primary", done="已出具公证书")  # fmt: skip
    def certify(self, act: Act) -> str:
        """This stage agrees; the last one certifies (出证). One statement on the last stage."""
        act.note(opinion=act.data["opinion"], stage=self.stage)
        if next_stage(self, act):
            return "reviewing"
        act.outcome = "done"
        content = matter_lines(self, act) | {
            "result": act.definition.result.name,
            "decision": "approved",
        }
        document = act.issue(Document.Kind.CONCLUSION, content)
        act.tell("concluded", document=document)
        return "delivering"

    @step("不予办理公证", source="reviewing", target="disapproved", by=HOLDER, form=ReasonForm,
          decides=True, tone="warning", done="已告知不予办理公证")  # fmt: skip
    def disapprove(self, act: Act) -> None:
        """What is asked to be certified is untrue or unlawful, or cannot be verified. One statement."""
        self._say_no(act, "不予办理公证")
        act.outcome = "disapproved"

    @step("终止公证", source=("reviewing", "supplementing"), target="terminated", by="owner",
          form=ReasonForm, decides=True, while_suspended=True, tone="warning",
          done="已终止公证")  # fmt: skip
    def terminate(self, act: Act) -> None:
        """It cannot be brought to an end: papers that never came, a person who died. One statement."""
        self._say_no(act, "终止公证")
        act.outcome = "terminated"

    @step("送达公证书", source="delivering", target="completed", by="owner", form=DeliverForm,
          tone="primary", notice="delivered", done="公证书已送达")  # fmt: skip
    def deliver(self, act: Act) -> None:
        act.note(**{key: act.data[key] for key in ("way", "receiver", "waybill")})

    def usually(self, taken: Step, definition: Definition) -> str:
        return "delivering" if taken.code == "certify" else super().usually(taken, definition)

    def _say_no(self, act: Act, verdict: str) -> None:
        content = with_remedies(self, act) | {"verdict": verdict}
        document = act.issue(Document.Kind.REFUSAL, content)
        act.note(reason=act.data["reason"], stage=self.stage)
        act.tell("disapproved", document=document, reason=act.data["reason"])
