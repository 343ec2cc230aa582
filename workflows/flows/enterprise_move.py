"""多地联办 · 企业跨省市迁移（云迁移）: 迁移、调档、变更 merged into one application at the 迁入地.

迁入地 accepts and asks → 迁出地 confirms that nothing holds the enterprise (异常名录, 查封, 股权冻结)
→ sends the archive, by the cloud where it is scanned → 迁入地 registers the change → 迁出地 closes its
side. The enterprise goes to one place only; it is done for it once it is registered there.
"""

from __future__ import annotations

from workflows.cases.act import Act
from workflows.cases.declarations import APPLICANT, PROMISE, STATUTORY, Seat, State, step
from workflows.cases.flow import Flow
from workflows.cases.forms import ReasonForm
from workflows.cases.models import Document

from .enterprise_move_forms import ArchiveSentForm, RegisteredForm, StandingForm
from .review_forms import DecisionForm
from .review_steps import SUPPLEMENTING, ReviewSteps, matter_lines, with_remedies


class EnterpriseMove(ReviewSteps, Flow):
    CODE = "enterprise_move"
    LABEL = "企业跨省市迁移"
    SEATS = (Seat("move_in", "迁入地登记机关"), Seat("move_out", "迁出地登记机关"))
    ORIGIN_SEAT = "move_in"
    OWNER_SEAT = "move_in"
    INITIAL = "received"
    STATES = (
        State("received", "迁入地待受理", "move_in"),
        SUPPLEMENTING,
        State("reviewing", "迁入地审查，待推送迁出地", "move_in", starts=(PROMISE, STATUTORY)),
        State("confirming", "迁出地核实中", "move_out"),
        State(
            "objected",
            "迁出地告知不能迁出",
            "move_in",
            hint="请先在迁出地解决所说明的问题，再请迁入地重新推送",
        ),
        State("sending", "迁出地移送档案中", "move_out"),
        State("registering", "迁入地变更登记中", "move_in"),
        State(
            "closing",
            "已登记，待迁出地办结迁出",
            "move_out",
            counts_as="concluded",
            stops=(PROMISE, STATUTORY),
        ),
        State("completed", "已办结", "", counts_as="concluded", closes=True),
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

    @step("推送迁出地核实", source="reviewing", target="confirming", by="move_in",
          form=DecisionForm, tone="primary", done="已推送迁出地核实")  # fmt: skip
    def push(self, act: Act) -> None:
        act.note(opinion=act.data["opinion"])
        act.tell("case_step", message="迁入地已审查，正在由迁出地核实。")

    @step("核实可以迁出", source="confirming", target="sending", by="move_out", form=StandingForm,
          tone="primary", done="迁出地已核实可以迁出")  # fmt: skip
    def confirm_move(self, act: Act) -> None:
        act.note(remark=act.data["remark"])

    @step("不能迁出", source="confirming", target="objected", by="move_out", form=ReasonForm,
          tone="warning", done="迁出地告知不能迁出")  # fmt: skip
    def object_to_move(self, act: Act) -> None:
        act.note(reason=act.data["reason"])
        act.tell("case_step", message=f"迁出地告知暂不能迁出：{act.data['reason']}")

    @step("重新推送迁出地", source="objected", target="confirming", by="move_in", form=ReasonForm,
          tone="primary", done="已重新推送迁出地")  # fmt: skip
    def push_again(self, act: Act) -> None:
        act.note(reason=act.data["reason"])

    @step("不予迁移", source=("reviewing", "objected"), target="disapproved", by="move_in",
          form=ReasonForm, decides=True, tone="warning", done="已作出不予迁移决定")  # fmt: skip
    def disapprove(self, act: Act) -> None:
        """One statement."""
        act.outcome = "disapproved"
        document = act.issue(Document.Kind.REFUSAL, with_remedies(self, act))
        act.note(reason=act.data["reason"])
        act.tell("disapproved", document=document, reason=act.data["reason"])

    @step("移送登记档案", source="sending", target="registering", by="move_out",
          form=ArchiveSentForm, tone="primary", done="迁出地已移送登记档案")  # fmt: skip
    def send_archive(self, act: Act) -> None:
        archive = {key: act.data[key] for key in ("way", "number", "pages")}
        self.facts = {**self.facts, "archive": archive}
        act.note(**archive)
        act.tell("case_step", message="迁出地已移送登记档案，正在由迁入地办理变更登记。")

    @step("办理变更登记", source="registering", target="closing", by="move_in",
          form=RegisteredForm, decides=True, tone="primary", done="迁入地已变更登记")  # fmt: skip
    def register_in(self, act: Act) -> None:
        """办结 for the enterprise: from here it is registered at its new seat. One statement."""
        act.outcome = "done"
        content = matter_lines(self, act) | {
            "result": act.definition.result.name,
            "decision": "approved",
        }
        document = act.issue(Document.Kind.CONCLUSION, content)
        act.note(**dict(act.data))
        act.tell("concluded", document=document)

    @step("办结迁出", source="closing", target="completed", by="move_out", form=ReasonForm,
          tone="primary", done="迁出地已办结迁出")  # fmt: skip
    def close_out(self, act: Act) -> None:
        """The 迁出地 takes the enterprise off its own list: it must not stand on two."""
        act.note(reason=act.data["reason"])

    @step("撤回申请", source=("received", "supplementing", "reviewing", "confirming", "objected"),
          target="withdrawn", by=APPLICANT, right="withdraw", form=ReasonForm,
          while_suspended=True, done="已撤回申请", notice="withdrawn", tone="warning")  # fmt: skip
    def withdraw(self, act: Act) -> None:
        """Until the archive is on its way."""
        act.outcome = "withdrawn"
        act.note(reason=act.data["reason"])
