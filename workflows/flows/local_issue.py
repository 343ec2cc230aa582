"""就近出具、属地协查: an office near the person issues a proof of what a register says.

Has the national system the record, the office issues at once; has it not, the place that keeps the
archive (户籍地, 原登记地) is asked to look it up, and the office issues on its answer (公安户籍类证明
跨省通办; a marriage certificate whose record is not in the national system goes the same way).
"""

from __future__ import annotations

from matters.catalogue.definition import Definition
from workflows.cases.act import Act
from workflows.cases.declarations import (
    APPLICANT,
    PROMISE,
    STATUTORY,
    Guard,
    Next,
    Seat,
    State,
    Step,
    step,
)
from workflows.cases.flow import Flow
from workflows.cases.forms import ReasonForm
from workflows.cases.models import Document

from .local_issue_forms import AcceptWithDataForm, IssueForm, LookUpAnswerForm, LookUpForm
from .review_steps import SUPPLEMENTING, ReviewSteps, matter_lines, with_remedies

record_found = Guard(
    "record_found",
    "尚未查到记录：请先请属地协查，查无记录的不能出具",
    lambda s: s.case.facts.get("record", {}).get("found") is True,
)


class LocalIssue(ReviewSteps, Flow):
    CODE = "local_issue"
    LABEL = "就近出具（属地协查）"
    SEATS = (Seat("issuing", "受理出具机构"), Seat("keeping", "档案所在地机构"))
    ORIGIN_SEAT = "issuing"
    OWNER_SEAT = "issuing"
    INITIAL = "received"
    STATES = (
        State("received", "待受理", "issuing"),
        SUPPLEMENTING,
        State("asked", "档案所在地查询中", "keeping", starts=(PROMISE, STATUTORY)),
        State("reviewing", "核对出具中", "issuing", starts=(PROMISE, STATUTORY)),
        State(
            "completed",
            "已出具",
            "",
            counts_as="concluded",
            closes=True,
            stops=(PROMISE, STATUTORY),
        ),
        State("disapproved", "不予出具", "", counts_as="concluded", closes=True),
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

    @step("受理", source="received", target=Next(("reviewing", "asked")), by="issuing",
          form=AcceptWithDataForm, counts_as="accepted", tone="primary", done="已受理")  # fmt: skip
    def accept(self, act: Act) -> str:
        """Is the record in the national system? Then it is issued here; else its keeper is asked. One statement."""
        self.accepted_on = act.today
        document = act.issue(Document.Kind.ACCEPTANCE, matter_lines(self, act))
        act.tell("accepted", document=document)
        if act.data["found"]:
            self._note_record(act, found=True, by="issuing")
            return "reviewing"
        self._note_question(act)
        return "asked"

    @step("请档案所在地协查", source="reviewing", target="asked", by="issuing", form=LookUpForm,
          done="已请档案所在地协查")  # fmt: skip
    def ask_keeper(self, act: Act) -> None:
        """Again, or because what the system says does not agree with the person's papers."""
        self._note_question(act)

    @step("反馈查询结果", source="asked", target="reviewing", by="keeping", form=LookUpAnswerForm,
          tone="primary", done="档案所在地已反馈查询结果")  # fmt: skip
    def answer_lookup(self, act: Act) -> None:
        """The keeper says what its archive says; it does not decide."""
        self._note_record(act, found=act.data["found"], by="keeping")

    @step("出具", source="reviewing", target="completed", by="issuing", form=IssueForm,
          guards=(record_found,), tone="primary", done="已出具")  # fmt: skip
    def issue_proof(self, act: Act) -> None:
        """Two statements."""
        act.outcome = "done"
        content = matter_lines(self, act) | {
            "result": act.definition.result.name,
            "decision": "approved",
        }
        document = act.issue(Document.Kind.CONCLUSION, content)
        act.note(**dict(act.data))
        act.number("证明编号", act.data["number"])
        act.tell("concluded", document=document)

    @step("不予出具", source="reviewing", target="disapproved", by="issuing", form=ReasonForm,
          decides=True, tone="warning", done="已告知不予出具")  # fmt: skip
    def disapprove(self, act: Act) -> None:
        """One statement."""
        act.outcome = "disapproved"
        document = act.issue(Document.Kind.REFUSAL, with_remedies(self, act))
        act.note(reason=act.data["reason"])
        act.tell("disapproved", document=document, reason=act.data["reason"])

    @step("撤回申请", source=("received", "supplementing", "asked", "reviewing"),
          target="withdrawn", by=APPLICANT, right="withdraw", form=ReasonForm,
          while_suspended=True, done="已撤回申请", notice="withdrawn", tone="warning")  # fmt: skip
    def withdraw(self, act: Act) -> None:
        act.outcome = "withdrawn"
        act.note(reason=act.data["reason"])

    def usually(self, taken: Step, definition: Definition) -> str:
        return "reviewing" if taken.code == "accept" else super().usually(taken, definition)

    def _note_question(self, act: Act) -> None:
        self.facts = {**self.facts, "record": {"found": None, "question": act.data["question"]}}
        act.note(question=act.data["question"])

    def _note_record(self, act: Act, *, found: bool, by: str) -> None:
        record = {"found": found, "by": by, "text": act.data["record"]}
        self.facts = {**self.facts, "record": record}
        act.note(found="查到" if found else "查无记录", record=act.data["record"])
