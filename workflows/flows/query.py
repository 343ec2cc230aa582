"""查询: a question to the office that keeps the record, answered at once or in one step.

A register that the person let be asked beforehand (`shared` of its paper) answers in the moment in
which the query is handed in. Otherwise, and while a register is down, the office does.
No application 办件: nothing is accepted, decided or delivered, and it is never counted with those.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms

from tongban.accounts.actors import SYSTEM
from tongban.sharing.asking import of_subject
from tongban.sharing.models import LookUp
from workflows.cases.act import Act
from workflows.cases.declarations import APPLICANT, Seat, State, step
from workflows.cases.declarations import SYSTEM as BY_SYSTEM
from workflows.cases.flow import Flow
from workflows.cases.forms import ReasonForm, StepForm
from workflows.cases.models import Case, Document, Material
from workflows.cases.perform import perform
from workflows.cases.shared_materials import SUBJECT

from .review_steps import matter_lines

if TYPE_CHECKING:
    from workflows.cases.opening import Application


def confirmed(case: Case) -> list[LookUp]:
    """What registers have confirmed for this query, if they have for every paper. Two statements."""
    papers = Material.objects.filter(case_id=case.pk).values_list("code", "status")
    shared = {code for code, status in papers if status == Material.Status.SHARED}
    if not shared or len(shared) < len(papers):
        return []
    found = of_subject(SUBJECT, str(case.draft_key)).filter(material_code__in=shared)
    return list(found.filter(state=LookUp.State.CONFIRMED).select_related("resource__holder"))


def _said(look_up: LookUp) -> str:
    """One register's answers as a line. What is personal stays in the register."""
    told = [f"{q['text']}：{'是' if q['yes'] else '否'}" for q in look_up.answer["questions"]]
    told += [
        f"{field['label']}：{field['value']}"
        for field in look_up.answer["fields"]
        if not field["personal"]
    ]
    return f"{look_up.resource.holder.name}的{look_up.resource.name}：{'；'.join(told)}。"


class ReplyForm(StepForm):
    """What the record says, or where it can be seen."""

    reply = forms.CharField(
        label="查询答复",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "请写明查到的内容"},
    )


class Query(Flow):
    CODE = "record_query"
    LABEL = "查询"
    KIND = "query"
    SEATS = (Seat("owner", "主管部门"),)
    OWNER_SEAT = "owner"
    INITIAL = "asked"
    STATES = (
        # A house rule, as for questions about a running case: an answer within one working day.
        State("asked", "待答复", "owner", limit="1G"),
        State("answered", "已答复", "", counts_as="concluded", closes=True),
        State("unanswered", "无法答复", "", closes=True),
        State("withdrawn", "已撤回", "", closes=True),
    )

    class Meta:
        proxy = True
        default_permissions = ()

    def opened(self, act: Act) -> None:
        """One statement."""
        self.received_on = act.today
        act.issue(Document.Kind.RECEIPT, matter_lines(self, act))

    def begun(self, act: Act, application: Application) -> Flow | None:  # noqa: ARG002
        """Two statements."""
        if not confirmed(self):
            return None
        return perform(self.pk, "reply_by_register", actor=SYSTEM, token=self.seq, at=act.at).case

    @step("登记册答复", source="asked", target="answered", by=BY_SYSTEM, done="登记册已答复")
    def reply_by_register(self, act: Act) -> None:
        """Yes or no, as the register said it to the person's own consent. Three statements."""
        act.outcome = "done"
        lines = matter_lines(self, act) | {"result": "\n".join(map(_said, confirmed(self)))}
        document = act.issue(Document.Kind.RESULT, lines)
        act.tell("case_step", document=document, message="您的查询已有答复，请在办件页面查看。")

    @step("答复查询", source="asked", target="answered", by="owner", form=ReplyForm,
          tone="primary", done="已答复查询")  # fmt: skip
    def reply(self, act: Act) -> None:
        """The answer stands in the document alone: it may be personal, and events are not. One statement."""
        act.outcome = "done"
        lines = matter_lines(self, act) | {"result": act.data["reply"]}
        document = act.issue(Document.Kind.RESULT, lines)
        act.tell("case_step", document=document, message="您的查询已有答复，请在办件页面查看。")

    @step("无法答复", source="asked", target="unanswered", by="owner", form=ReasonForm,
          tone="warning", done="已告知无法答复")  # fmt: skip
    def decline(self, act: Act) -> None:
        """Another office keeps it, it may not be told, or what is asked is not clear."""
        act.outcome = "refused"
        act.note(reason=act.data["reason"])
        act.tell("case_step", reason=act.data["reason"])

    @step("撤回查询", source="asked", target="withdrawn", by=APPLICANT, right="withdraw",
          done="已撤回查询", tone="warning")  # fmt: skip
    def withdraw(self, act: Act) -> None:
        act.outcome = "withdrawn"
