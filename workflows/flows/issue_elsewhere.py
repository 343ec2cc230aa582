"""审批地核准、发照地发照: the office of the seat registers, a third office prints the licence on its behalf.

Applied for online → 审批地 reviews and registers → 发照地 confirms what is registered and prints →
handed out there (营业执照互办互发: 武侯 approves, 江津 prints). The electronic licence is valid from
the registration; the paper one is what the third office owes.
"""

from __future__ import annotations

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
from workflows.cases.forms import ReasonForm
from workflows.cases.models import Document

from .making_forms import PrintForm
from .online_approval import DeliverForm
from .review_forms import DecisionForm
from .review_steps import (
    SUPPLEMENTING,
    ReviewSteps,
    first_stage,
    matter_lines,
    next_stage,
    with_remedies,
)


class IssueElsewhere(ReviewSteps, Flow):
    CODE = "issue_elsewhere"
    LABEL = "审批地核准、发照地发照"
    SEATS = (Seat("owner", "审批地登记机关"), Seat("issuing", "发照地机构"))
    OWNER_SEAT = "owner"
    INITIAL = "received"
    STATES = (
        State("received", "待受理", STAGE),
        SUPPLEMENTING,
        State("reviewing", "审查登记中", STAGE, limit=STAGE, starts=(PROMISE, STATUTORY)),
        State("printing", "已登记，待发照地打印", "issuing", stops=(STATUTORY,)),
        State("correcting", "发照地退回，待更正", "owner"),
        State(
            "delivering",
            "执照待领取",
            "issuing",
            stops=(PROMISE,),
            counts_as="concluded",
            hint="请到发照机构领取，或等待邮寄",
        ),
        State("completed", "已领取", "", counts_as="concluded", closes=True),
        State("disapproved", "不予登记", "", counts_as="concluded", closes=True),
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

    @step("准予登记", source="reviewing", target=Next(("reviewing", "printing")), by=HOLDER,
          form=DecisionForm, decides=True, tone="primary", done="已准予登记", for_many=True)  # fmt: skip
    def approve(self, act: Act) -> str:
        """This stage agrees; the last one's word is the registration, and the electronic licence is there."""
        act.note(opinion=act.data["opinion"], stage=self.stage)
        if next_stage(self, act):
            return "reviewing"
        act.tell("case_step", message="已准予登记，纸质执照由您选择的发照机构打印。")
        return "printing"

    @step("不予登记", source="reviewing", target="disapproved", by=HOLDER, form=ReasonForm,
          decides=True, tone="warning", done="已作出不予登记决定")  # fmt: skip
    def disapprove(self, act: Act) -> None:
        """One statement."""
        act.outcome = "disapproved"
        document = act.issue(Document.Kind.REFUSAL, with_remedies(self, act))
        act.note(reason=act.data["reason"], stage=self.stage)
        act.tell("disapproved", document=document, reason=act.data["reason"])

    @step("确认并打印执照", source="printing", target="delivering", by="issuing", form=PrintForm,
          tone="primary", done="发照地已确认并打印执照")  # fmt: skip
    def print_licence(self, act: Act) -> None:
        """办结. Two statements."""
        act.outcome = "done"
        content = matter_lines(self, act) | {
            "result": act.definition.result.name,
            "decision": "approved",
        }
        document = act.issue(Document.Kind.CONCLUSION, content)
        act.note(number=act.data["number"])
        act.number("执照副本编号", act.data["number"])
        act.tell("concluded", document=document)

    @step("退回审批地更正", source="printing", target="correcting", by="issuing", form=ReasonForm,
          tone="warning", done="已退回审批地更正")  # fmt: skip
    def report_error(self, act: Act) -> None:
        """What is registered is not what was applied for: only the office that registered may mend it."""
        act.note(reason=act.data["reason"])

    @step("更正后再送发照地", source="correcting", target="printing", by="owner", form=ReasonForm,
          tone="primary", done="审批地已更正")  # fmt: skip
    def correct(self, act: Act) -> None:
        act.note(reason=act.data["reason"])

    @step("发放执照", source="delivering", target="completed", by="issuing", form=DeliverForm,
          tone="primary", notice="delivered", done="执照已发放")  # fmt: skip
    def hand_out(self, act: Act) -> None:
        act.note(**{key: act.data[key] for key in ("way", "receiver", "waybill")})

    def usually(self, taken: Step, definition: Definition) -> str:
        return "printing" if taken.code == "approve" else super().usually(taken, definition)
