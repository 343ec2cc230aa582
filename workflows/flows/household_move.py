"""多地联办 · 户口迁移一站式: only the 迁入地 police station is visited; both sides decide their part.

迁入地 accepts and reviews → 准予迁入, told online → 迁出地 checks and registers 迁出 within five
working days, or refuses with its reason → 迁入地 registers 落户 (national form from 2021-12-01).
"""

from __future__ import annotations

from django import forms

from workflows.cases.act import Act
from workflows.cases.declarations import (
    APPLICANT,
    PROMISE,
    STATUTORY,
    Seat,
    State,
    step,
)
from workflows.cases.flow import Flow
from workflows.cases.forms import ReasonForm, StepForm
from workflows.cases.models import Document

from .review_steps import SUPPLEMENTING, ReviewSteps, matter_lines, with_remedies


class PermitForm(StepForm):
    """准予迁入: the permit's number as the police system gave it."""

    permit_number = forms.RegexField(
        r"^[0-9A-Za-z-]{6,30}$",
        label="准予迁入证明编号",
        error_messages={
            "required": "请填写准予迁入证明编号",
            "invalid": "编号应为 6 至 30 位字母、数字或短横线",
        },
    )
    opinion = forms.CharField(
        label="审查意见", max_length=1000, error_messages={"required": "请填写审查意见"}
    )


class RegisterOutForm(StepForm):
    certificate_number = forms.RegexField(
        r"^[0-9A-Za-z-]{6,30}$",
        label="户口迁移证编号",
        error_messages={
            "required": "请填写户口迁移证编号",
            "invalid": "编号应为 6 至 30 位字母、数字或短横线",
        },
    )
    contact = forms.CharField(
        label="迁出地联系人", max_length=50, error_messages={"required": "请填写迁出地联系人"}
    )


class RegisterInForm(StepForm):
    book = forms.ChoiceField(
        label="户口簿",
        choices=[("new", "发放新户口簿"), ("page", "加入现有户口簿")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择户口簿办理方式"},
    )
    receiver = forms.CharField(
        label="领取人", max_length=100, error_messages={"required": "请填写领取人姓名"}
    )


class HouseholdMove(ReviewSteps, Flow):
    CODE = "household_move"
    LABEL = "户口迁移（多地联办）"
    SEATS = (Seat("move_in", "迁入地公安机关"), Seat("move_out", "迁出地公安机关"))
    ORIGIN_SEAT = "move_in"
    OWNER_SEAT = "move_in"
    INITIAL = "received"
    STATES = (
        State("received", "迁入地待受理", "move_in"),
        SUPPLEMENTING,
        State("reviewing", "迁入地审查中", "move_in", starts=(PROMISE, STATUTORY)),
        # "national form: 迁出地 ≤ 5 working days"; the matter's data say so, this is the default.
        State("moving_out", "迁出地办理中", "move_out", limit="5G"),
        State("objected", "迁出地不予迁出，待迁入地处理", "move_in"),
        State("moving_in", "待落户", "move_in"),
        State(
            "completed",
            "已落户",
            "",
            counts_as="concluded",
            closes=True,
            stops=(PROMISE, STATUTORY),
        ),
        State("disapproved", "不予迁移", "", counts_as="concluded", closes=True),
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

    @step("准予迁入", source="reviewing", target="moving_out", by="move_in", form=PermitForm,
          decides=True, tone="primary")  # fmt: skip
    def permit(self, act: Act) -> None:
        """The 迁出地 is told online and has five working days; no paper permit travels. One statement."""
        self.facts = {**self.facts, "permit_number": act.data["permit_number"]}
        act.note(permit_number=act.data["permit_number"], opinion=act.data["opinion"])
        act.number("准迁证编号", act.data["permit_number"])
        act.tell("case_step", message="迁入地已准予迁入，正在由迁出地办理迁出。")

    @step("办理迁出", source="moving_out", target="moving_in", by="move_out",
          form=RegisterOutForm, tone="primary", done="已办理迁出")  # fmt: skip
    def register_out(self, act: Act) -> None:
        self.facts = {**self.facts, "certificate_number": act.data["certificate_number"]}
        act.note(**dict(act.data))
        act.number("迁移证编号", act.data["certificate_number"])
        act.tell("case_step", message="迁出地已办理迁出，正在由迁入地办理落户。")

    @step("不予迁出", source="moving_out", target="objected", by="move_out", form=ReasonForm,
          tone="warning", done="已反馈不予迁出")  # fmt: skip
    def object_to_move(self, act: Act) -> None:
        """迁出地 may feed back a refusal with its reason; the 迁入地 deals with it."""
        self.facts = {**self.facts, "objections": self.facts.get("objections", 0) + 1}
        act.note(reason=act.data["reason"])
        act.tell("case_step", message=f"迁出地反馈不予迁出：{act.data['reason']}")

    @step("再次送迁出地", source="objected", target="moving_out", by="move_in", form=ReasonForm,
          done="已再次送迁出地")  # fmt: skip
    def send_again(self, act: Act) -> None:
        act.note(reason=act.data["reason"])

    @step("不予迁移", source=("reviewing", "objected"), target="disapproved", by="move_in",
          form=ReasonForm, decides=True, tone="warning", done="已作出不予迁移决定")  # fmt: skip
    def disapprove(self, act: Act) -> None:
        """One statement."""
        act.outcome = "disapproved"
        document = act.issue(Document.Kind.REFUSAL, with_remedies(self, act))
        act.note(reason=act.data["reason"])
        act.tell("disapproved", document=document, reason=act.data["reason"])

    @step("办理落户", source="moving_in", target="completed", by="move_in", form=RegisterInForm,
          tone="primary", done="已落户")  # fmt: skip
    def register_in(self, act: Act) -> None:
        """One statement."""
        act.outcome = "done"
        content = matter_lines(self, act) | {
            "result": act.definition.result.name,
            "decision": "approved",
        }
        document = act.issue(Document.Kind.CONCLUSION, content)
        act.note(**dict(act.data))
        act.tell("concluded", document=document)

    @step("撤回申请", source=("received", "supplementing", "reviewing", "objected"),
          target="withdrawn", by=APPLICANT, right="withdraw", form=ReasonForm,
          while_suspended=True, done="已撤回申请", notice="withdrawn", tone="warning")  # fmt: skip
    def withdraw(self, act: Act) -> None:
        """Until 迁出 is under way: a register must not be left between two places."""
        act.outcome = "withdrawn"
        act.note(reason=act.data["reason"])
