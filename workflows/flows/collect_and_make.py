"""异地受理、属地审核、受理地制发: taken in and handed out where the person is, decided at home.

受理地 checks identity, takes fingerprint and photograph or looks at the originals, takes the fee →
属地 reviews and signs, or feeds back its refusal → 受理地 makes the card or the page and hands it out
(居民身份证异地受理; 新生儿入户 through the ministry's platform, 入户 or 不予落户反馈).
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

from .making_forms import HandOutForm, MadeForm, TakeInForm
from .review_forms import DecisionForm
from .review_steps import (
    SUPPLEMENTING,
    ReviewSteps,
    first_stage,
    matter_lines,
    next_stage,
    with_remedies,
)


class CollectAndMake(ReviewSteps, Flow):
    CODE = "collect_and_make"
    LABEL = "异地受理、属地审核、受理地制发"
    SEATS = (Seat("making", "受理制发机构"), Seat("owner", "属地审核机关"))
    ORIGIN_SEAT = "making"
    OWNER_SEAT = "owner"
    INITIAL = "received"
    STATES = (
        State(
            "received",
            "待到场受理",
            "making",
            hint="请本人携带材料到受理机构，现场核验身份、采集信息",
        ),
        SUPPLEMENTING,
        State("reviewing", "属地审核中", STAGE, limit=STAGE, starts=(PROMISE, STATUTORY)),
        # The law's days run until the card is there, not until it is signed.
        State("making", "已签发，制作中", "making"),
        State(
            "delivering",
            "待领取",
            "making",
            counts_as="concluded",
            stops=(PROMISE, STATUTORY),
            hint="请按约定的方式领取",
        ),
        State("completed", "已领取", "", counts_as="concluded", closes=True),
        State("disapproved", "不予办理", "", counts_as="concluded", closes=True),
        State("refused", "不予受理", "", closes=True),
        State("returned", "已退件", "", closes=True),
        State("withdrawn", "已撤回", "", closes=True),
    )

    class Meta:
        proxy = True
        default_permissions = ()

    def opened(self, act: Act) -> None:
        self.stage = first_stage(act.definition)

    @step("受理", source="received", target="reviewing", by="making", form=TakeInForm,
          counts_as="accepted", tone="primary", done="已受理并送属地审核")  # fmt: skip
    def accept(self, act: Act) -> None:
        """The person is there; what was taken goes to the 属地 at once. One statement."""
        self.received_on = self.accepted_on = act.today
        fee = act.definition.fee if act.data.get("fee_paid") else None
        content = matter_lines(self, act) | {"fee": fee}
        document = act.issue(Document.Kind.ACCEPTANCE, content)
        act.note(fee=fee, remark=act.data["remark"])
        act.tell("accepted", document=document)

    @step("审核通过", source="reviewing", target=Next(("reviewing", "making")), by=HOLDER,
          form=DecisionForm, decides=True, tone="primary", done="属地审核通过", for_many=True)  # fmt: skip
    def approve(self, act: Act) -> str:
        """This stage agrees; the last one's word is the decision (签发, 准予入户)."""
        act.note(opinion=act.data["opinion"], stage=self.stage)
        if next_stage(self, act):
            return "reviewing"
        act.tell("case_step", message="属地已审核通过，正在由受理机构制作。")
        return "making"

    @step("不予办理，反馈受理地", source="reviewing", target="disapproved", by=HOLDER,
          form=ReasonForm, decides=True, tone="warning", done="属地反馈不予办理")  # fmt: skip
    def disapprove(self, act: Act) -> None:
        """不予落户反馈, 不予签发: the 属地's decision, which the 受理地 sees as soon as it is made. One statement."""
        act.outcome = "disapproved"
        document = act.issue(Document.Kind.REFUSAL, with_remedies(self, act))
        act.note(reason=act.data["reason"], stage=self.stage)
        act.tell("disapproved", document=document, reason=act.data["reason"])

    @step("制作完成", source="making", target="delivering", by="making", form=MadeForm,
          tone="primary", done="已制作完成")  # fmt: skip
    def finish_making(self, act: Act) -> None:
        """办结: the result is there to be fetched. One statement."""
        act.outcome = "done"
        content = matter_lines(self, act) | {
            "result": act.definition.result.name,
            "decision": "approved",
        }
        document = act.issue(Document.Kind.CONCLUSION, content)
        act.note(batch=act.data["batch"])
        act.tell("concluded", document=document)

    @step("发放", source="delivering", target="completed", by="making", form=HandOutForm,
          tone="primary", notice="delivered", done="已发放")  # fmt: skip
    def hand_out(self, act: Act) -> None:
        """At the window, or posted and then verified at a window. The old one comes back."""
        act.note(**dict(act.data))

    @step("撤回申请", source=("received", "supplementing", "reviewing"), target="withdrawn",
          by=APPLICANT, right="withdraw", form=ReasonForm, while_suspended=True,
          done="已撤回申请", notice="withdrawn", tone="warning")  # fmt: skip
    def withdraw(self, act: Act) -> None:
        act.outcome = "withdrawn"
        act.note(reason=act.data["reason"])

    def usually(self, taken: Step, definition: Definition) -> str:
        return "making" if taken.code == "approve" else super().usually(taken, definition)
