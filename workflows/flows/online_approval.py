"""全程网办: handed in on the platform of the province that owns the matter, decided by its office.

Acceptance, review in the matter's own stages, decision, delivery; 行政许可法 art. 32, 42, 44, 45.
"""

from __future__ import annotations

from django import forms

from matters.catalogue.definition import Definition
from workflows.cases.act import Act
from workflows.cases.declarations import (
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
from workflows.cases.forms import ReasonForm, StepForm
from workflows.cases.models import Document

from .review_forms import DecisionForm
from .review_steps import (
    SUPPLEMENTING,
    ReviewSteps,
    first_stage,
    matter_lines,
    next_stage,
    with_remedies,
)


class DeliverForm(StepForm):
    """How the paper result reached the person."""

    way = forms.ChoiceField(
        label="送达方式",
        choices=[("counter", "窗口领取"), ("post", "邮寄签收"), ("electronic", "电子证照")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择送达方式"},
    )
    receiver = forms.CharField(
        label="领取人", max_length=100, error_messages={"required": "请填写领取人姓名"}
    )
    waybill = forms.CharField(label="运单号", max_length=20, required=False)


class OnlineApproval(ReviewSteps, Flow):
    CODE = "online_approval"
    LABEL = "全程网办"
    SEATS = (Seat("owner", "主管部门"),)
    OWNER_SEAT = "owner"
    INITIAL = "received"
    STATES = (
        State("received", "待受理", STAGE),
        SUPPLEMENTING,
        State("reviewing", "审查中", STAGE, limit=STAGE, starts=(PROMISE, STATUTORY)),
        # 行政许可法 44: issued and delivered within ten days of the decision.
        State(
            "delivering",
            "已批准，待送达结果",
            "owner",
            limit="10G",
            stops=(PROMISE, STATUTORY),
            counts_as="concluded",
        ),
        State(
            "completed",
            "已办结",
            "",
            stops=(PROMISE, STATUTORY),
            counts_as="concluded",
            closes=True,
        ),
        State("disapproved", "不予批准", "", counts_as="concluded", closes=True),
        State("refused", "不予受理", "", closes=True),
        State("returned", "已退件", "", closes=True),
        State("withdrawn", "已撤回", "", closes=True),
    )

    class Meta:
        proxy = True
        default_permissions = ()

    def opened(self, act: Act) -> None:
        """Online it is handed in where it is decided: received on the day of application. One statement."""
        self.stage = first_stage(act.definition)
        self.received_on = act.today
        act.issue(Document.Kind.RECEIPT, matter_lines(self, act))

    @step("审查通过", source="reviewing", by=HOLDER, form=DecisionForm, decides=True,
          target=Next(("reviewing", "delivering", "completed")), tone="primary", for_many=True)  # fmt: skip
    def approve(self, act: Act) -> str:
        """This stage agrees; the last one's word is the decision and ends the promise (办结).

        One statement on the last stage. A certificate is still to be delivered; anything else is
        in the person's hands with the notice.
        """
        act.note(opinion=act.data["opinion"], stage=self.stage)
        if next_stage(self, act):
            return "reviewing"
        act.outcome = "done"
        if act.definition.effective_month == "approval":
            self.effective_month = act.today.replace(day=1)
        result = act.definition.result
        content = matter_lines(self, act) | {"result": result.name, "decision": "approved"}
        document = act.issue(Document.Kind.CONCLUSION, content)
        act.note(result=result.name)
        act.tell("concluded", document=document)
        return _after_approval(act.definition)

    def usually(self, taken: Step, definition: Definition) -> str:
        if taken.code == "approve":
            return _after_approval(definition)
        return super().usually(taken, definition)

    @step("不予批准", source="reviewing", target="disapproved", by=HOLDER, form=ReasonForm,
          decides=True, tone="warning", done="已作出不予决定")  # fmt: skip
    def disapprove(self, act: Act) -> None:
        """A written refusal with its reason and remedies (行政许可法 38). One statement."""
        act.outcome = "disapproved"
        document = act.issue(Document.Kind.REFUSAL, with_remedies(self, act))
        act.note(reason=act.data["reason"], stage=self.stage)
        act.tell("disapproved", document=document, reason=act.data["reason"])

    @step("送达结果", source="delivering", target="completed", by="owner", form=DeliverForm,
          tone="primary", notice="delivered", done="结果已送达")  # fmt: skip
    def deliver(self, act: Act) -> None:
        act.note(**{key: act.data[key] for key in ("way", "receiver", "waybill")})


def _after_approval(definition: Definition) -> str:
    return "delivering" if definition.result.kind == "certificate" else "completed"
