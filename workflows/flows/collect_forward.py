"""异地代收代办: a window near the person collects, the office that owns the matter decides.

收件地 checks form and identity only; 属地 accepts, reviews and decides (国办发〔2020〕35号:
不改变原有办理事权). Papers travel by parcel both ways and are signed for one by one.
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
from workflows.cases.models import Document, Material
from workflows.cases.parcels import papers_handed_in, put_on_road, sign_for

from .collect_forward_forms import CollectForm, FeedBackForm, ForwardForm, HandOverForm, SignForm
from .joint_steps import JointSteps, leave_joint
from .review_forms import DecisionForm, SpecialProcedureForm
from .review_steps import (
    SUPPLEMENTING,
    begin_special,
    finish_special,
    first_stage,
    in_special,
    matter_lines,
    next_stage,
    with_remedies,
)
from .special_procedures import has_special, special_lasted


class CollectForward(JointSteps, Flow):
    CODE = "collect_forward"
    LABEL = "异地代收代办"
    SEATS = (
        Seat("collector", "收件地窗口"),
        Seat("township", "属地乡镇（街道）"),
        Seat("owner", "属地主管部门"),
    )
    OPTIONAL_SEATS = ("township",)
    ORIGIN_SEAT = "collector"
    OWNER_SEAT = "owner"
    INITIAL = "submitted"
    STATES = (
        State("submitted", "待收件", "collector", hint="请到收件窗口交验材料"),
        State("collected", "已收件，待转递", "collector", starts=(PROMISE,)),
        State("in_transit", "邮寄途中", "collector", on_road=True),
        State("received", "属地已签收，待受理", STAGE),
        SUPPLEMENTING,
        State("reviewing", "审查中", STAGE, limit=STAGE, starts=(STATUTORY,)),
        State("decided", "已作出决定，待反馈结果", STAGE, stops=(STATUTORY,)),
        State(
            "returning",
            "结果寄回途中",
            STAGE,
            stops=(PROMISE,),
            counts_as="concluded",
            on_road=True,
        ),
        State(
            "delivering",
            "结果待领取",
            "collector",
            counts_as="concluded",
            hint="请携带有效身份证件到窗口领取结果",
        ),
        State("completed", "已办结", "", stops=(PROMISE,), counts_as="concluded", closes=True),
        State("refused", "不予受理", "", closes=True),
        State("returned", "已退件", "", closes=True),
        State("withdrawn", "已撤回", "", closes=True),
    )

    class Meta:
        proxy = True
        default_permissions = ()

    def opened(self, act: Act) -> None:
        self.stage = first_stage(act.definition)

    @step("收件", source="submitted", target="collected", by="collector", form=CollectForm,
          tone="primary", notice="received")  # fmt: skip
    def collect(self, act: Act) -> None:
        """Form and identity checked, papers taken, the numbered receipt issued. Two statements, the form's one."""
        papers = act.data["papers"]
        Material.objects.filter(pk__in=[p.pk for p in papers]).update(
            status=Material.Status.HANDED_IN, handed_in_at=act.at
        )
        names = [paper.name for paper in papers]
        document = act.issue(
            Document.Kind.RECEIPT,
            matter_lines(self, act) | {"papers": names, "remark": act.data["remark"]},
        )
        act.note(papers=names, remark=act.data["remark"])
        act.tell("received", document=document, items=names)

    @step("退件", source=("submitted", "collected"), target="returned", by="collector",
          form=ReasonForm, tone="warning")  # fmt: skip
    def turn_back(self, act: Act) -> None:
        act.outcome = "returned"
        leave_joint(self, act)
        act.note(reason=act.data["reason"])
        act.tell("case_step", message=f"办件已退回：{act.data['reason']}")

    @step("启动特别程序", source=("collected", "reviewing"), by=HOLDER, form=SpecialProcedureForm,
          guards=(has_special,), done="已启动特别程序")  # fmt: skip
    def start_special(self, act: Act) -> None:
        """Also before it is forwarded: 残疾评定 is done where the person is. Two statements."""
        begin_special(self, act)

    @step("结束特别程序", source=("collected", "reviewing"), by=HOLDER, form=ReasonForm,
          guards=(in_special, special_lasted), while_suspended=True, done="特别程序已结束",
          notice="resumed")  # fmt: skip
    def end_special(self, act: Act) -> None:
        """One statement."""
        finish_special(self, act)

    @step("转递属地", source="collected", target=Next(("in_transit", "received")), by="collector",
          form=ForwardForm, tone="primary", notice="forwarded", for_many=True)  # fmt: skip
    def forward(self, act: Act) -> str:
        """By parcel the sender holds until it is signed for; an electronic push arrives at once.

        Four statements by parcel.
        """
        leave_joint(self, act)
        self.stage = first_stage(act.definition)
        if act.data["way"] == "electronic":
            self.received_on = act.today
            act.note(way="electronic")
            return "received"
        first = act.definition.stage(self.stage).seat
        papers = act.situation.of_each(papers_handed_in) or []
        parcel = put_on_road(
            act,
            sender=self.seats["collector"],
            receiver=self.seats[first],
            waybill=act.data["waybill"],
            papers=papers,
        )
        act.note(
            way="post",
            parcel=parcel.number,
            waybill=parcel.waybill,
            papers=[paper.name for paper in papers],
        )
        return "in_transit"

    @step("签收", source="in_transit", target="received", by=STAGE, form=SignForm,
          tone="primary", done="属地已签收")  # fmt: skip
    def sign(self, act: Act) -> None:
        """By the office it was sent to, paper by paper; what isn't there is named.

        From this day the owner's five days run. Five statements.
        """
        self.received_on = act.today
        arrived, missing = sign_for(
            self,
            arrived={item.pk for item in act.data["arrived"]},
            note=act.data["missing_note"],
            at=act.at,
            by_id=act.actor.user_id,
        )
        act.note(arrived=arrived, missing=missing, note=act.data["missing_note"])

    @step("审查通过", source="reviewing", target=Next(("reviewing", "decided")), by=HOLDER,
          form=DecisionForm, decides=True, tone="primary", for_many=True)  # fmt: skip
    def approve(self, act: Act) -> str:
        """This stage agrees; the last one's word is the decision."""
        act.note(opinion=act.data["opinion"], stage=self.stage)
        if next_stage(self, act):
            return "reviewing"
        self.facts = {**self.facts, "decision": "approved"}
        if act.definition.effective_month == "approval":
            self.effective_month = act.today.replace(day=1)
        act.tell("approved")
        return "decided"

    @step("不予批准", source="reviewing", target="decided", by=HOLDER, form=ReasonForm,
          decides=True, tone="warning", done="已作出不予决定")  # fmt: skip
    def disapprove(self, act: Act) -> None:
        """A written refusal with its reason and remedies (行政许可法 38). One statement."""
        self.facts = {**self.facts, "decision": "disapproved"}
        self.effective_month = None
        document = act.issue(Document.Kind.REFUSAL, with_remedies(self, act))
        act.note(reason=act.data["reason"], stage=self.stage)
        act.tell("disapproved", document=document, reason=act.data["reason"])

    @step("反馈结果", source="decided", target=Next(("returning", "completed")), by=HOLDER,
          form=FeedBackForm, tone="primary", done="已反馈结果", for_many=True)  # fmt: skip
    def feed_back(self, act: Act) -> str:
        """办结: the result leaves the owner. One statement, four by parcel."""
        approved = self.facts["decision"] == "approved"
        act.outcome = "done" if approved else "disapproved"
        result = act.definition.result.name if approved else "不予决定书"
        content = matter_lines(self, act) | {
            "result": result,
            "decision": self.facts["decision"],
            "effective_month": self.effective_month and self.effective_month.isoformat(),
        }
        document = act.issue(Document.Kind.CONCLUSION, content)
        act.note(way=act.data["way"], result=result)
        act.tell("concluded", document=document)
        if act.data["way"] == "electronic":
            return "completed"
        put_on_road(
            act,
            sender=self.seats[self.holder],
            receiver=self.seats["collector"],
            waybill=act.data["waybill"],
            result_name=result,
        )
        return "returning"

    def usually(self, taken: Step, definition: Definition) -> str:
        """How the result goes back is known only then; either way it ends with 办结."""
        if taken.code == "feed_back":
            return "completed"
        return super().usually(taken, definition)

    @step("签收结果", source="returning", target="delivering", by="collector", form=SignForm,
          tone="primary", done="窗口已签收结果")  # fmt: skip
    def sign_result(self, act: Act) -> None:
        """Five statements at most."""
        arrived, missing = sign_for(
            self,
            arrived={item.pk for item in act.data["arrived"]},
            note=act.data["missing_note"],
            at=act.at,
            by_id=act.actor.user_id,
        )
        act.note(arrived=arrived, missing=missing)
        act.tell("case_step", message="办理结果已到窗口，请携带有效身份证件领取。")

    @step("交付结果", source="delivering", target="completed", by="collector", form=HandOverForm,
          tone="primary", notice="delivered", done="结果已交付")  # fmt: skip
    def hand_over(self, act: Act) -> None:
        act.note(receiver=act.data["receiver"], note=act.data["note"])

    @step("撤回申请", source=("submitted", "collected", "in_transit", "received", "supplementing",
          "reviewing"), target="withdrawn", by=APPLICANT, right="withdraw", form=ReasonForm,
          while_suspended=True, done="已撤回申请", notice="withdrawn", tone="warning")  # fmt: skip
    def withdraw(self, act: Act) -> None:
        act.outcome = "withdrawn"
        leave_joint(self, act)
        act.note(reason=act.data["reason"])
